import type { Context } from '../context';
import { type Call, ok, type Reply } from '../exchange';
import { defineService, type Service } from '../service';
import { findMesosTask, type MesosTask } from './mesos-task';
import { findSandbox } from './sandbox-path';

/** Every route of dcos-log that is about the files of a task. */
export const logRoutes = [
  { method: 'GET', pattern: '/task/{taskId}', summary: 'Its stdout' },
  { method: 'GET', pattern: '/task/{taskId}/browse', summary: 'The names of its files' },
  { method: 'GET', pattern: '/task/{taskId}/download', summary: 'Its whole stdout' },
  { method: 'GET', pattern: '/task/{taskId}/file/{file}', summary: 'Lines of a file; cursor, skip, limit' },
  { method: 'GET', pattern: '/task/{taskId}/file/{file}/download', summary: 'A whole file' },
] as const;

/** Every route of dcos-log on an agent. */
export const agentLogRoutes = [
  {
    method: 'GET',
    pattern: '/{agentId}/logs/v2/task/frameworks/{frameworkId}/executors/{taskId}/runs/{containerId}/{file}',
    summary: 'Lines of a file in a sandbox; cursor, skip, limit',
  },
] as const;

/** Creates dcos-log of the agents, which is asked by the whole place of a sandbox. */
export function createAgentLogService(context: Context): Service {
  return defineService({
    prefix: '/system/v1/agent',
    routes: agentLogRoutes,
    handlers: {
      'GET /{agentId}/logs/v2/task/frameworks/{frameworkId}/executors/{taskId}/runs/{containerId}/{file}': (call) => {
        const { agentId = '', frameworkId = '', taskId = '', containerId = '', file = '' } = call.parameters;
        const folder = `/frameworks/${frameworkId}/executors/${taskId}/runs/${containerId}`;
        const place = findSandbox(context.world, agentId, folder);
        if (place === undefined) return plain(404, `file ${file} not found\n`);
        return readLines(context, call, place.task.containerId, file);
      },
    },
    unknown: () => plain(404, '404 page not found\n'),
  });
}

/**
 * Creates the emulated dcos-log, which needs nothing but a task's id. Lines come as text, JSON or server-sent events,
 * by Accept; a stream of events ends with the last line there is.
 */
export function createLogService(context: Context): Service {
  const lines = (call: Call, file: string) =>
    withTask(context, call, ({ containerId }) => readLines(context, call, containerId, file));
  const headers = { 'Content-Type': 'application/octet-stream' };
  const whole = (call: Call, file: string) =>
    withTask(context, call, ({ containerId }) => {
      const body = bytesOf(context, containerId, file);
      return body === undefined ? plain(404, `file ${file} not found\n`) : { status: 200, headers, body };
    });
  return defineService({
    prefix: '/system/v1/logs/v2',
    routes: logRoutes,
    handlers: {
      'GET /task/{taskId}': (call) => lines(call, 'stdout'),
      'GET /task/{taskId}/browse': (call) => withTask(context, call, (task) => ok(namesOf(context, task))),
      'GET /task/{taskId}/download': (call) => whole(call, 'stdout'),
      'GET /task/{taskId}/file/{file}': (call) => lines(call, call.parameters.file ?? ''),
      'GET /task/{taskId}/file/{file}/download': (call) => whole(call, call.parameters.file ?? ''),
    },
    unknown: () => plain(404, '404 page not found\n'),
  });
}

function withTask({ world }: Context, { parameters }: Call, answer: (task: MesosTask) => Reply): Reply {
  const task = findMesosTask(world.mesosTasks, parameters.taskId ?? '');
  return task === undefined ? plain(404, `task ${parameters.taskId ?? ''} not found\n`) : answer(task);
}

function readLines(context: Context, call: Call, containerId: string, file: string): Reply {
  const bytes = bytesOf(context, containerId, file);
  return bytes === undefined ? plain(404, `file ${file} not found\n`) : linesReply(call, bytes);
}

function bytesOf({ runtime }: Context, containerId: string, file: string): Buffer | undefined {
  const entry = runtime.files.stat(containerId, file);
  if (entry === undefined || entry.isFolder) return undefined;
  return runtime.files.read(containerId, file, 0, entry.size);
}

function namesOf({ runtime }: Context, { containerId }: MesosTask): readonly string[] {
  return runtime.files.list(containerId, '').map(({ name }) => name);
}

type Line = { readonly text: string; readonly end: number };

/** `cursor` is BEG, END or an offset in bytes; `skip` moves it by lines, back where negative; `limit` counts lines. */
function linesReply({ query, headers }: Call, bytes: Buffer): Reply {
  const all = linesOf(bytes);
  const cursor = query.get('cursor') ?? 'BEG';
  const at = cursor === 'END' ? all.length : all.filter(({ end }) => end <= Number(cursor)).length;
  const from = Math.max(0, at + Number(query.get('skip') ?? 0));
  const limit = query.get('limit');
  const lines = all.slice(from, limit === null ? undefined : from + Number(limit));
  const json = ({ text, end }: Line) => JSON.stringify({ fields: { MESSAGE: text }, cursor: `${end}` });
  const accept = headers.accept ?? '';
  if (accept.includes('event-stream')) {
    const frames = lines.map((line) => `id: ${line.end}\ndata: ${json(line)}\n\n`);
    return { status: 200, headers: { 'Content-Type': 'text/event-stream' }, body: frames.join('') };
  }
  if (accept.includes('json')) {
    const body = lines.map((line) => `${json(line)}\n`).join('');
    // Several objects, one a line: sent as bytes, since they are not one value.
    return { status: 200, body: Buffer.from(body) };
  }
  return plain(200, lines.map(({ text }) => `${text}\n`).join(''));
}

function linesOf(bytes: Buffer): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length; start = lines.at(-1)?.end ?? bytes.length) {
    const newline = bytes.indexOf('\n', start);
    const stop = newline === -1 ? bytes.length : newline;
    lines.push({ text: bytes.toString('utf8', start, stop), end: Math.min(stop + 1, bytes.length) });
  }
  return lines;
}

function plain(status: number, body: string): Reply {
  return { status, body, headers: { 'Content-Type': 'text/plain; charset=utf-8' } };
}
