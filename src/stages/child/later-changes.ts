import { z } from 'zod';
import type { PlanInput } from '../../engine/contracts/stage';
import type { TaskDefinition } from '../../engine/contracts/task';
import { effectKeyPrefix } from '../../engine/effect-key';
import type { Execution, Stage } from '../../model/execution';
import { isComplete } from '../../model/status';

const ofChildren: readonly string[] = ['cancelPipeline', 'undoPipeline'];
const taken = z.object({ keys: z.array(z.string()).default([]), executionId: z.string().optional() });

/** When the first of what a way back takes back was begun. */
function since(execution: Execution, undo: Stage): number {
  const { keys, executionId } = taken.parse(undo.context);
  const isTaken = ({ id, type, context }: Stage) =>
    keys.some((key) => key.startsWith(effectKeyPrefix(execution.id, id))) ||
    (type === 'pipeline' && context.executionId === executionId);
  const changed = execution.stages.filter(isTaken);
  const owner = execution.stages.filter(({ id }) => id === undo.parentStageId);
  return Math.min(...(changed.length === 0 ? owner : changed).map(({ startTime = 0 }) => startTime));
}

/** Of one cancel, or planned by one stage that failed. Those of one stage that is canceled follow one another anyway. */
const areAtOnce = (one: Stage, other: Stage): boolean =>
  one.onCancel === true
    ? other.onCancel === true && one.parentStageId !== other.parentStageId
    : one.onFailure === true && other.onFailure === true && one.parentStageId === other.parentStageId;

/**
 * Whether a way back must wait for another: children work on the clusters of those who wait for them, so what was changed last
 * goes back first.
 */
function waitsFor(execution: Execution, undo: Stage, other: Stage): boolean {
  const isUndo = ofChildren.includes(other.type) || other.type === 'undoServerGroup';
  const isOfChild = ofChildren.includes(other.type) || ofChildren.includes(undo.type);
  return isUndo && isOfChild && areAtOnce(undo, other) && since(execution, other) > since(execution, undo);
}

const laterThan = (execution: Execution, undo: Stage): readonly Stage[] =>
  execution.stages.filter((other) => waitsFor(execution, undo, other));

/** Lets the way back from what was changed later go first, where what children did is taken back too; nothing elsewhere. */
export const waitForLaterChanges = ({ execution, stage }: PlanInput): readonly TaskDefinition<unknown>[] =>
  laterThan(execution, stage).length > 0
    ? [
        {
          name: 'waitForLaterChanges',
          timeoutMs: 4 * 3_600_000,
          timeoutFromStage: false,
          isWatching: true,
          run: (look) =>
            Promise.resolve(
              laterThan(look.execution, look.stage).every(({ status }) => isComplete(status))
                ? { status: 'SUCCEEDED' }
                : { status: 'RUNNING', retryAfterMs: 1000 },
            ),
        },
      ]
    : [];
