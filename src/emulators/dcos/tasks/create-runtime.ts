import type { Context } from '../context';
import { failTask, heedReport } from '../task-life';
import { heedRunReport, runtimeTaskOfRun, runWithTask } from '../metronome/runs';
import { findInstance } from '../instance-index';
import { isLaunched } from '../instances';
import { runtimeTaskOf } from '../runtime-task';
import type { World } from '../world';
import { createProcessRuntime } from './process-runtime';
import { createSimulatedRuntime, type SimulatedRuntime } from './simulated-runtime';
import type { RuntimeTask, TaskReport, TaskRuntime } from './task-runtime';

/** How tasks are run: by script and timers, or as processes of this machine where they name a command. */
export type TaskMode = 'simulated' | 'process';

/** What creates the runtime of a context that does not have it yet. */
export type RuntimeParts = {
  readonly mode: TaskMode;
  readonly context: Omit<Context, 'runtime'>;
  /** PATH of real tasks. */
  readonly path: string;
  readonly report: (report: TaskReport) => void;
  /** Called after a report that no request and no timer has caused. */
  readonly changed: () => void;
};

/** Creates what runs the tasks, and the part of it that lives on the world's timers. */
export function createRuntime(parts: RuntimeParts): {
  readonly runtime: TaskRuntime;
  readonly simulated: SimulatedRuntime;
} {
  const { mode, context, path, report, changed } = parts;
  const { world, clock } = context;
  const simulated = createSimulatedRuntime({
    context,
    report,
    find: (key) => findTask(world, key),
    listRunning: () =>
      world.instances.flatMap(({ id, alive, condition }) => (condition === 'Running' ? [{ key: id, alive }] : [])),
    ...(mode === 'process' ? { isSimulated: ({ command }: RuntimeTask) => command === undefined } : {}),
  });
  if (mode === 'simulated') return { runtime: simulated, simulated };
  const reportLater = (news: TaskReport) => {
    report(news);
    changed();
  };
  return { runtime: createProcessRuntime({ clock, path, simulated, report: reportLater }), simulated };
}

/** Passes a report to the framework whose task it is about; reports about tasks that are gone are dropped. */
export function passReport(context: Context, report: TaskReport): void {
  const instance = findInstance(context.world, report.key);
  if (instance !== undefined && isLaunched(instance)) heedReport(context, instance, report);
  const run = runWithTask(context.world, report.key);
  if (run !== undefined) heedRunReport(context, run, report);
}

/** Fails the tasks of a resumed world whose processes ended with the emulator that had started them. */
export function loseRealTasks(context: Context): void {
  const { world, runtime } = context;
  const message = 'The emulator was restarted';
  for (const instance of world.instances.filter(isLaunched)) {
    if (!runtime.isSimulated(runtimeTaskOf(world, instance))) failTask(context, instance, message);
  }
  for (const run of [...world.runs]) {
    const task = runtimeTaskOfRun(world, run);
    if (task === undefined || runtime.isSimulated(task)) continue;
    heedRunReport(context, run, { key: task.key, kind: 'ended', state: 'TASK_FAILED', message });
  }
}

function findTask(world: World, key: string): RuntimeTask | undefined {
  const instance = findInstance(world, key);
  if (instance !== undefined) return isLaunched(instance) ? runtimeTaskOf(world, instance) : undefined;
  const run = runWithTask(world, key);
  return run && runtimeTaskOfRun(world, run);
}
