import { z } from 'zod';
import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import { effectKey } from '../../engine/effect-key';
import type { Stage } from '../../model/execution';
import { buildWishes, startedBuild } from './build-context';
import { readIntent } from './start-build';
import { waitForBuildStart } from './wait-for-build-start';

const ended = z.looseObject({ buildInfo: z.looseObject({ building: z.literal(false) }) });

/** Whether the stage wants nothing of its build any more: it has seen its end, or was to see no more than its start. */
function isDone({ tasks, context }: Stage): boolean {
  const statusOf = (name: string) => tasks.find((task) => task.name === name)?.status;
  const begun = statusOf(waitForBuildStart.name);
  // Taken out of the queue, it never becomes a build.
  if (begun === 'CANCELED' || ended.safeParse(context).success) return true;
  return begun === 'SUCCEEDED' && !buildWishes(context).waitForCompletion;
}

/**
 * Stops the build that a stage has started, or may have; nothing where its end has been seen or nothing was started. Whatever
 * the stage failed with, its build may run on, and a retry would start another beside it.
 */
export function planStop(
  { execution, stage }: PlanInput,
  parameters: unknown = stage.context.parameters,
): readonly StagePlan[] {
  const [start] = stage.tasks;
  if (start === undefined) return [];
  const plan = (job: string, context: StagePlan['context']): readonly StagePlan[] => [
    { type: 'stopJenkinsBuild', name: `Stop the build of ${job}`, context },
  ];
  if (start.status === 'SUCCEEDED') {
    if (isDone(stage)) return [];
    const { master, job, queuedBuild, buildNumber } = startedBuild(stage);
    return plan(job, { startedBuild: { master, job }, queuedBuild, buildNumber });
  }
  const intent = readIntent(start.memo);
  if (intent === undefined) return [];
  const { master, job } = intent;
  return plan(job, { startedBuild: { master, job }, intent, key: effectKey(execution.id, stage), parameters });
}
