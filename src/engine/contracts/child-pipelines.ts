import type { Execution, StageContext } from '../../model/execution';
import type { Location } from '../../model/server-group';
import type { Circle } from '../find-circle';

/** What a strategy pipeline is run for: one place of a deploy, whose description its own deploy stages take. */
export type StrategyRun = {
  readonly cluster: string;
  readonly location: Location;
  readonly description: StageContext;
};

/** A pipeline to be run for another execution, under an id that its stage has chosen and saved before. */
export type ChildRequest = {
  readonly id: string;
  /** The effect's key, which the child carries as correlation id. */
  readonly key: string;
  readonly parent: Execution;
  readonly parentStageId: string;
  /** @default the parent's */
  readonly application?: string | undefined;
  /** A name of the application's file, or `application/name`. */
  readonly pipeline: string;
  /** @default the parent's */
  readonly environment?: string | undefined;
  readonly parameters: StageContext;
  /** A whole image, as another repository's may be. */
  readonly image?: string | undefined;
  /** A tag or digest in the application's own repository. @default the parent's image, where it is of the same application */
  readonly version?: string | undefined;
  /** Given where the pipeline is a strategy; a strategy runs only so, for the parent's own application and environment. */
  readonly strategyRun?: StrategyRun | undefined;
  /** Whether the stage waits for the end. */
  readonly isAwaited: boolean;
};

/**
 * What starting came to: it runs, or it waits. `user` is a chat user's id; `cluster` is absent where it waits for no cluster;
 * `circle` says that its stage is the one to give up, as `findCircle` says.
 */
export type ChildStart =
  | { readonly state: 'started'; readonly name: string }
  | {
      readonly state: 'waits';
      readonly holder: { readonly name: string; readonly user?: string; readonly cluster?: string };
      readonly circle?: Circle;
    };

/** Whether the cluster of an execution that has ended may be worked on again, for whoever waited for it. */
export type ChildReopening =
  | { readonly state: 'free' }
  /** Others have worked there since. */
  | { readonly state: 'newer' }
  | Extract<ChildStart, { state: 'waits' }>;

/** Starts pipelines for other executions, looks after them, and stops them. */
export interface ChildPipelines {
  /** An id for an execution to come. */
  newId(): string;
  /**
   * Starts a pipeline; doing it again under the same id changes nothing. Throws NOT_FOUND for a name that is not known,
   * INVALID_INPUT where it cannot run as asked or would run itself, NOT_ALLOWED where whoever started the parent may not.
   */
  start(request: ChildRequest): Promise<ChildStart>;
  /** The execution as it is now; undefined where there is none of this id. */
  look(executionId: string): Promise<Execution | undefined>;
  /** Takes its cluster for the parent, to take back what it did; doing it again changes nothing. */
  reopen(executionId: string, request: Pick<ChildRequest, 'parent' | 'parentStageId'>): Promise<ChildReopening>;
  /** Has nothing of it offered to be run again: what it did is taken back, or done anew. Doing it again changes nothing. */
  close(executionId: string): Promise<void>;
  /** Cancels it, with its way back; one that has ended, or is ending, stays as it is. `key` makes a repeat harmless. */
  cancel(
    executionId: string,
    order: { readonly user: string; readonly reason: string; readonly key: string },
  ): Promise<void>;
}
