import type { Stage } from '../model/execution';
import type { ExecutionEvent } from '../model/execution-event';
import type { View } from '../model/view';
import { approvalsOf } from './approvals';

type CopiesEvent = Extract<ExecutionEvent, { type: 'copies' }>;

/** Whether people have had their say on a stage; its clean-up may still run. */
export const isDecided = ({ context }: Stage): boolean => context.judgmentStatus !== undefined;

/** What was said on a stage so far; the same while nobody says more. */
export const saidOn = (stage: Stage): string => `${isDecided(stage)}/${approvalsOf(stage.context).length}`;

/** A question, as it is told: where it stands, what it says, and which happening this is. */
export type Question = { readonly id: string; readonly messageId: string; readonly view: View };

/** Whom the copies of a question go to now; those that are there already are brought up to date whoever has them. */
function audienceOf(earlier: Stage | undefined, stage: Stage): CopiesEvent['to'] {
  if (stage.status !== 'RUNNING' || isDecided(stage)) return 'nobody';
  const isNew = earlier?.status !== 'RUNNING' || earlier.attempt !== stage.attempt;
  return isNew || saidOn(earlier) === saidOn(stage) ? 'subscribers' : 'nobody';
}

/** The copies of a judgment's question that people have by themselves, beside the one in the channel. */
export const copiesOf = (
  { id, messageId, view }: Question,
  earlier: Stage | undefined,
  stage: Stage,
): readonly CopiesEvent[] =>
  stage.type === 'manualJudgment'
    ? [{ id: `${id}/copies`, type: 'copies', messageId, stageId: stage.id, view, to: audienceOf(earlier, stage) }]
    : [];
