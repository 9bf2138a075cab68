import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import { effectKey } from '../../engine/effect-key';
import type { Task } from '../../model/execution';
import { startedBuild } from './build-context';
import { monitorBuild } from './monitor-build';
import { readIntent } from './start-build';
import { waitForBuildStart } from './wait-for-build-start';

const hasEnded = ({ status }: Task): boolean => status !== 'RUNNING' && status !== 'NOT_STARTED';

/** Whether the stage wants nothing of its build any more: it has seen its end, or was not to wait for it. */
function isDone(tasks: readonly Task[], failureCode: string | undefined): boolean {
  if (failureCode !== undefined) return failureCode !== 'TASK_TIMEOUT';
  const last =
    tasks.find(({ name }) => name === monitorBuild.name) ?? tasks.find(({ name }) => name === waitForBuildStart.name);
  return last !== undefined && hasEnded(last);
}

/**
 * Stops the build that a stage has started, or may have; nothing where its end has been seen or nothing was started. A task
 * that ran out of time leaves its build running too, and a retry would start another beside it.
 */
export function planStop(
  { execution, stage }: PlanInput,
  parameters: unknown = stage.context.parameters,
): readonly StagePlan[] {
  const [start] = stage.tasks;
  if (start === undefined || isDone(stage.tasks, stage.failure?.code)) return [];
  const plan = (job: string, context: StagePlan['context']): readonly StagePlan[] => [
    { type: 'stopJenkinsBuild', name: `Stop the build of ${job}`, context },
  ];
  if (start.status === 'SUCCEEDED') {
    const { master, job, queuedBuild, buildNumber } = startedBuild(stage);
    return plan(job, { startedBuild: { master, job }, queuedBuild, buildNumber });
  }
  const intent = readIntent(start.memo);
  if (intent === undefined) return [];
  const { master, job } = intent;
  return plan(job, { startedBuild: { master, job }, intent, key: effectKey(execution.id, stage), parameters });
}
