import type { ErrorCode } from './errors';
import type { Text } from './text';

/** How a view is meant to feel; colour or icon never carry it alone. */
export type Tone = 'neutral' | 'running' | 'good' | 'bad' | 'attention';

/** One line of progress. */
export type ViewStep = {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'paused' | 'done' | 'skipped' | 'failed' | 'canceled';
  /** Facts such as `3/4 healthy`; absent when there is nothing to add. */
  readonly detail?: Text;
  /** Nesting under the step before; 0 or absent is the top level. */
  readonly depth?: number;
};

/** A question asked when a choice is made; the answer travels with the choice as `answer`. */
export type ChoiceQuestion = {
  readonly title: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly submit: string;
  readonly required: boolean;
  /** What may be answered; absent: any text. */
  readonly options?: readonly string[];
  /** One more thing that is asked in the same form, and must be given; it travels with the choice as `picked`. */
  readonly picks?: ChoicePick;
};

/** What is picked beside an answer; without `options` it is typed, since there are too many of them for a button. */
export type ChoicePick = { readonly label: string; readonly options?: readonly string[] };

/** What a choice acts upon: an earlier command's plan or a running execution. Kept small: it travels inside a button. */
export type ChoiceTarget =
  | { readonly kind: 'command'; readonly id: string; readonly hash?: string }
  /** `hash` binds it to what was shown, where that may have changed since. */
  | { readonly kind: 'execution'; readonly id: string; readonly stageId?: string; readonly hash?: string }
  | { readonly kind: 'run'; readonly text: string };

/** A button. `name` says what is done: confirm, confirmOther, cancel, approve, reject, cancelExecution, pause, resume, retryStage, skipWait, skipStage, startNow, notify, override, force, breakGlass, reviewed, ask, run. */
export type Choice = {
  readonly name: string;
  readonly label: string;
  readonly target: ChoiceTarget;
  readonly style?: 'primary' | 'danger';
  /** The chat's own are-you-sure dialog. */
  readonly confirm?: { readonly title: string; readonly text: string; readonly ok: string; readonly cancel: string };
  /** Asked in a form before the choice counts. */
  readonly asks?: ChoiceQuestion;
};

/** A choice that does the same as a command that is typed. */
export const runChoice = (label: string, text: string): Choice => ({
  name: 'run',
  label,
  target: { kind: 'run', text },
});

/** What the bot says, without a word of Slack in it: the same view becomes a message, a terminal's lines or JSON. */
export type View = {
  /** Stands alone: notifications and screen readers get only this. */
  readonly headline: Text;
  readonly tone: Tone;
  /** What was asked has not been done: it was refused, or more must be said first. */
  readonly undone?: true;
  /** It was refused; the audit log tells of it. `true`: this person may not do it, or not in this way; else by what. */
  readonly denied?: true | ErrorCode;
  readonly lines?: readonly Text[];
  readonly facts?: readonly { readonly label: string; readonly value: Text }[];
  readonly steps?: readonly ViewStep[];
  /** Literal output of a machine (a task's stderr), shown as it is. */
  readonly output?: string;
  readonly links?: readonly { readonly label: string; readonly url: string }[];
  readonly choices?: readonly Choice[];
  /** A quiet last line: who asked, how long it took. */
  readonly footer?: Text;
};
