import type { Context } from '../context';
import { heedReport } from '../task-life';
import { heedRunReport, runtimeTaskOfRun, runWithTask } from '../metronome/runs';
import { isLaunched } from '../instances';
import { runtimeTaskOf } from '../runtime-task';
import type { World } from '../world';
import { createSimulatedRuntime, type SimulatedRuntime } from './simulated-runtime';
import type { RuntimeTask, TaskReport } from './task-runtime';

/** Creates what runs the tasks of a context that does not have it yet. */
export function createRuntime(
  context: Omit<Context, 'runtime'>,
  report: (report: TaskReport) => void,
): SimulatedRuntime {
  const { world } = context;
  return createSimulatedRuntime({
    context,
    report,
    find: (key) => findTask(world, key),
    listRunning: () =>
      world.instances.flatMap(({ id, alive, condition }) => (condition === 'Running' ? [{ key: id, alive }] : [])),
  });
}

/** Passes a report to the framework whose task it is about; reports about tasks that are gone are dropped. */
export function passReport(context: Context, report: TaskReport): void {
  const instance = context.world.instances.find(({ id }) => id === report.key);
  if (instance !== undefined && isLaunched(instance)) heedReport(context, instance, report);
  const run = runWithTask(context.world, report.key);
  if (run !== undefined) heedRunReport(context, run, report);
}

function findTask(world: World, key: string): RuntimeTask | undefined {
  const instance = world.instances.find(({ id }) => id === key);
  if (instance !== undefined) return isLaunched(instance) ? runtimeTaskOf(world, instance) : undefined;
  const run = runWithTask(world, key);
  return run && runtimeTaskOfRun(world, run);
}
