import { z } from 'zod';
import type { HttpClient } from '../http-client/http-client';
import { CoxswainError } from '../model/errors';
import { asAgentFailure } from './agent-failure';
import { askService, type Asker } from './ask-service';
import type { Sandbox } from './mesos-client';
import { readPiece } from './read-piece';
import { count, listOf, text } from './tolerant-schema';

/** A file or folder of a sandbox; `path` is absolute, `changedAt` in milliseconds since the epoch. */
export type SandboxEntry = {
  readonly path: string;
  readonly isFolder: boolean;
  readonly sizeBytes: number;
  readonly changedAt: number;
};

/** A part of a file. The next read begins at `nextOffset`; it is the end when it equals `sizeBytes`. */
export type FilePart = { readonly text: string; readonly nextOffset: number; readonly sizeBytes: number };

/** Where in a file to read, in bytes. */
export type ReadRange = {
  readonly offset: number;
  /** @default 1048576 */
  readonly maxBytes?: number;
};

/** The end of a file: `lines` lines at most, out of the last `maxBytes`. */
export type TailRange = {
  readonly lines: number;
  /** @default 65536 */
  readonly maxBytes?: number;
};

/**
 * Files of tasks on the agents. A file or sandbox that is gone is NOT_FOUND: old ones are collected. Beside it the errors of
 * HttpClient, and SERVER_ERROR for a reply of unknown shape. No request is repeated.
 */
export interface FilesClient {
  browse(folder: Sandbox, signal?: AbortSignal): Promise<readonly SandboxEntry[]>;
  /**
   * Text from a byte on, whole characters only: one that is cut at the end of the file is left for the next read. A file
   * that is shorter than `offset` was replaced: the text is empty and `nextOffset` its size.
   */
  read(file: Sandbox, range: ReadRange, signal?: AbortSignal): Promise<FilePart>;
  /** The last lines, without the line that `maxBytes` cut. */
  tail(file: Sandbox, range: TailRange, signal?: AbortSignal): Promise<readonly string[]>;
  /** The exact bytes of the whole file; SERVER_ERROR when it is longer than the client reads. */
  download(file: Sandbox, signal?: AbortSignal): Promise<Buffer>;
  /** The last lines of a task's file in its sandbox, by dcos-log, which needs only the task's id. */
  tailOfTask(task: { taskId: string; file: string }, lines: number, signal?: AbortSignal): Promise<readonly string[]>;
}

/** What Mesos gives at most at a time: 16 pages. */
const pieceBytes = 65_536;

const readSchema = z.object({ data: text, offset: z.number() });
const browseSchema = listOf(z.object({ path: z.string(), size: count, mode: text, mtime: count }));

const pathOf = ({ agentId }: Sandbox, verb: string) => `/agent/${encodeURIComponent(agentId)}/files/${verb}`;

const linesOf = (found: string): readonly string[] => (found === '' ? [] : found.replace(/\r?\n$/, '').split(/\r?\n/));

function createReader({ ask }: Asker) {
  const readAt = (file: Sandbox, query: Readonly<Record<string, number>>, signal: AbortSignal | undefined) => {
    const request = {
      method: 'GET',
      path: pathOf(file, 'read'),
      query: { path: file.path, ...query },
      signal,
    } as const;
    return ask(readSchema, `read ${file.path}`, request);
  };
  const sizeOf = async (file: Sandbox, signal: AbortSignal | undefined) => (await readAt(file, {}, signal)).offset;
  /** The text between two bytes that both stand in the file. */
  const between = async (file: Sandbox, start: number, end: number, signal: AbortSignal | undefined) => {
    let [found, offset] = ['', start];
    while (offset < end) {
      // Asked for by an exact length, so that the length of the answer is known: its text does not tell.
      const length = Math.min(pieceBytes, end - offset);
      const { data } = await readAt(file, { offset, length }, signal);
      if (data === '') break;
      const piece = readPiece(data, length);
      found += piece.text;
      offset += piece.bytes;
      if (piece.bytes === 0 || (piece.bytes < length && offset + (length - piece.bytes) >= end)) break;
    }
    return { text: found, nextOffset: offset };
  };
  return { sizeOf, between };
}

/** Speaks to the agents and to dcos-log by an HTTP client whose base address is Admin Router's. */
export function createFilesClient(http: HttpClient): FilesClient {
  const agents = askService('Mesos agent', http, asAgentFailure);
  const { sizeOf, between } = createReader(agents);
  return {
    browse: async (folder, signal) => {
      const request = { method: 'GET', path: pathOf(folder, 'browse'), query: { path: folder.path }, signal } as const;
      const entries = await agents.ask(browseSchema, `list ${folder.path}`, request);
      return entries.map(({ path, size, mode, mtime }) => {
        return { path, isFolder: mode.startsWith('d'), sizeBytes: size, changedAt: mtime * 1000 };
      });
    },
    read: async (file, { offset, maxBytes = 1_048_576 }, signal) => {
      const sizeBytes = await sizeOf(file, signal);
      if (offset >= sizeBytes) return { text: '', nextOffset: sizeBytes, sizeBytes };
      return { ...(await between(file, offset, Math.min(sizeBytes, offset + maxBytes), signal)), sizeBytes };
    },
    tail: async (file, { lines, maxBytes = pieceBytes }, signal) => {
      const sizeBytes = await sizeOf(file, signal);
      const start = Math.max(0, sizeBytes - maxBytes);
      const { text: found } = await between(file, start, sizeBytes, signal);
      // Where the reading began inside a line, that line is not whole.
      const whole = start === 0 ? found : found.slice(found.indexOf('\n') + 1);
      return lines <= 0 ? [] : linesOf(whole).slice(-lines);
    },
    download: async (file, signal) => {
      const request = { method: 'GET', path: pathOf(file, 'download'), query: { path: file.path }, signal } as const;
      const { body } = await agents.send(`download ${file.path}`, { ...request, expect: 'bytes' });
      if (Buffer.isBuffer(body)) return body;
      throw new CoxswainError('INTERNAL', { message: `The bytes of ${file.path} did not come as bytes.` });
    },
    tailOfTask: async ({ taskId, file }, lines, signal) => {
      const path = `/system/v1/logs/v2/task/${encodeURIComponent(taskId)}/file/${encodeURIComponent(file)}`;
      const query = { cursor: 'END', skip: -lines };
      const headers = { Accept: 'text/plain' };
      const request = { method: 'GET', path, query, headers, expect: 'text', signal } as const;
      const { body } = await agents.send(`read ${file} of task ${taskId}`, request);
      return lines <= 0 ? [] : linesOf(String(body)).slice(-lines);
    },
  };
}
