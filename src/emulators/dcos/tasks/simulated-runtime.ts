import type { Context } from '../context';
import { matchesPattern } from '../faults';
import { findMesosTask } from '../mesos/mesos-task';
import type { Timer } from '../world';
import { createMemoryFiles } from './memory-files';
import type { RuntimeTask, TaskReport, TaskRuntime } from './task-runtime';
import { healthOf, scriptOf } from './task-script';

/** Tasks that are only timers in the world, so that they run on virtual time and outlive a restart. */
export type SimulatedRuntime = TaskRuntime & {
  /** Lets the thing happen that a timer stands for. */
  readonly fire: (timer: Timer) => void;
  /** Applies a change of faults or scripts to the tasks that run already. */
  readonly review: () => void;
};

/** What simulated tasks live on. */
export type SimulationParts = {
  readonly context: Pick<Context, 'world' | 'faults' | 'timings' | 'schedule'>;
  /** The task with a key, while it is launched. */
  readonly find: (key: string) => RuntimeTask | undefined;
  /** The keys of the tasks that run, with what their health checks showed last. */
  readonly listRunning: () => readonly { readonly key: string; readonly alive: boolean | undefined }[];
  readonly report: (report: TaskReport) => void;
  /** Which tasks are simulated; all by default. */
  readonly isSimulated?: (task: RuntimeTask) => boolean;
};

const jobRunMs = 500;
const refused = 'ConnectionAttemptFailedException: Connection attempt failed: connection refused';

/** Creates the runtime of scripted tasks. */
export function createSimulatedRuntime(parts: SimulationParts): SimulatedRuntime {
  const { context, find, listRunning, report, isSimulated = () => true } = parts;
  const { world, timings, schedule } = context;
  const ruleOf = (task: RuntimeTask) => scriptOf(task, world.scripts);
  const cancel = (key: string) => {
    world.timers = world.timers.filter((timer) => timer.instanceId !== key);
  };
  const hasTimer = (key: string, kind: Timer['kind']) =>
    world.timers.some((timer) => timer.kind === kind && timer.instanceId === key);

  return {
    launch(task) {
      const total = ruleOf(task).startMs ?? timings.startMs;
      schedule('starting', task.key, total * 0.6);
      schedule('running', task.key, total);
    },
    kill({ key }) {
      cancel(key);
      const task = find(key);
      schedule('killed', key, (task && ruleOf(task).killMs) ?? timings.killMs);
    },
    abandon: ({ key }) => cancel(key),
    isSimulated,
    files: createMemoryFiles(world),
    close: () => Promise.resolve(),
    fire(timer) {
      const task = find(timer.instanceId);
      if (task === undefined || !isSimulated(task)) return;
      const { key } = task;
      if (timer.kind === 'starting') report({ key, kind: 'starting' });
      if (timer.kind === 'running') run(parts, task);
      if (timer.kind === 'health') checkHealth(parts, task, () => !hasTimer(key, 'killed'));
      if (timer.kind === 'ready') report({ key, kind: 'readiness', isReady: true, response: answer(200, 'ready') });
      if (timer.kind === 'crash') end(parts, task);
      if (timer.kind === 'killed') {
        report({ key, kind: 'ended', state: 'TASK_KILLED', message: 'Command terminated with signal Terminated' });
      }
    },
    review() {
      for (const { key, alive } of listRunning()) {
        const task = find(key);
        if (task === undefined || !isSimulated(task)) continue;
        const crash = findCrash(parts, task);
        if (crash?.running === true) schedule('crash', key, crash.afterMs ?? 0);
        const changes = alive !== undefined && alive !== nextHealth(parts, task).isHealthy;
        if (changes && !hasTimer(key, 'health')) schedule('health', key, 0);
      }
    },
  };
}

function run(parts: SimulationParts, task: RuntimeTask): void {
  const { schedule, timings, world } = parts.context;
  const { key } = task;
  const script = scriptOf(task, world.scripts);
  parts.report({ key, kind: 'running' });
  const healthyMs = script.healthyMs ?? timings.healthyMs;
  if (task.healthChecks.length > 0) schedule('health', key, healthyMs);
  if (task.readinessChecks.length > 0) {
    parts.report({ key, kind: 'readiness', isReady: false, response: answer(503, 'not yet') });
    schedule('ready', key, script.readyMs ?? healthyMs);
  }
  const crash = findCrash(parts, task);
  const crashMs = crash && (crash.afterMs ?? 100);
  const endMs = script.runMs ?? crashMs ?? (task.framework === 'metronome' ? jobRunMs : undefined);
  const { stdout, stderr } = script;
  write(parts, task, { ...(stdout === undefined ? {} : { stdout }), ...(stderr === undefined ? {} : { stderr }) });
  if (endMs === undefined) write(parts, task, script.files ?? {});
  else schedule('crash', key, endMs);
}

function answer(status: number, body: string) {
  return { status, contentType: 'text/plain', body };
}

function end(parts: SimulationParts, task: RuntimeTask): void {
  const { key } = task;
  const script = scriptOf(task, parts.context.world.scripts);
  const crash = findCrash(parts, task);
  // An app without a script ends only by a fault, even if that was taken back meanwhile.
  const isFault = crash !== undefined || (script.runMs === undefined && task.framework === 'marathon');
  const code = script.exitCode ?? (isFault ? 1 : 0);
  const message = script.message ?? crash?.message ?? `Command exited with status ${code}`;
  write(parts, task, script.files ?? {});
  parts.report({ key, kind: 'ended', state: code === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', message });
}

function checkHealth(parts: SimulationParts, task: RuntimeTask, isAlive: () => boolean): void {
  const { context, report } = parts;
  const { key } = task;
  const result = nextHealth(parts, task);
  const seen = findMesosTask(context.world.mesosTasks, task.taskId);
  if (seen !== undefined) seen.checks += 1;
  // A script says how the task is, so that all of its checks find the same.
  task.healthChecks.forEach((_check, check) => report({ key, kind: 'health', check, ...result }));
  // A healthy task without a script stays so: no timer of its own keeps the world awake.
  const goesOn = !result.isHealthy || scriptOf(task, context.world.scripts).health !== undefined;
  if (goesOn && isAlive()) context.schedule('health', key, context.timings.healthIntervalMs);
}

function nextHealth({ context }: SimulationParts, task: RuntimeTask) {
  const fault = context.faults.find('unhealthy', (each) => matchesPattern(each.apps, task.ownerId, true));
  if (fault !== undefined) return { isHealthy: false, cause: refused };
  const checks = findMesosTask(context.world.mesosTasks, task.taskId)?.checks ?? 0;
  const scripted = healthOf(scriptOf(task, context.world.scripts), checks) ?? { isHealthy: true };
  return scripted.isHealthy ? scripted : { cause: refused, ...scripted };
}

function findCrash({ context }: SimulationParts, { ownerId, image }: RuntimeTask) {
  return context.faults.find('crash', ({ apps, image: pattern }) => {
    if (apps !== undefined && !matchesPattern(apps, ownerId, true)) return false;
    if (pattern !== undefined) return image !== undefined && matchesPattern(pattern, image, false);
    return apps !== undefined;
  });
}

function write({ context }: SimulationParts, task: RuntimeTask, files: Readonly<Record<string, string>>): void {
  const seen = findMesosTask(context.world.mesosTasks, task.taskId);
  if (seen !== undefined) Object.assign(seen.files, files);
}
