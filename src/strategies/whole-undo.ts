import type { Execution, Stage } from '../model/execution';
import { isComplete, type ExecutionStatus } from '../model/status';
import type { StagePlan } from '../engine/contracts/stage';
import { familyOf } from '../engine/graph';
import { creationsByPlace, isStrategyRun, planUndo, servedBefore } from './undo';

/** The way back from what a child did that a stage has waited for; what it started itself is found by it. */
export const planChildUndo = (executionId: string, name: string): StagePlan => ({
  type: 'undoPipeline',
  name: `Take back ${name}`,
  context: { executionId },
});

/** The way back from the child of a stage whose end has been seen; one that was canceled has gone back by itself. */
function undoOfChild(stage: Stage): readonly StagePlan[] {
  const { executionId, executionName = executionId, status, manualSkip } = stage.context;
  const hasEnded = typeof status === 'string' && isComplete(status as ExecutionStatus) && status !== 'CANCELED';
  const isPipeline = stage.type === 'pipeline' && !isStrategyRun(stage);
  if (!isPipeline || typeof executionId !== 'string' || !hasEnded || manualSkip === true) return [];
  return [planChildUndo(executionId, String(executionName))];
}

/**
 * The way back from everything that an execution did and the children that it waited for, what was begun last first; stages that
 * are cut short have planned their own.
 */
export function planWholeUndo(execution: Execution): readonly StagePlan[] {
  const isCut = (stage: Stage) => familyOf(execution, stage).some((member) => member.onCancel === true);
  const stages = execution.stages.filter((stage) => !isCut(stage));
  const own = creationsByPlace(stages)
    .filter(([first]) => first !== undefined && servedBefore(first) !== undefined)
    .map((place) => ({ since: place[0]?.startTime ?? 0, plans: planUndo(execution, place) }));
  const children = stages.map((stage) => ({ since: stage.startTime ?? 0, plans: undoOfChild(stage) }));
  return [...own, ...children].toSorted((one, other) => other.since - one.since).flatMap(({ plans }) => plans);
}
