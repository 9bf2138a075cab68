import type { z } from 'zod';
import type { Execution, Stage, StageContext } from '../../model/execution';
import type { Text } from '../../model/text';
import type { View } from '../../model/view';
import type { Problem } from '../expressions';
import type { TaskDefinition } from './task';

/** A synthetic stage to be planned around another; those of one list run one after the other unless `parallel`. */
export type StagePlan = {
  readonly type: string;
  readonly name: string;
  readonly context: StageContext;
  /** Whether its context holds expressions of a team that are evaluated when it starts. @default no, they are data */
  readonly isWritten?: true;
};

/** What a planner sees: pure data, no services. */
export type PlanInput = {
  readonly execution: Execution;
  readonly stage: Stage;
  readonly context: StageContext;
};

/** One value evaluated: what it became, and what kept it from becoming all that it should. */
export type Evaluated<T = unknown> = {
  readonly value: T;
  readonly problems: readonly Problem[];
  /** Whether something must be fetched first: nothing that follows from the value may be evaluated yet. */
  readonly isOpen: boolean;
};

/** Evaluates the expressions of one value, which stands at `path` in the context; `names` hide all others. */
export type EvaluateValue = (input: unknown, path: string, names?: StageContext) => Evaluated;

/** What docs/stages.md says of a type beside its fields and its tasks; Markdown, each a sentence or two. */
export type StageAbout = {
  /** What it does. */
  readonly summary: string;
  /** Fields that files may use in the place of those of the schema, and what they say. */
  readonly shorthand?: Readonly<Record<string, string>>;
  /** The keys that expressions of later stages find: its outputs, and what it adds to its context. */
  readonly puts?: Readonly<Record<string, string>>;
  /** What a cancel does while it runs, and after it has ended. */
  readonly cancel: string;
  /** What a restart does that another attempt would not do by itself. */
  readonly restart: string;
};

/** One stage type, whole: what it accepts, does, plans around itself and shows. */
export type StageDefinition<S, Config = unknown> = {
  readonly type: string;
  /** Undefined for those that files may not name. */
  readonly about?: StageAbout;
  /** Planned by Coxswain only; a file may not name it. */
  readonly isInternal?: boolean;
  /** Other names that Spinnaker knows it by. */
  readonly aliases?: readonly string[];
  readonly config: z.ZodType<Config>;
  /** Whether it is about places and a cluster: those of the run, where a stage of a file does not say which. */
  readonly needsPlaces?: boolean;
  /** Whether fields of this type alone say which cluster it is about, beside `cluster`, `moniker` and a server group's name. */
  readonly namesCluster?: (context: StageContext) => boolean;
  /** Evaluates the expressions of the context, where they are not simply evaluated in place. Pure. */
  readonly evaluate?: (context: StageContext, evaluate: EvaluateValue) => Evaluated<StageContext>;
  /** The keys that its tasks put out; undefined: any. Expressions of later stages are checked against them. */
  readonly outputs?: readonly string[];
  readonly tasks: readonly TaskDefinition<S>[] | ((input: PlanInput) => readonly TaskDefinition<S>[]);
  /** Whether before-stages run at the same time. @default one after the other */
  readonly parallelBefore?: boolean | ((input: PlanInput) => boolean);
  readonly before?: (input: PlanInput) => readonly StagePlan[];
  /** Whether `stageTimeoutMs` is time for what follows the tasks too, and not for them alone. @default true */
  readonly boundsAfter?: boolean;
  /** Planned when the tasks ended without halting. */
  readonly after?: (input: PlanInput) => readonly StagePlan[];
  /** Planned when the stage failed; they run and the stage keeps its failure. */
  readonly onFailure?: (input: PlanInput) => readonly StagePlan[];
  /**
   * Planned instead where the failure is ignored (`continuePipeline`): it ends what the stage itself has started and is no
   * way back (decisions 6).
   */
  readonly onIgnoredFailure?: (input: PlanInput) => readonly StagePlan[];
  /**
   * Planned when the execution is stopped after the stage had started: canceled, then also where the stage had ended
   * already, or cut short because another branch failed. It is the way back from what the stage did, may meet anything
   * half done, and runs one stage after the other. Undefined leaves it to the stages below.
   */
  readonly onCancel?: (input: PlanInput) => readonly StagePlan[] | undefined;
  /** Whether what `onFailure` plans is about the whole execution, so that its other branches are cut short first. */
  readonly endsOthers?: (input: PlanInput) => boolean;
  /** A message of its own while the stage waits for people, and what it says once they decided; undefined for none. */
  readonly ask?: (input: PlanInput) => View | undefined;
  /** One fact for the progress line, such as `3/4 healthy`; undefined for none. */
  readonly render?: (stage: Stage) => Text | undefined;
};

/** Finds a stage type by its name or alias. */
export interface StageRegistry<S> {
  find(type: string): StageDefinition<S> | undefined;
  /** The names that files may use, in alphabetical order, aliases left out. */
  readonly types: readonly string[];
}
