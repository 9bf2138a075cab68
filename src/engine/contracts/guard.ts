import type { Location } from '../../model/server-group';

/** How many healthy instances a step would leave in service, of how many, and how many must be left. */
export type GuardNumbers = { readonly left: number; readonly of: number; readonly least: number };

/** A guard's answer; a denial says why, with the numbers. */
export type GuardAnswer =
  { readonly allowed: true } | { readonly allowed: false; readonly reason: string; readonly numbers: GuardNumbers };

/** A denial to one stage's attempt; its digest covers what goes and all numbers, so that another situation has another. */
export type GuardDenial = Extract<GuardAnswer, { allowed: false }> & { readonly digest: string };

/** A request to take server groups, or instances of some, out; `key` is the effect's and makes a repeat harmless. */
export type ReserveRequest = {
  readonly location: Location;
  readonly cluster: string;
  /** As the denial begins: `Disabling`, `Destroying`, `Removal of all instances in`. */
  readonly operation: string;
  readonly going: readonly string[];
  /** How many instances each of them keeps. @default 0 */
  readonly keeping?: number;
  /** How many healthy instances the step itself must leave in the cluster; what the files promise counts too. @default 1 */
  readonly minimumServing?: number;
  /** Instances to be killed, by the name of their group, which itself stays. @default none */
  readonly instances?: ReadonlyMap<string, readonly string[]>;
  readonly key: string;
  readonly executionId: string;
  /** The digest of the denial that people have set aside: only that very one is. @default none */
  readonly overrides?: string;
};

/** What a reservation comes to; `moved` asks the caller to try again at once. */
export type ReserveAnswer = { readonly allowed: true } | GuardDenial | { readonly moved: true };

/** The traffic guard with its memory: what it allowed stays subtracted until it is seen gone. */
export interface TrafficGuard {
  /** Checks against Marathon, read uncached, and reserves. */
  reserve(request: ReserveRequest, signal?: AbortSignal): Promise<ReserveAnswer>;
  /** How many healthy instances the last step of a cluster must leave there, by the files; undefined where it is not guarded. */
  leastServing(location: Location, cluster: string): number | undefined;
  /** What went is gone, or will not go. */
  release(location: Location, cluster: string, key: string): Promise<void>;
}
