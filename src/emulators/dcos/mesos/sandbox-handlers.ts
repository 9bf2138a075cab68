import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Context } from '../context';
import { type Call, ok, type Reply } from '../exchange';
import type { SandboxEntry } from '../tasks/sandbox-files';
import { findSandbox, sandboxFolderOf } from './sandbox-path';

/** An agent gives at most 16 pages of a file at a time. */
const maxRead = 16 * 4096;

/** GET files/read: `{data, offset}`, or the size alone when the offset is absent or -1. Offsets are bytes. */
export function readFile(context: Context, call: Call): Reply {
  const { query } = call;
  if (query.get('path') === null) return text(400, "Expecting 'path=value' in query.\n");
  const [offset, length] = ['offset', 'length'].map((name) => Number(query.get(name) ?? -1));
  if (offset === undefined || !Number.isSafeInteger(offset) || offset < -1) {
    return text(400, `Negative offset provided: ${query.get('offset') ?? ''}.\n`);
  }
  if (length === undefined || !Number.isSafeInteger(length) || length < -1) {
    return text(400, `Negative length provided: ${query.get('length') ?? ''}.\n`);
  }
  const found = find(context, call);
  if (found === undefined) return text(404, '');
  if (found.entry.isFolder) return text(400, 'Cannot read a directory.\n');
  if (!found.entry.isRegular) return text(400, 'Cannot read what is not a regular file.\n');
  if (offset === -1) return ok({ data: '', offset: found.entry.size });
  const wanted = Math.min(length === -1 ? maxRead : length, maxRead);
  return readReply(context.runtime.files.read(found.containerId, found.path, offset, wanted), offset);
}

/** GET files/browse: what lies in a folder, with absolute paths. */
export function browseFolder(context: Context, call: Call): Reply {
  const folder = call.query.get('path');
  if (folder === null) return text(400, "Expecting 'path=value' in query.\n");
  const found = find(context, call);
  if (found?.entry.isFolder !== true) return text(404, '');
  return ok(context.runtime.files.list(found.containerId, found.path).map((entry) => entryView(folder, entry)));
}

/** GET files/download: the bytes of a whole file. */
export function downloadFile(context: Context, call: Call): Reply {
  const path = call.query.get('path');
  if (path === null) return text(400, "Expecting 'path=value' in query.\n");
  const found = find(context, call);
  if (found === undefined) return text(404, '');
  if (found.entry.isFolder) return text(400, 'Cannot download a directory.\n');
  const content = context.runtime.files.content(found.containerId, found.path);
  if (content === undefined) return text(400, 'Cannot download what is not a regular file.\n');
  // A header cannot hold every name that a file can have.
  const name = basename(path).replace(/[^\x20-\x7e]/g, '_');
  return contentReply(content, { 'Content-Disposition': `attachment; filename=${name}` });
}

/** A whole file as it is. */
export function contentReply(
  content: Buffer | (() => Readable),
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const typed = { 'Content-Type': 'application/octet-stream', ...headers };
  if (Buffer.isBuffer(content)) return { status: 200, headers: typed, body: content };
  return { status: 200, headers: typed, source: content };
}

/** GET files/debug: the folders that can be asked for. */
export function listAttached({ world }: Context, { parameters }: Call): Reply {
  const folders = world.mesosTasks.filter((task) => task.agentId === parameters.agentId).map(sandboxFolderOf);
  return ok(Object.fromEntries(folders.map((folder) => [folder, folder])));
}

function find(context: Context, { parameters, query }: Call) {
  const place = findSandbox(context.world, parameters.agentId ?? '', query.get('path') ?? '');
  if (place === undefined) return undefined;
  const { task, path } = place;
  const entry = context.runtime.files.stat(task.containerId, path);
  return entry && { entry, path, containerId: task.containerId };
}

/** Mesos writes the bytes of a file into its JSON as they are, so that a read may begin and end within a character. */
function readReply(bytes: Buffer, offset: number): Reply {
  const data = bytes.toString('utf8');
  if (Buffer.from(data).equals(bytes)) return ok({ data, offset });
  // One character per byte leaves the bytes above 127 as they were.
  const body = Buffer.from(JSON.stringify({ data: bytes.toString('latin1'), offset }), 'latin1');
  return { status: 200, body };
}

function entryView(folder: string, { name, isFolder, size, modifiedAt }: SandboxEntry) {
  return {
    path: join(folder, name),
    size,
    mode: isFolder ? 'drwxr-xr-x' : '-rw-r--r--',
    mtime: modifiedAt,
    nlink: isFolder ? 2 : 1,
    uid: 'root',
    gid: 'root',
  };
}

function text(status: number, body: string): Reply {
  return { status, body, headers: { 'Content-Type': 'text/plain; charset=utf-8' } };
}
