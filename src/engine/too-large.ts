import { CoxswainError } from '../model/errors';
import type { Execution, Failure, Stage } from '../model/execution';
import { isComplete } from '../model/status';
import { familyOf, topLevelStages } from './graph';
import { replaceStage } from './plan-stages';
import { failureStatus } from './failure-status';

/** Whether a write was refused because the document would not fit. */
export const isTooLarge = (error: unknown): boolean =>
  error instanceof CoxswainError && error.code === 'DOCUMENT_TOO_LARGE';

const sizeOf = (stages: readonly Stage[]): number =>
  stages.reduce((sum, stage) => sum + JSON.stringify(stage).length, 0);

const withoutFetches = (execution: Execution, stage: Stage): Execution => ({
  ...execution,
  stages: execution.stages.filter((other) => !(other.parentStageId === stage.id && other.evaluation === true)),
});

function endUnbegun(execution: Execution, stage: Stage, failure: Failure, now: number): Execution {
  const ended: Stage = { ...stage, status: failureStatus(stage), startTime: now, endTime: now, failure };
  return replaceStage(withoutFetches(execution, stage), ended);
}

/** Fails the running task of a stage, so that its clean-up follows; the stage itself where no task of it runs. */
function failRunning(execution: Execution, stage: Stage, failure: Failure, now: number): Execution {
  const tasks = stage.tasks.map((task) =>
    task.status === 'RUNNING' ? { ...task, status: 'TERMINAL' as const, endTime: now } : task,
  );
  if (tasks.some(({ status }) => status === 'TERMINAL')) return replaceStage(execution, { ...stage, tasks, failure });
  return replaceStage(execution, { ...stage, status: failureStatus(stage), endTime: now, failure });
}

/**
 * An execution whose next state, `grown`, cannot be kept: the part that grows most fails instead, with all else as it was.
 * Nothing is started, so that what could not be kept is not made again at once.
 */
export function failWhatGrows(execution: Execution, grown: Execution, now: number): Execution {
  const growthOf = (stage: Stage): number => {
    const after = grown.stages.find(({ id }) => id === stage.id);
    return after === undefined ? 0 : sizeOf(familyOf(grown, after)) - sizeOf(familyOf(execution, stage));
  };
  const largest = (stages: readonly Stage[]): Stage | undefined =>
    stages.filter(({ status }) => !isComplete(status)).toSorted((one, other) => growthOf(other) - growthOf(one))[0];
  const top = largest(topLevelStages(execution));
  if (top === undefined) return execution;
  const message = `Stage '${top.name.slice(0, 200)}' would make the execution larger than can be kept. Take less of what was fetched or computed, such as one field of it.`;
  const failure = { code: 'DOCUMENT_TOO_LARGE', message };
  if (top.status !== 'RUNNING') return endUnbegun(execution, top, failure, now);
  const working = familyOf(execution, top).filter(({ tasks }) => tasks.some(({ status }) => status === 'RUNNING'));
  return failRunning(execution, largest(working) ?? top, failure, now);
}
