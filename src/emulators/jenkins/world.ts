import type { ScriptStep } from './script';

/** One parameter that a job declares. */
export type ParameterDefinition = {
  readonly type: 'StringParameterDefinition' | 'BooleanParameterDefinition' | 'ChoiceParameterDefinition';
  readonly name: string;
  readonly description: string;
  readonly defaultValue: string;
  readonly choices: readonly string[];
};

/** A value that a build was given. */
export type ParameterValue = { readonly name: string; readonly value: string };

/** One build; times are in milliseconds since the epoch. */
export type Build = {
  readonly number: number;
  readonly queueId: number;
  readonly user: string;
  readonly parameters: readonly ParameterValue[];
  readonly startedAt: number;
  readonly executor: number;
  /** What its script still has to do. */
  steps: readonly ScriptStep[];
  /** When it goes on; undefined once it has ended. */
  wakeAt: number | undefined;
  abortedBy: string | undefined;
  endedAt: number | undefined;
  result: 'SUCCESS' | 'UNSTABLE' | 'FAILURE' | 'ABORTED' | undefined;
  log: string;
  /** Files of the workspace, by their path. */
  readonly files: Record<string, string>;
  /** Paths of the files that were archived. */
  artifacts: readonly string[];
};

/** A job, or a folder of jobs. */
export type Item = {
  /** Names from the top: `['folder', 'job']`. */
  readonly path: readonly string[];
  readonly isFolder: boolean;
  /** config.xml as it was posted. */
  config: string;
  isDisabled: boolean;
  nextBuildNumber: number;
  /** Oldest first. */
  builds: Build[];
};

/** Something in the queue, or lately gone from it. */
export type QueueItem = {
  readonly id: number;
  readonly job: string;
  readonly user: string;
  readonly parameters: readonly ParameterValue[];
  readonly since: number;
  /** When its quiet period is over. */
  readonly readyAt: number;
  isCancelled: boolean;
  leftAt: number | undefined;
  buildNumber: number | undefined;
};

/** Everything that lasts: plain data. */
export type World = {
  /** Up to when everything has happened. */
  time: number;
  nextQueueId: number;
  isQuietingDown: boolean;
  items: Item[];
  queue: QueueItem[];
};

/** A Jenkins without jobs. */
export const emptyWorld = (): World => ({ time: 0, nextQueueId: 1, isQuietingDown: false, items: [], queue: [] });

/** The name with slashes: `folder/job`. */
export const fullName = ({ path }: Pick<Item, 'path'>): string => path.join('/');

/** The item of this path; undefined where there is none. */
export const findItem = (world: World, path: readonly string[]): Item | undefined =>
  world.items.find((item) => fullName(item) === path.join('/'));

/** The items directly in a folder; of the top for the empty path. */
export const childrenOf = (world: World, path: readonly string[]): readonly Item[] =>
  world.items.filter(
    (item) => item.path.length === path.length + 1 && path.every((name, index) => item.path[index] === name),
  );

/** Whether a queue item still waits. */
export const isWaiting = ({ leftAt, isCancelled }: QueueItem): boolean => leftAt === undefined && !isCancelled;
