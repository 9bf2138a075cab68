import { isDeepStrictEqual } from 'node:util';
import type { ServerGroups } from '../dcos/server-groups';
import type { Clock } from '../engine/clock';
import { putMessage } from '../engine/messages';
import type { DocumentKind, DocumentStore } from '../engine/ports/document-store';
import { readHistory } from '../engine/read-history';
import type { Application, Definitions, Environment } from '../model/application';
import { clusterOf } from '../model/cluster-of';
import { CoxswainError } from '../model/errors';
import { locationName, type Location } from '../model/server-group';
import { driftView } from './drift-view';
import { findChanges, knownGroup, type GroupChange, type KnownGroup } from './find-changes';
import { isExpired } from './is-expired';
import { isOurs } from './is-ours';

/** One cluster in one place as it was last seen; its id is `account/region/cluster`. */
export type KnownCluster = {
  readonly schema: 1;
  readonly teamId: string;
  /** When the request began that first showed these groups; later looks that showed the same are not stored. */
  readonly at: number;
  readonly groups: readonly KnownGroup[];
};

/** What was last seen of clusters; not listed by anything. */
export const knownClusterKind: DocumentKind<KnownCluster> = { name: 'known', indexes: () => ({}) };

/** What watching for changes made outside needs. */
export type DriftOptions = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly teamId: string;
  readonly definitions: () => Definitions;
  readonly serverGroups: Pick<ServerGroups, 'look'>;
  /** A cluster could not be compared; it is tried again. Unseen clusters are not told. */
  readonly onError: (error: unknown) => void;
};

/**
 * Cluster id → when the last request began that showed what is known. In memory only, so that a look at what has not
 * changed costs no commit; without it, after a restart, what we did since the last change that was seen counts.
 */
export type LookTimes = Map<string, number>;

type Watched = { readonly application: Application; readonly environment: Environment; readonly location: Location };

const intervalMs = 15_000;
/** How long events are gathered: our own changes come with several. */
const gatherMs = 1000;

const nameOf = (change: GroupChange): KnownGroup => (change.type === 'gone' ? change.before : change.after);

/** The same change has the same message, however often it is found: after a crash before it was remembered, too. */
const messageIdOf = (id: string, change: GroupChange): string =>
  `drift/${id}/${nameOf(change).name}/${change.type}/${nameOf(change).version}`;

async function report(options: DriftOptions, watched: Watched, id: string, change: GroupChange): Promise<void> {
  const { application, environment, location } = watched;
  if (environment.channel === undefined) return;
  const now = options.clock.now();
  const place = {
    application: application.name,
    environment: environment.name,
    region: location.region,
    place: locationName(location),
  };
  await putMessage(options.store, {
    now,
    id: messageIdOf(id, change),
    teamId: options.teamId,
    target: { kind: 'channel', channel: environment.channel },
    view: driftView(change, place, now),
  });
}

async function inspectCluster(options: DriftOptions, watched: Watched, lookTimes: LookTimes): Promise<void> {
  const { store, teamId } = options;
  const { application, environment, location } = watched;
  const cluster = clusterOf(application, environment);
  const id = `${locationName(location)}/${cluster}`;
  const { value, at } = await options.serverGroups.look(location);
  const groups = value.groups(location, cluster).map(knownGroup);
  const seen: KnownCluster = { schema: 1, teamId, at, groups };
  // What is there at the first look is no change.
  if (await store.create(knownClusterKind, id, seen)) return;
  const known = (await store.get(knownClusterKind, id))?.document ?? seen;
  const since = Math.max(known.at, lookTimes.get(id) ?? known.at);
  if (since >= at) return;
  if (isDeepStrictEqual(known.groups, groups)) {
    lookTimes.set(id, at);
    return;
  }
  // Read after the view: the intent behind whatever we changed was saved before it.
  const history = await readHistory(store, cluster);
  const span = { place: locationName(location), since, at };
  for (const change of findChanges(known.groups, groups)) {
    if (isOurs(change, span, history) || (await isExpired(store, change))) continue;
    await report(options, watched, id, change);
  }
  await store.update(knownClusterKind, id, (document) => (document.at === known.at ? seen : document));
}

const watchedPlaces = ({ applications }: Definitions): readonly Watched[] =>
  [...applications.values()].flatMap((application) =>
    [...application.environments.values()].flatMap((environment) =>
      environment.locations.map((location) => ({ application, environment, location })),
    ),
  );

/**
 * Compares every cluster with what was last seen of it, and reports what nobody here did. Never throws. `lookTimes` is
 * empty at first and kept from one inspection to the next.
 */
export async function inspectDrift(options: DriftOptions, lookTimes: LookTimes): Promise<void> {
  for (const watched of watchedPlaces(options.definitions())) {
    try {
      await inspectCluster(options, watched, lookTimes);
    } catch (error) {
      const isBlind = error instanceof CoxswainError && error.fields.blindSince !== undefined;
      if (!isBlind) options.onError(error);
    }
  }
}

/** Inspects now, every 15 s, and soon after a hint, one inspection at a time, until stopped. */
export function watchDrift(options: DriftOptions): { readonly hint: () => void; readonly stop: () => Promise<void> } {
  const lookTimes: LookTimes = new Map();
  let isStopped = false;
  let running = Promise.resolve();
  let dueAt = Number.POSITIVE_INFINITY;
  let cancel = (): void => undefined;
  const schedule = (delayMs: number): void => {
    const at = options.clock.now() + delayMs;
    if (isStopped || at >= dueAt) return;
    cancel();
    dueAt = at;
    cancel = options.clock.after(delayMs, () => {
      dueAt = Number.POSITIVE_INFINITY;
      running = running.then(() => inspectDrift(options, lookTimes)).then(() => schedule(intervalMs));
    });
  };
  schedule(0);
  return {
    hint: () => schedule(gatherMs),
    stop: async () => {
      isStopped = true;
      cancel();
      await running;
    },
  };
}
