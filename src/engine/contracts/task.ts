import type { ErrorCode } from '../../model/errors';
import type { Execution, Memo, Stage, StageContext } from '../../model/execution';

/** What a task's look ended in. A task never sleeps, loops or retries: it returns RUNNING and is asked again. */
export type TaskResult =
  | { readonly status: 'SUCCEEDED'; readonly outputs?: StageContext; readonly context?: StageContext }
  | TaskRunning
  | { readonly status: 'SKIPPED'; readonly reason: string }
  | TaskEnd<'TERMINAL'>
  /** What the task stands for was called off elsewhere: the stage is CANCELED, whatever its failure choice. */
  | TaskEnd<'CANCELED'>;

type TaskRunning = {
  readonly status: 'RUNNING';
  readonly retryAfterMs: number;
  readonly memo?: Memo;
  readonly context?: StageContext;
  /** Whether its time, and that of the stages above, stands still until a look says otherwise. @default false */
  readonly standsStill?: boolean;
  /** Saved with an intent: what was decided, to which later attempts of the stage keep. */
  readonly decision?: StageContext;
};

type TaskEnd<S extends 'TERMINAL' | 'CANCELED'> = {
  readonly status: S;
  readonly code: ErrorCode;
  readonly reason: string;
  readonly context?: StageContext;
};

/** What a task sees at one look. */
export type TaskLook<S> = {
  readonly execution: Execution;
  readonly stage: Stage;
  /** The stage's context; keys it lacks fall back to the outputs of the nearest ancestor stage that has them. */
  readonly context: StageContext;
  /** What the task saved at an earlier look; only what was loaded from here may be acted upon. */
  readonly memo: Memo | undefined;
  readonly now: number;
  /** When this task began, for deadlines of its own. */
  readonly startedAt: number;
  /** When the engine ends this task, as things stand: milliseconds since the epoch. */
  readonly deadline: number;
  /** Aborted when the step's time (5 s) is over. */
  readonly signal: AbortSignal;
  /** `execution/stage/attempt`: the key of the effects of this stage. */
  readonly key: string;
  readonly services: S;
};

/** What a task may change outside; the audit log names it. */
export type OutsideSystem = 'DC/OS' | 'Metronome' | 'Jenkins' | 'webhook';

/** One task of a stage. Safe to run twice: look, act, then record what was started. */
export type TaskDefinition<S> = {
  readonly name: string;
  /** How long it may take from its start, pauses not counted, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether `stageTimeoutMs` of the stage, or of a stage above, replaces `timeoutMs` (semantics §4.2). */
  readonly timeoutFromStage: boolean;
  /** Waits for what happens on DC/OS: it looks whenever its execution is woken, however long it meant to wait. */
  readonly isWatching?: boolean;
  /** How long after its start it looks for the first time, in milliseconds. @default 0 */
  readonly firstLookMs?: number;
  /** What it changes, once its intent is saved: its first memo and its end are written to the audit log. @default nothing */
  readonly acts?: OutsideSystem;
  readonly run: (look: TaskLook<S>) => Promise<TaskResult>;
};
