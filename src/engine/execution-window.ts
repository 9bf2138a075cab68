import type { NamedWindow } from '../model/common-window';
import type { Execution, Stage } from '../model/execution';
import { isComplete, isPassed } from '../model/status';
import type { StagePlan } from './contracts/stage';
import { childrenOf, stageById, topLevelStages } from './graph';

/** The stage type that stands first before a stage with windows, and waits until all of them are open (semantics §6.4). */
export const executionWindowType = 'restrictExecutionDuringTimeWindow';

/** Whether a stage began, and its windows let it through; one that was skipped, or failed before, did not. */
function hasBegun(execution: Execution, refId: string): boolean {
  const stage = topLevelStages(execution).find((other) => other.refId === refId);
  if (stage === undefined || stage.status === 'SKIPPED' || !stage.planned.before) return false;
  const window = windowOf(execution, stage);
  return window === undefined || isPassed(window.status);
}

/** The windows that hold a stage back: all of its, but those of others where it goes on with a change that has begun. */
const holding = (execution: Execution, { windows = [] }: Stage): readonly NamedWindow[] =>
  windows.filter(
    ({ unlessBegun }) => unlessBegun?.every((refIds) => refIds.some((refId) => hasBegun(execution, refId))) !== true,
  );

/** What is planned before a stage that windows hold back, before all else; nothing where none do. */
export const planWindow = (execution: Execution, stage: Stage): readonly StagePlan[] =>
  holding(execution, stage).length === 0 ? [] : [{ type: executionWindowType, name: 'Execution window', context: {} }];

/** The stage that waits for the windows of a stage that has begun; undefined where it has none. */
const windowOf = (execution: Execution, stage: Stage): Stage | undefined =>
  childrenOf(execution, stage).find(({ type }) => type === executionWindowType);

/** The stage that waits while windows hold a stage back: itself, or the one before it; undefined while nothing holds it. */
export function openWindowOf(execution: Execution, stage: Stage): Stage | undefined {
  const window = stage.type === executionWindowType ? stage : windowOf(execution, stage);
  return window === undefined || isComplete(window.status) ? undefined : window;
}

/** Whether a stage waits for the windows of another. */
export const isWaitingForWindow = ({ type, status }: Stage): boolean =>
  type === executionWindowType && status === 'RUNNING';

/** Whether a stage that has begun did nothing yet but wait for its windows. */
export function isHeldByWindow(execution: Execution, stage: Stage): boolean {
  const window = windowOf(execution, stage);
  return window !== undefined && !isPassed(window.status);
}

/** When a stage that has begun was let through by its windows, in milliseconds since the epoch; undefined before that. */
export function letThroughAt(execution: Execution, stage: Stage): number | undefined {
  const window = windowOf(execution, stage);
  return window === undefined ? stage.startTime : window.endTime;
}

/** The windows that a stage which waits for them waits for: those that hold the stage back it stands before. */
export function windowsBefore(execution: Execution, { parentStageId }: Stage): readonly NamedWindow[] {
  const stage = parentStageId === undefined ? undefined : stageById(execution, parentStageId);
  return stage === undefined ? [] : holding(execution, stage);
}

/** Whether all that an execution does now is to wait for windows. */
export function waitsForWindowsOnly({ stages }: Execution): boolean {
  const busy = stages.filter(
    ({ status, tasks }) => status === 'RUNNING' && tasks.some((task) => task.status === 'RUNNING'),
  );
  return busy.length > 0 && busy.every(isWaitingForWindow);
}

/**
 * When an execution goes on that does nothing but wait for windows, its own or those of what it runs: milliseconds since the
 * epoch, 0 where that is not known yet. Undefined while it does anything else, is paused or is being stopped.
 */
export function waitsUntil({ status, ending, stages }: Execution): number | undefined {
  if (status !== 'RUNNING' || ending !== undefined) return undefined;
  const busy = stages.filter(({ tasks }) => tasks.some((task) => task.status === 'RUNNING'));
  const isStill = (stage: Stage) =>
    isWaitingForWindow(stage) || stage.tasks.some((task) => task.status === 'RUNNING' && task.stillSince !== undefined);
  if (busy.length === 0 || !busy.every(isStill)) return undefined;
  const times = busy.flatMap(({ context: { scheduledTime } }) =>
    typeof scheduledTime === 'number' ? scheduledTime : [],
  );
  return times.length === 0 ? 0 : Math.min(...times);
}
