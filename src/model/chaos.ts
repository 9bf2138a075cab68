/** What one kill is drawn for: all of an application in an account, one stack of it, or one cluster. */
export const chaosGroupings = ['app', 'stack', 'cluster'] as const;

/** One of the groupings. */
export type ChaosGrouping = (typeof chaosGroupings)[number];

/** What is never killed. Each field is exact or `*` for any; an empty stack or detail is that of clusters without one. */
export type ChaosException = {
  readonly account: string;
  /** A team's name for it (`east`) or Spinnaker's (`np1/east`). */
  readonly region: string;
  readonly stack: string;
  readonly detail: string;
};

/** Chaos Monkey of one environment, in Spinnaker's field names; times in work days. */
export type Chaos = {
  readonly enabled: boolean;
  /** Asks in the environment's channel before each kill. */
  readonly confirm: boolean;
  /** A group is drawn with a chance of one in so many each work day. */
  readonly meanTimeBetweenKillsInWorkDays: number;
  /** 0: a kill does not keep the next one away. */
  readonly minTimeBetweenKillsInWorkDays: number;
  readonly grouping: ChaosGrouping;
  /** Whether each region is a group of its own. */
  readonly regionsAreIndependent: boolean;
  readonly exceptions: readonly ChaosException[];
  /** A `whitelist` stands there, which Chaos Monkey supports no longer: nothing is killed. */
  readonly hasWhitelist?: true;
};

/** What the operator says of chaos, for all applications. */
export type ChaosSettings = {
  readonly enabled: boolean;
  /** Everything happens, but nothing is killed. */
  readonly leashed: boolean;
  /** The only accounts in which anything is killed. */
  readonly accounts: readonly string[];
  /** Kills fall between these hours, `endHour` exclusive, of work days in `timeZone`. */
  readonly startHour: number;
  readonly endHour: number;
  readonly timeZone: string;
  /** For how many applications kills are drawn on a day; absent: for all. */
  readonly maxApps?: number;
  /** How long a card waits for an answer. */
  readonly cardMs: number;
  /** Handles of the user groups that may turn chaos on and off for all; empty: nobody may. */
  readonly admins: readonly string[];
};

/** Chaos Monkey's own defaults: off, leashed, no account. */
export const defaultChaosSettings: ChaosSettings = {
  enabled: false,
  leashed: true,
  accounts: [],
  startHour: 9,
  endHour: 15,
  timeZone: 'UTC',
  cardMs: 600_000,
  admins: [],
};
