import type { EmulatorClock } from '../clock';
import type { Context } from '../context';
import { type Call, ok, type Reply } from '../exchange';
import { defineService, type Service } from '../service';
import { followLog, type GrowingLog } from './follow-log';
import { limitOf, lineEvents, lineJson, linesOf, type LogLine, selectLines } from './log-lines';
import { findMesosTask, isCompleted, type MesosTask } from './mesos-task';
import { contentReply } from './sandbox-handlers';
import { findSandbox } from './sandbox-path';

/** Every route of dcos-log: the files of a task, and the journal of a component of DC/OS. */
export const logRoutes = [
  { method: 'GET', pattern: '/component/{unit}', summary: 'The journal of a unit, one line long; cursor, skip, limit' },
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
    pattern: '/{agentId}/logs/v2/component/{unit}',
    summary: 'The journal of a unit, one line long; cursor, skip, limit',
  },
  {
    method: 'GET',
    pattern: '/{agentId}/logs/v2/task/frameworks/{frameworkId}/executors/{taskId}/runs/{containerId}/{file}',
    summary: 'Lines of a file in a sandbox; cursor, skip, limit',
  },
  {
    method: 'GET',
    pattern: '/{agentId}/logs/v2/task/frameworks/{frameworkId}/executors/{taskId}/runs/{containerId}/{file}/download',
    summary: 'A whole file in a sandbox',
  },
] as const;

/** Creates dcos-log of the agents, which is asked by the whole place of a sandbox. */
export function createAgentLogService(context: Context): Service {
  const inSandbox = ({ parameters }: Call, answer: (task: MesosTask, file: string) => Reply): Reply => {
    const { agentId = '', frameworkId = '', taskId = '', containerId = '', file = '' } = parameters;
    const folder = `/frameworks/${frameworkId}/executors/${taskId}/runs/${containerId}`;
    const place = findSandbox(context.world, agentId, folder);
    return place === undefined ? plain(404, `file ${file} not found\n`) : answer(place.task, file);
  };
  const sandbox = '/{agentId}/logs/v2/task/frameworks/{frameworkId}/executors/{taskId}/runs/{containerId}/{file}';
  return defineService({
    prefix: '/system/v1/agent',
    routes: agentLogRoutes,
    handlers: {
      'GET /{agentId}/logs/v2/component/{unit}': (call, clock) =>
        context.agents.some(({ id }) => id === call.parameters.agentId)
          ? readJournal(call, clock)
          : plain(404, 'agent not found\n'),
      [`GET ${sandbox}` as const]: (call: Call, clock: EmulatorClock) =>
        inSandbox(call, (task, file) => readLines(context, call, clock, task, file)),
      [`GET ${sandbox}/download` as const]: (call: Call) =>
        inSandbox(call, ({ containerId }, file) => wholeFile(context, containerId, file)),
    },
    unknown: () => plain(404, '404 page not found\n'),
  });
}

/**
 * Creates the emulated dcos-log, which needs nothing but a task's id. Lines come as text, JSON or server-sent events,
 * by Accept; a stream of events goes on with what the task writes, until its file is gone.
 */
export function createLogService(context: Context): Service {
  const lines = (call: Call, clock: EmulatorClock, file: string) =>
    withTask(context, call, (task) => readLines(context, call, clock, task, file));
  const whole = (call: Call, file: string) =>
    withTask(context, call, ({ containerId }) => wholeFile(context, containerId, file));
  return defineService({
    prefix: '/system/v1/logs/v2',
    routes: logRoutes,
    handlers: {
      'GET /component/{unit}': readJournal,
      'GET /task/{taskId}': (call, clock) => lines(call, clock, 'stdout'),
      'GET /task/{taskId}/browse': (call) => withTask(context, call, (task) => ok(namesOf(context, task))),
      'GET /task/{taskId}/download': (call) => whole(call, 'stdout'),
      'GET /task/{taskId}/file/{file}': (call, clock) => lines(call, clock, call.parameters.file ?? ''),
      'GET /task/{taskId}/file/{file}/download': (call) => whole(call, call.parameters.file ?? ''),
    },
    unknown: () => plain(404, '404 page not found\n'),
  });
}

function withTask({ world }: Context, { parameters }: Call, answer: (task: MesosTask) => Reply): Reply {
  const task = findMesosTask(world.mesosTasks, parameters.taskId ?? '');
  return task === undefined ? plain(404, `task ${parameters.taskId ?? ''} not found\n`) : answer(task);
}

function wholeFile({ runtime }: Context, containerId: string, file: string): Reply {
  const content = runtime.files.content(containerId, file);
  return content === undefined ? plain(404, `file ${file} not found\n`) : contentReply(content);
}

/** Every component has only said that it was started. */
function readJournal(call: Call, clock: EmulatorClock): Reply {
  const unit = call.parameters.unit ?? '';
  if (!unit.startsWith('dcos-')) return plain(404, `unit ${unit} not found\n`);
  const bytes = Buffer.from(`Started ${unit.replace(/\.service$/, '')}.service.\n`);
  const silent = { next: () => [], isOver: () => false };
  return linesReply(call, clock, linesOf(bytes), () => silent);
}

/** Larger files are not read for their lines; they can be downloaded. */
const maxBytes = 64 * 1024 * 1024;

/** At most this much of what was added is read at a look. */
const maxStep = 1024 * 1024;

function readLines(context: Context, call: Call, clock: EmulatorClock, task: MesosTask, file: string): Reply {
  const { files } = context.runtime;
  const entry = files.stat(task.containerId, file);
  if (entry?.isRegular !== true) return plain(404, `file ${file} not found\n`);
  if (entry.size > maxBytes) return plain(413, `file ${file} has more than ${maxBytes} bytes\n`);
  const bytes = files.read(task.containerId, file, 0, entry.size);
  // The last line of a task that runs may not have ended yet, where somebody waits for the rest.
  const isWhole = !isFollowed(call) || isCompleted(task);
  const lines = linesOf(bytes, 0, isWhole);
  return linesReply(call, clock, lines, () => growthOf(context, task, file, lines.at(-1)?.end ?? 0));
}

function isFollowed({ headers }: Call): boolean {
  return headers.accept?.includes('event-stream') === true;
}

/** The wanted lines as text, JSON or events, which go on with those that a log grows by. */
function linesReply(call: Call, clock: EmulatorClock, all: readonly LogLine[], grow: () => GrowingLog): Reply {
  const lines = selectLines(call.query, all);
  if (isFollowed(call)) {
    const limit = limitOf(call.query);
    return {
      status: 200,
      headers: { 'Content-Type': 'text/event-stream' },
      body: lineEvents(lines),
      source: () => followLog(clock, grow(), limit && limit - lines.length),
    };
  }
  if (call.headers.accept?.includes('json') !== true) return plain(200, lines.map(({ text }) => `${text}\n`).join(''));
  // Several objects, one a line: sent as bytes, since they are not one value.
  return { status: 200, body: Buffer.from(lines.map((line) => `${lineJson(line)}\n`).join('')) };
}

function growthOf(context: Context, task: MesosTask, file: string, from: number): GrowingLog {
  const { files } = context.runtime;
  let offset = from;
  return {
    next() {
      const bytes = files.read(task.containerId, file, offset, maxStep);
      // A line that goes on is waited for, unless its task has ended or it is longer than what is read at once.
      const lines = linesOf(
        bytes,
        offset,
        isCompleted(task) || (bytes.indexOf('\n') === -1 && bytes.length === maxStep),
      );
      offset = lines.at(-1)?.end ?? offset;
      return lines;
    },
    isOver: () => isCompleted(task) && files.stat(task.containerId, file) === undefined,
  };
}

function namesOf({ runtime }: Context, { containerId }: MesosTask): readonly string[] {
  return runtime.files.list(containerId, '').map(({ name }) => name);
}

function plain(status: number, body: string): Reply {
  return { status, body, headers: { 'Content-Type': 'text/plain; charset=utf-8' } };
}
