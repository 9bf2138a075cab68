import type { Execution, Stage } from '../model/execution';
import type { ExecutionEvent } from '../model/execution-event';
import type { View } from '../model/view';
import { approvalsOf } from './approvals';

type CopiesEvent = Extract<ExecutionEvent, { type: 'copies' }>;

/** How often people were reminded of an open judgment: at half of its time, and shortly before its end. */
export const remindersOf = ({ context }: Stage): number =>
  typeof context.judgmentReminded === 'number' ? context.judgmentReminded : 0;

/** Whether people have had their say on a stage; its clean-up may still run. */
const isDecided = ({ context }: Stage): boolean => context.judgmentStatus !== undefined;

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

/** What is told of an open judgment as its time goes by: once in the thread, then once to each who may decide. */
export function reminderEvents(
  execution: Execution,
  { id, messageId, view }: Question,
  earlier: Stage | undefined,
  stage: Stage,
): readonly ExecutionEvent[] {
  const count = remindersOf(stage);
  if (stage.status !== 'RUNNING' || isDecided(stage) || earlier === undefined) return [];
  if (earlier.attempt !== stage.attempt || remindersOf(earlier) === count) return [];
  if (count > 1) {
    const urgent: View = {
      ...view,
      lines: [...(view.lines ?? []), 'Its time is nearly over: without a decision it fails.'],
    };
    return [{ id: `${id}/last`, type: 'copies', messageId, stageId: stage.id, view: urgent, to: 'everybody' }];
  }
  const told = `${execution.id}/${stage.id}/${stage.attempt}/reminder`;
  const headline = [`${execution.name}: `, { strong: stage.name }, ' still waits for a decision'];
  const facts = (view.facts ?? []).filter(({ label }) => label === 'Who decides' || label === 'Approvals');
  const reminder: View = { headline, tone: 'attention', facts };
  return [{ id: told, type: 'message', messageId: told, view: reminder, broadcast: false }];
}
