import type { NamedWindow } from './common-window';
import type { AuditOrigin } from './audit';
import type { ExecutionEvent } from './execution-event';
import type { Hold } from './hold';
import type { ExecutionStatus } from './status';

/** A task of a stage; `memo` is what the task told itself to remember (intents, ids of what it started). */
export type Task = {
  readonly id: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  /** Milliseconds since the epoch; absent before the task started or ended. */
  readonly startTime?: number;
  readonly endTime?: number;
  /** When the task wants to be looked at again; 0 is at once. */
  readonly dueAt?: number;
  readonly memo?: Memo;
  /** Raised with every saved look, so that the result of an older look is dropped. */
  readonly looks: number;
};

/** Data a task keeps between looks: plain JSON. */
export type Memo = Readonly<Record<string, unknown>>;

/** Plain JSON under string keys, as Spinnaker's stage context and outputs. */
export type StageContext = Readonly<Record<string, unknown>>;

/** Why something failed: a stable code of the catalogue, a sentence for people, and what a machine wrote about it. */
export type Failure = { readonly code: string; readonly message: string; readonly output?: string };

/** An attempt that succeeded before its stage was run again: what it made is like what others made. */
export type SucceededAttempt = {
  readonly attempt: number;
  /** How the execution had ended when the stage was run again. */
  readonly executionStatus: ExecutionStatus;
  /** The executions that it, or its parts, had run; absent for none. */
  readonly children?: readonly string[];
};

/** One stage; synthetic ones name their parent and on which side of its tasks they stand. */
export type Stage = {
  readonly id: string;
  readonly refId: string;
  readonly type: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly requisiteStageRefIds: readonly string[];
  readonly parentStageId?: string;
  readonly syntheticStageOwner?: 'STAGE_BEFORE' | 'STAGE_AFTER';
  /** True for the clean-up stages planned because the parent failed. */
  readonly onFailure?: boolean;
  /** True for the clean-up stages planned because the execution was stopped before its end. */
  readonly onCancel?: boolean;
  /** True for what is fetched before the expressions of the parent can be evaluated; it runs before the parent starts. */
  readonly evaluation?: boolean;
  /** True for a synthetic stage whose context holds expressions of a team; all others of them hold data. */
  readonly isWritten?: true;
  /** Milliseconds since the epoch before which the stage does not start. */
  readonly notBefore?: number;
  /** Execution windows that must all be open when it begins; absent for none. */
  readonly windows?: readonly NamedWindow[];
  readonly startTime?: number;
  readonly endTime?: number;
  /** When its time stood still, oldest first, pauses not counted; one without `until` lasts. Absent: never. */
  readonly waits?: readonly { readonly at: number; readonly until?: number }[];
  readonly context: StageContext;
  readonly outputs: StageContext;
  readonly tasks: readonly Task[];
  /** Which kinds of synthetic stages are planned already; tells a restart where it was. */
  readonly planned: { readonly before: boolean; readonly after: boolean; readonly onFailure: boolean };
  readonly failure?: Failure;
  /**
   * Name and context as they were written, where the stage's expressions were evaluated, and the keys that evaluation made; a
   * restart evaluates them anew.
   */
  readonly written?: { readonly name: string; readonly context: StageContext; readonly made: readonly string[] };
  /** The execution that the next start of a `pipeline` stage takes over, instead of starting one. */
  readonly adopts?: string;
  /** Counts restarts; part of the key of every effect, so that a restarted stage acts anew. */
  readonly attempt: number;
  /** Of a stage of the pipeline: its attempts that succeeded before this one, oldest first. */
  readonly succeeded?: readonly SucceededAttempt[];
  /** Who last changed the stage by a signal. */
  readonly lastModified?: { readonly user: string; readonly lastModifiedTime: number };
};

type Started = {
  /** Slack user id of who asked; for a child pipeline, of who asked for its parent. */
  readonly user: string;
  /** Of the pipeline, by their names. */
  readonly parameters: StageContext;
  /** For a child pipeline: who else had asked, further above. Four eyes leave them out too. */
  readonly alsoAsked?: readonly string[];
  /** Why, in the requester's words. */
  readonly reason?: string;
  /** Where it was asked for; absent where that is not known. */
  readonly origin?: AuditOrigin;
  /** What asked: a command document, or a stage's key. All starts with the same one are about one execution. */
  readonly correlationId: string;
};

/** Who or what started an execution. */
export type Trigger = Started &
  (
    | { readonly type: 'manual' }
    /** A `pipeline` stage of another execution, which waits for this one or not. */
    | {
        readonly type: 'pipeline';
        readonly parentExecutionId: string;
        readonly parentStageId: string;
        /** The parent waits for the end and tells of it, so that nobody else need. */
        readonly isAwaited?: boolean;
      }
  );

/** Where an execution reports; `threadOf` is the message in whose thread, in place of a message of its own in the channel. */
export type ReportTarget = { readonly teamId: string; readonly channel: string; readonly threadOf?: string };

/** How many executions of one pipeline may run at once, in Spinnaker's field names; paused ones run. */
export type ConcurrencyLimits = {
  /** One at a time. @default false */
  readonly limitConcurrent?: boolean;
  /** So many at a time; counts where `limitConcurrent` is not set. Absent or 0: any number. */
  readonly maxConcurrentExecutions?: number;
  /** Those that wait start in their order; otherwise the newest starts, and the others are canceled then. @default false */
  readonly keepWaitingPipelines?: boolean;
};

/** How far an execution that may have to wait is on its way to its start. */
export type Admission = {
  /** Counts from 0; raised where a stage is retried after the end, and where it was held: each is another start. */
  readonly round: number;
  /**
   * `new` until it is first looked at, `waiting` for its turn in the queue of its pipeline, `admitted` when it has its turn
   * and takes its cluster, `yielding` when it finds that busy and gives the turn back, `blocked` while the cluster is busy,
   * `held` while a lock or a stop keeps it back, without turn and cluster, `started` with both.
   */
  readonly state: 'new' | 'waiting' | 'admitted' | 'yielding' | 'blocked' | 'held' | 'started';
  /** What keeps it back; present while `held`. */
  readonly hold?: Hold;
  /** How often it has given its turn back. @default 0 */
  readonly turn?: number;
  /** Its place among those that wait, from 1. */
  readonly place?: number;
  /** The name of the execution that it waits for. */
  readonly behind?: string;
  /** When it is likely to start, as earlier runs took, in milliseconds since the epoch; absent where they do not say. */
  readonly expectedAt?: number;
  /** It has had to wait, so that what it was planned upon may have changed. */
  readonly waited?: true;
  /** It has its turn and its cluster, but whether something changed cannot be seen now. */
  readonly isBlind?: true;
  /** The circle of executions that wait for each other in which it was found, until it is found there again. */
  readonly circle?: string;
};

/** Another execution that goes back first, and the fence of the cluster (`fenceOf`) while that one had it. */
export type AwaitedExecution = { readonly executionId: string; readonly fence: number };

/** A retry that waits for its turn; `ended` is how the execution stood, and stands again where the retry is called off. */
export type Retry = {
  readonly stageId: string;
  /** Slack user id of who retried. */
  readonly user: string;
  /** The execution that the stage takes over, instead of starting one. */
  readonly adopts?: string;
  readonly ended: Pick<Execution, 'status' | 'endTime' | 'ending'>;
};

/** What an execution carries of the pipeline that it is of, resolved when it was asked for. */
export type PipelineRun = ConcurrencyLimits & {
  readonly parameters: StageContext;
  /** How long it may wait for its start, in milliseconds; absent: for ever. */
  readonly startExpiryMs?: number;
};

/** One run of a pipeline. It embeds its resolved definition: a changed file never touches it. */
export type Execution = ConcurrencyLimits & {
  readonly schema: 2;
  readonly teamId: string;
  readonly id: string;
  readonly type: 'PIPELINE';
  readonly application: string;
  /** `application/pipeline`, as its file names it; absent where no pipeline of a file is run. */
  readonly pipelineConfigId?: string;
  /** What a person reads: `deploy foo 1.1 to prod`. */
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly buildTime: number;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly trigger: Trigger;
  /** For whom it runs since somebody retried it: its children are judged by them. Absent: for `trigger.user`. */
  readonly authentication?: { readonly user: string };
  readonly stages: readonly Stage[];
  /** While whoever starts it may refuse it yet, and delete it then. */
  readonly isAsked?: true;
  /** Slack user ids of those who want to be told when it starts. */
  readonly notifies?: readonly string[];
  /** The command whose plan was confirmed by hand; absent where nobody had to. */
  readonly confirmedPlan?: string;
  /** Whose way back what was confirmed takes into account; absent where it does nobody's. */
  readonly awaitsCanceled?: AwaitedExecution;
  /** Absent where nothing limits how many of its pipeline run at once, and it need not wait for anything else. */
  readonly admission?: Admission;
  /** What is to run again when a retry after its end has its turn; until then the stages are as they ended. */
  readonly retry?: Retry;
  /** When it is called off if it has not begun, in milliseconds since the epoch. */
  readonly startTimeExpiry?: number;
  /** Without `by`, Coxswain did it by itself. */
  readonly canceled?: { readonly by?: string; readonly at: number; readonly reason?: string };
  /** By stage id, what a stage decided when it first acted: a later attempt keeps to it, also of a synthetic stage. */
  readonly decisions?: Readonly<Record<string, StageContext>>;
  /** Stages as they ended in attempts that had acted, until a later attempt acts; a cancel before that goes back from them. */
  readonly earlier?: readonly Stage[];
  /** Whoever waited for it has gone back from it, or has run it anew: nothing of it is offered to be run again. */
  readonly isClosed?: true;
  /** Set once the execution is being stopped: only clean-up still starts, and its end is the execution's. */
  readonly ending?: { readonly at: number };
  readonly paused?: {
    readonly by: string;
    readonly at: number;
    /** The execution that passed its pause on to this one, and alone passes its end on. */
    readonly via?: string;
    /** The id of the stop of everything that paused it; absent where a person meant it alone. */
    readonly stop?: string;
    readonly resumedBy?: string;
    readonly resumedAt?: number;
  };
  /** How long it was paused in earlier pauses, oldest first, for deadlines. */
  readonly pauses?: readonly { readonly at: number; readonly resumedAt: number }[];
  /** Facts the renderer needs: environment, images, people, policy; resolved when the execution was made. */
  readonly definition: ExecutionDefinition;
  readonly report?: ReportTarget;
  readonly events: readonly ExecutionEvent[];
  /** Ids of the commands whose signals were applied, newest last, so that a repeat after a crash counts as done. */
  readonly signals?: readonly string[];
  /** Digest of the live message's view, to see whether it changed. */
  readonly viewDigest?: string;
};

/**
 * Who may decide and who may start, resolved from the application's file. Lists name user groups by their handles, people by
 * e-mail address or Slack user id.
 */
export type Policy = {
  /** Empty: anyone in the workspace. */
  readonly deployers: readonly string[];
  readonly approvers: {
    /** Groups and people. Empty without `anyone`: nobody may decide. */
    readonly groups: readonly string[];
    /** The file names no approvers, so that anyone in the workspace may decide. */
    readonly anyone?: boolean;
    /** How many different humans must approve; from 1. */
    readonly count: number;
    readonly excludeRequester: boolean;
    /** Leaves out who made the change; where that is not known nobody may decide. @default false */
    readonly excludeAuthor?: boolean;
  };
  /** Who may set aside what holds an execution back, alone; absent: nobody. It is reviewed within so many milliseconds. */
  readonly breakGlass?: { readonly groups: readonly string[]; readonly reviewWithinMs: number };
};

/** What an execution was started to do, as resolved when the plan was confirmed. */
export type ExecutionDefinition = {
  /** `pipeline`: one of a file, run by name; `operation`: one stage that a command planned. */
  readonly kind: 'deploy' | 'resize' | 'rollback' | 'adopt' | 'pipeline' | 'operation';
  /**
   * In which language a team wrote the stages, whose expressions are evaluated; absent where Coxswain made them, of data in
   * which nothing is an expression.
   */
  readonly writtenAs?: 'yaml' | 'spinnaker';
  readonly environment: string;
  readonly cluster: string;
  /** `account/region` names in order. */
  readonly regions: readonly string[];
  readonly image?: string;
  readonly fromVersion?: string;
  readonly toVersion?: string;
  readonly policy: Policy;
  /** Who made the change, by e-mail address or Slack user id; absent where that is not known. */
  readonly authors?: readonly string[];
  readonly notify: { readonly channel: readonly string[]; readonly requester: readonly string[] };
};
