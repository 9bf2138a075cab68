import type { ServerGroupDescription } from '../model/description';
import type { Diagnosis } from '../model/diagnosis';
import type { Location, ServerGroup, UnmanagedApp } from '../model/server-group';
import type { Seen } from './shared-view';

/** The label of an app that carries the key of the effect that created it. */
export const keyLabel = 'COXSWAIN_KEY';

/** A change that Marathon accepted; the deployment's id, where there is one. */
export type Accepted = { readonly deploymentId: string | undefined };

/** A running deployment that keeps others from what it changes. */
export type LockHolder = {
  readonly deploymentId: string;
  /** The Marathon ids of all apps that it changes. */
  readonly changes: readonly string[];
  /** When it began, in milliseconds since the epoch; absent where that cannot be read. */
  readonly since?: number;
};

/** What a clone gives of its own; what it leaves out is as in its source. */
export type CloneDescription = Partial<ServerGroupDescription> &
  Pick<ServerGroupDescription, 'location' | 'desiredCapacity'>;

/** What is wanted of an instance's output; without an id, the one that tells most: unhealthy now, else failed last, else newest. */
export type OutputWanted = {
  readonly instanceId?: string;
  /** Names of files in its sandbox. */
  readonly files: readonly ('stdout' | 'stderr')[];
  /** How many lines of each at most. */
  readonly lines: number;
};

/** The last lines that an instance wrote, without what looks like a credential, or why a file could not be read. */
export type InstanceOutput = {
  readonly instanceId: string;
  readonly files: readonly (
    { readonly file: string; readonly lines: readonly string[] } | { readonly file: string; readonly error: string }
  )[];
};

/** All that one list of a DC/OS cluster's apps showed; it never changes. Throws INVALID_NAME for a place DC/OS cannot have. */
export interface ClusterView {
  /** Names of the clusters of an application that have server groups in a place, sorted. */
  clusters(location: Location, application: string): readonly string[];
  /** Server groups of a cluster (`foo-prod`) in a place, newest first. */
  groups(location: Location, cluster: string): readonly ServerGroup[];
  group(location: Location, name: string): ServerGroup | undefined;
  /** Why tasks of a group fail: the last failure in words; undefined for none since the group was last changed. */
  lastFailure(location: Location, name: string): string | undefined;
  /** Whether something is known to be wrong with a group: a task failed since, or a health check of a task fails now. */
  isAiling(location: Location, name: string): boolean;
  /** Apps of an application in a place that are no server groups, by name. */
  unmanaged(location: Location, application: string): readonly UnmanagedApp[];
}

/**
 * Server groups of DC/OS, as stages see them. Every call may throw a CoxswainError (UNREACHABLE, TIMED_OUT, SERVER_ERROR,
 * UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, REQUEST_REFUSED, MARATHON_LOCKED, MARATHON_DUPLICATE); none is repeated inside.
 */
export interface ServerGroups {
  /**
   * The shared view of a place's DC/OS cluster: at most 15 s old, and never older than our own last change there. For
   * whoever watches or shows; who is about to act reads uncached (`list`, `get`). Whoever watches one `cluster` is not
   * shown anything newer for events about others.
   */
  look(location: Location, signal?: AbortSignal, cluster?: string): Promise<Seen<ClusterView>>;
  /** All server groups of a cluster in a location, newest first, read uncached. */
  list(location: Location, cluster: string, signal?: AbortSignal): Promise<readonly ServerGroup[]>;
  /** One server group, read uncached; undefined when it is gone. */
  get(location: Location, name: string, signal?: AbortSignal): Promise<ServerGroup | undefined>;
  /**
   * Creates an app of this name, labelled with `key` (label COXSWAIN_KEY). Throws MARATHON_DUPLICATE when the id is
   * taken: whoever holds the key looks then whether the app is its own.
   */
  create(description: ServerGroupDescription, name: string, key: string, signal?: AbortSignal): Promise<Accepted>;
  /** An app that is no server group, read uncached; undefined when it is gone, or is one. */
  unmanaged(location: Location, name: string, signal?: AbortSignal): Promise<UnmanagedApp | undefined>;
  /**
   * Creates a copy of an app of the same place under another name, labelled with `key`. Throws NOT_FOUND,
   * MARATHON_DUPLICATE as `create` does, and INVALID_INPUT for an app that cannot be copied.
   */
  recreate(location: Location, from: string, name: string, key: string, signal?: AbortSignal): Promise<Accepted>;
  /**
   * Creates an app from the definition of a server group, which may stand elsewhere: each field that `description` gives
   * replaces the source's. Throws NOT_FOUND, INVALID_INPUT for a source that cannot be copied, MARATHON_DUPLICATE as `create`.
   */
  clone(
    source: { readonly location: Location; readonly name: string },
    description: CloneDescription,
    name: string,
    key: string,
    signal?: AbortSignal,
  ): Promise<Accepted>;
  /** The server group that an instance belongs to by its id; undefined for an id that is none of this place. */
  groupOfInstance(location: Location, instanceId: string): string | undefined;
  /**
   * Kills instances by their ids; those that are gone already count as done. Others take their place, unless the group is to
   * `decrement` with each. Throws REQUEST_REFUSED for an id that can be none, MARATHON_LOCKED where it is to decrement, unless
   * `force`.
   */
  terminate(
    location: Location,
    instanceIds: readonly string[],
    options: { readonly decrement: boolean; readonly force?: boolean },
    signal?: AbortSignal,
  ): Promise<Accepted>;
  /** Sets the size. Throws NOT_FOUND, and MARATHON_LOCKED (fields: deployments) unless `force`. */
  resize(
    location: Location,
    name: string,
    size: number,
    options: { force: boolean },
    signal?: AbortSignal,
  ): Promise<Accepted>;
  /** Deletes the app; one that is gone already counts as done. */
  destroy(location: Location, name: string, options: { force: boolean }, signal?: AbortSignal): Promise<Accepted>;
  /** What deployments that lock something in a place do, read uncached; one that has ended is left out. */
  lockHolders(
    location: Location,
    deploymentIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly LockHolder[]>;
  /**
   * The size that the group served with before it was scaled to 0, at once or step by step by a deployment, from the app's own
   * versions; undefined when no version had one.
   */
  lastNonZeroSize(location: Location, name: string, signal?: AbortSignal): Promise<number | undefined>;
  /** Why tasks fail: the last failure in words; undefined for none since the group was last changed. */
  lastFailure(location: Location, name: string, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Says why a group does not come up: what keeps it from being launched, its last failure, its failing checks, the last
   * lines of stderr. What cannot be read is one of the reasons. Some requests; throws for a place that is not known only.
   */
  diagnose(location: Location, name: string, signal?: AbortSignal): Promise<Diagnosis>;
  /**
   * Reads the end of what an instance of a group wrote, also of one that is over. Undefined where the group is gone or no
   * instance of it is known. Each file may fail by itself, within 2 s.
   */
  readOutput(
    location: Location,
    name: string,
    wanted: OutputWanted,
    signal?: AbortSignal,
  ): Promise<InstanceOutput | undefined>;
}
