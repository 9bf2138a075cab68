import type { Execution, Stage } from '../model/execution';
import type { ExecutionEvent } from '../model/execution-event';
import type { View } from '../model/view';
import type { StageRegistry } from './contracts/stage';
import type { TaskLook } from './contracts/task';
import { isDecided, type Question } from './judgment-messages';
import { pausedMs } from './stage-waits';
import { durationText, taskDeadline } from './task-timeout';

/** When people are reminded, by what is left of the time that a judgment has: in the thread, then each by themselves. */
const partsLeft = [0.5, 0.1] as const;

type Timing = Pick<TaskLook<never>, 'execution' | 'startedAt' | 'deadline' | 'now'>;

/**
 * How many reminders are due, and when the next one is, or the end, in milliseconds since the epoch. They are counted from the
 * end, so that a pause moves them as it moves that, and takes no time from anybody.
 */
export function remindersAt({ execution, startedAt, deadline, now }: Timing): { due: number; next: number } {
  const openMs = deadline - startedAt - pausedMs(execution, startedAt);
  const times = partsLeft.map((part) => Math.round(deadline - part * openMs));
  return { due: times.filter((time) => time <= now).length, next: times.find((time) => time > now) ?? deadline };
}

/** How often people were reminded of an open judgment: at half of its time, and shortly before its end. */
export const remindersOf = ({ context }: Stage): number =>
  typeof context.judgmentReminded === 'number' ? context.judgmentReminded : 0;

type Settings<S> = { readonly registry: StageRegistry<S>; readonly now: number };

/** When an open judgment fails without a decision; none where nothing of it runs. */
function decideBy<S>(execution: Execution, stage: Stage, { registry, now }: Settings<S>): NonNullable<View['facts']> {
  const task = stage.tasks.find(({ status }) => status === 'RUNNING');
  if (task === undefined) return [];
  const deadline = taskDeadline(execution, stage, task, registry);
  return [{ label: 'Decide by', value: [{ time: deadline }, `, in ${durationText(deadline - now)}`] }];
}

/** The reminder in the thread of the execution; the question has the buttons. */
function threadReminder(
  execution: Execution,
  { id, name, attempt }: Stage,
  facts: NonNullable<View['facts']>,
): ExecutionEvent {
  const told = `${execution.id}/${id}/${attempt}/reminder`;
  const headline = [`${execution.name}: `, { strong: name }, ' still waits for a decision'];
  return {
    id: told,
    type: 'message',
    messageId: told,
    view: { headline, tone: 'attention', facts },
    broadcast: false,
  };
}

const lastWarning = 'Its time is nearly over: without a decision it fails.';

/**
 * What is told of an open judgment as its time goes by: once in the thread, then once to each who may decide; both at once where
 * nobody looked in between.
 */
export function reminderEvents<S>(
  execution: Execution,
  { id, messageId, view }: Question,
  { earlier, stage }: { readonly earlier: Stage | undefined; readonly stage: Stage },
  settings: Settings<S>,
): readonly ExecutionEvent[] {
  if (stage.status !== 'RUNNING' || isDecided(stage) || earlier?.attempt !== stage.attempt) return [];
  const [before, count] = [remindersOf(earlier), remindersOf(stage)];
  if (before === count) return [];
  const facts = view.facts ?? [];
  const time = decideBy(execution, stage, settings);
  const told = facts.filter(({ label }) => label === 'Who decides' || label === 'Approvals');
  const thread = before < 1 ? [threadReminder(execution, stage, [...time, ...told])] : [];
  if (count < 2) return thread;
  const urgent: View = { ...view, lines: [...(view.lines ?? []), lastWarning], facts: [...time, ...facts] };
  return [...thread, { id: `${id}/last`, type: 'copies', messageId, stageId: stage.id, view: urgent, to: 'everybody' }];
}
