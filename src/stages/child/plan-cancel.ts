import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import type { Stage } from '../../model/execution';
import { isComplete, type ExecutionStatus } from '../../model/status';
import { planChildUndo } from '../../strategies';
import { childConfigOf } from './child-config';
import { intendedChild, startPipeline } from './start-pipeline';

/** What a stage calls the execution that it started. */
const nameOf = ({ name, context: { executionName } }: Stage): string =>
  typeof executionName === 'string' ? executionName : `what '${name}' started`;

const hasEnded = (status: unknown): boolean => typeof status === 'string' && isComplete(status as ExecutionStatus);

/** The child that a stage waits for; undefined where nobody does, or where people decided not to. */
function childOf({ tasks, context, adopts }: Stage): string | undefined {
  const start = tasks.find(({ name }) => name === startPipeline.name);
  if (start === undefined || context.manualSkip === true) return undefined;
  const isStarted = start.status === 'SUCCEEDED';
  if (isStarted && !childConfigOf(context).waitForCompletion) return undefined;
  const id = isStarted ? context.executionId : (adopts ?? intendedChild(start.memo));
  return typeof id === 'string' ? id : undefined;
}

/**
 * Cancels the child that a stage has started, or may have; nothing where its end has been seen, where nobody waits for it, or
 * where people decided not to.
 */
export function planCancel({ stage }: PlanInput): readonly StagePlan[] {
  const id = childOf(stage);
  if (id === undefined || hasEnded(stage.context.status)) return [];
  // What the child brings back it brings back itself, and says so.
  return [{ type: 'cancelPipeline', name: `Cancel ${nameOf(stage)}`, context: { executionId: id, restores: false } }];
}

/** Cancels the child that a stage waits for; one that has ended, seen or unseen, is taken back. */
export function planGoBack(input: PlanInput): readonly StagePlan[] {
  const id = childOf(input.stage);
  return id === undefined ? [] : [...planCancel(input), planChildUndo(id, nameOf(input.stage))];
}
