import type { Location } from './server-group';

/** A server group that did not come up, or the copy of an adoption that went back: kept for diagnosis out of service, and destroyed later. */
export type Expiry = {
  readonly schema: 1;
  readonly teamId: string;
  /** Whose deploy it was; the end is told in that execution's thread. */
  readonly executionId: string;
  readonly location: Location;
  readonly cluster: string;
  readonly serverGroupName: string;
  /** The key the group carries; a later group of the same name carries another and is left alone. */
  readonly key: string;
  /** Why it is kept; absent where it did not come up. */
  readonly why?: 'adoption';
  /** Milliseconds since the epoch. */
  readonly keptSince: number;
  readonly destroyAt: number;
  /**
   * `destroying` is saved before anything is destroyed; only what was loaded as that acts. `destroyed` stays for a day, so
   * that whoever misses the group learns whose doing it was.
   */
  readonly state: 'kept' | 'destroying' | 'destroyed';
  /** Tries that failed, one after the other; absent where the last one did not. */
  readonly failures?: number;
  /** Since when its DC/OS cluster is not configured, in milliseconds since the epoch; absent where it is. */
  readonly unconfiguredSince?: number;
};

/** The document's id; the same however often the expiry is planned. */
export const expiryId = ({ key, serverGroupName }: Pick<Expiry, 'key' | 'serverGroupName'>): string =>
  `${key}/${serverGroupName}`;
