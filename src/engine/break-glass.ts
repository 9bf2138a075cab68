import type { Execution, Stage } from '../model/execution';
import type { ExecutionEvent } from '../model/execution-event';
import type { Review } from '../model/review';
import type { Choice, View } from '../model/view';
import { isWaitingForWindow } from './execution-window';
import { foreignDigest, foreignWaitOf } from './foreign-window';
import { stageById, topLevelOf } from './graph';
import { lockDigest, openLockOf } from './deployment-lock';
import { openDenialOf } from './guard-override';
import { judgmentAnswers } from './judgment-answers';

/** What holds a stage back that may be set aside alone, and until it was; `hash` binds it to what was shown. */
type Held = {
  readonly kind: 'guard' | 'window' | 'judgment' | 'lock';
  readonly what: string;
  readonly hash?: string;
  /** One of these is to be chosen; absent: there is nothing to choose. */
  readonly answers?: readonly string[];
};

/** What holds a stage back; undefined where nothing does that people may set aside. */
export function heldBackBy(execution: Execution, stage: Stage): Held | undefined {
  const denial = openDenialOf(stage);
  if (denial !== undefined) return { kind: 'guard', what: `the traffic guard: ${denial.reason}`, hash: denial.digest };
  const lock = openLockOf(stage);
  if (lock !== undefined)
    return { kind: 'lock', what: `a deployment: ${lock.reason}. ${lock.consequence}`, hash: lockDigest(stage, lock) };
  if (isWaitingForWindow(stage)) {
    if (stage.context.skipRemainingWait === true) return undefined;
    const held = stageById(execution, stage.parentStageId ?? '')?.name ?? stage.name;
    return { kind: 'window', what: `the window of '${held}'` };
  }
  const foreign = foreignWaitOf(execution, stage);
  if (foreign !== undefined)
    return {
      kind: 'window',
      what: `the window of ${foreign.hold.place} for '${topLevelOf(execution, stage).name}'`,
      hash: foreignDigest(foreign),
    };
  const isOpen = stage.type === 'manualJudgment' && stage.status === 'RUNNING';
  if (!isOpen || stage.context.judgmentStatus !== undefined) return undefined;
  const answers = judgmentAnswers(stage.context);
  return { kind: 'judgment', what: `the judgment '${stage.name}'`, ...(answers.length === 0 ? {} : { answers }) };
}

/** The button for those who may set aside alone what holds a stage back; none where the file names nobody. */
export function breakGlassChoices(execution: Execution, stage: Stage): readonly Choice[] {
  const { id, definition } = execution;
  if (definition.policy.breakGlass === undefined) return [];
  const held = heldBackBy(execution, stage);
  // Force is one button for both ways to say it.
  if (held === undefined || held.kind === 'lock') return [];
  const bound = held.hash === undefined ? {} : { hash: held.hash };
  return [
    {
      name: 'breakGlass',
      label: 'Break glass',
      target: { kind: 'execution', id, stageId: stage.id, ...bound },
      style: 'danger',
      asks: {
        title: 'Break glass',
        label: 'Why can it not wait for a second person? The channel is told, and somebody else reviews it.',
        placeholder: 'What happens if it waits?',
        submit: 'Break glass',
        required: true,
        ...(held.answers === undefined ? {} : { picks: { label: 'Which answer?', options: held.answers } }),
      },
    },
  ];
}

/** The button that closes a review; its note travels as the reason of the words. */
const reviewedChoice = ({ id }: Review): Choice => ({
  name: 'reviewed',
  label: 'Reviewed',
  target: { kind: 'run', text: `reviews done ${id}` },
  asks: {
    title: 'Reviewed',
    label: 'What did you find?',
    placeholder: 'Was it right, and what follows from it?',
    submit: 'Reviewed',
    required: true,
  },
});

/** What the channel is told of a broken glass, and how the review of it stands. */
export function reviewView(review: Review, executionName: string): View {
  const { by, reason, what, at, reviewWithinMs, reviewed } = review;
  const due: View['lines'] = [['Somebody else reviews that until ', { time: at + reviewWithinMs }, '.']];
  const done: View['lines'] = reviewed && [['Reviewed by ', { person: reviewed.by }, `: ${reviewed.note}`]];
  return {
    headline: [{ person: by }, ' broke the glass for ', { strong: executionName }, `: ${reason}`],
    tone: reviewed === undefined ? 'attention' : 'neutral',
    lines: [`Set aside was ${what}`, ...(done ?? due)],
    ...(reviewed === undefined ? { choices: [reviewedChoice(review)] } : {}),
  };
}

/** Reminds the channel of a review that nobody has done yet. */
export const reminderView = (review: Review, executionName: string): View => ({
  headline: [
    'Nobody has reviewed yet that ',
    { person: review.by },
    ' broke the glass for ',
    { strong: executionName },
  ],
  tone: 'attention',
  lines: [`Reason: ${review.reason}`, `Set aside was ${review.what}`],
  choices: [reviewedChoice(review)],
});

/** The id of the message that tells of a broken glass. */
export const reviewMessageId = ({ id }: Pick<Review, 'id'>): string => `${id}/told`;

/** What follows from a broken glass: the channel is told, and a review is due. */
export function breakGlassEvents(
  execution: Execution,
  { id: stageId, attempt }: Stage,
  {
    user,
    reason,
    what,
    now,
  }: { readonly user: string; readonly reason: string; readonly what: string; readonly now: number },
): readonly ExecutionEvent[] {
  const { id: executionId, teamId, application, definition, name } = execution;
  const review: Review = {
    schema: 1,
    teamId,
    id: `${executionId}/${stageId}/${attempt}/${now}`,
    executionId,
    application,
    environment: definition.environment,
    what,
    by: user,
    reason,
    at: now,
    reviewWithinMs: definition.policy.breakGlass?.reviewWithinMs ?? 24 * 3_600_000,
    reminders: 0,
  };
  const messageId = reviewMessageId(review);
  return [
    { id: `${review.id}/due`, type: 'review', review },
    { id: messageId, type: 'message', messageId, view: reviewView(review, name), broadcast: true },
  ];
}
