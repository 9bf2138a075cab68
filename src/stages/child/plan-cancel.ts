import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import { isComplete, type ExecutionStatus } from '../../model/status';
import { childConfigOf } from './child-config';
import { intendedChild, startPipeline } from './start-pipeline';

const hasEnded = (status: unknown): boolean => typeof status === 'string' && isComplete(status as ExecutionStatus);

/**
 * Cancels the child that a stage has started, or may have; nothing where its end has been seen, where nobody waits for it, or
 * where people decided not to.
 */
export function planCancel({ stage }: PlanInput): readonly StagePlan[] {
  const { status, executionId, executionName, manualSkip } = stage.context;
  const start = stage.tasks.find(({ name }) => name === startPipeline.name);
  if (start === undefined || hasEnded(status) || manualSkip === true) return [];
  const isStarted = start.status === 'SUCCEEDED';
  if (isStarted && !childConfigOf(stage.context).waitForCompletion) return [];
  const id = isStarted ? executionId : (stage.adopts ?? intendedChild(start.memo));
  if (typeof id !== 'string') return [];
  const what = typeof executionName === 'string' ? executionName : `what '${stage.name}' started`;
  // What the child brings back it brings back itself, and says so.
  return [{ type: 'cancelPipeline', name: `Cancel ${what}`, context: { executionId: id, restores: false } }];
}
