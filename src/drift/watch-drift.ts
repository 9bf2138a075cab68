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
import { findChanges, groupOf, knownGroup, type GroupChange, type KnownGroup } from './find-changes';
import { outcomeOf, type Outcome } from './outcome-of';
import { isExpired } from './is-expired';
import { isOurs } from './is-ours';

/** One cluster in one place as it was last seen; its id is `account/region/cluster`. */
export type KnownCluster = {
  readonly schema: 1;
  readonly teamId: string;
  /** When the request began that first showed these groups; later looks that showed the same are not stored. */
  readonly at: number;
  readonly groups: readonly KnownGroup[];
  /** Changes told whose way back is still offered. */
  readonly told?: readonly Told[];
};

/** A change that was told, where, and when it was seen. */
type Told = { readonly change: GroupChange; readonly channel: string; readonly at: number };

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

/** The same change has the same message, however often it is found: after a crash before it was remembered, too. */
const messageIdOf = (id: string, change: GroupChange): string =>
  `drift/${id}/${groupOf(change).name}/${change.type}/${groupOf(change).version}`;

/** Says what happened, or what became of it: `outcome` is undefined as long as it stands. */
async function tell(options: DriftOptions, watched: Watched, told: Told, outcome?: Outcome): Promise<void> {
  const { application, environment, location } = watched;
  const place = {
    application: application.name,
    environment: environment.name,
    region: location.region,
    place: locationName(location),
  };
  await putMessage(options.store, {
    now: options.clock.now(),
    id: messageIdOf(`${place.place}/${clusterOf(application, environment)}`, told.change),
    teamId: options.teamId,
    target: { kind: 'channel', channel: told.channel },
    view: driftView(told.change, place, { seenAt: told.at, outcome }),
  });
}

/** Takes the ways back away that lead nowhere any more; answers which are still offered. */
async function followUp(
  options: DriftOptions,
  watched: Watched,
  groups: readonly KnownGroup[],
  told: readonly Told[],
): Promise<readonly Told[]> {
  const open: Told[] = [];
  for (const one of told) {
    const outcome = outcomeOf(one.change, groups);
    if (outcome === undefined) open.push(one);
    else await tell(options, watched, one, outcome);
  }
  return open;
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
  const open = await followUp(options, watched, groups, known.told ?? []);
  const channel = environment.channel ?? history.find(({ report }) => report !== undefined)?.report?.channel;
  const fresh: Told[] = [];
  for (const change of findChanges(known.groups, groups)) {
    if (channel === undefined || isOurs(change, span, history) || (await isExpired(store, change))) continue;
    const told = { change, channel, at: options.clock.now() };
    await tell(options, watched, told);
    fresh.push(told);
  }
  const next: KnownCluster = { ...seen, told: [...open, ...fresh] };
  await store.update(knownClusterKind, id, (document) => (document.at === known.at ? next : document));
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
  const all = watchedPlaces(options.definitions());
  const dcosClusters = [...new Set(all.map(({ location }) => location.dcosCluster))];
  // Side by side, so that one that does not answer does not keep the others from being looked at.
  await Promise.all(
    dcosClusters.map(async (dcosCluster) => {
      for (const watched of all.filter(({ location }) => location.dcosCluster === dcosCluster)) {
        try {
          await inspectCluster(options, watched, lookTimes);
        } catch (error) {
          const isBlind = error instanceof CoxswainError && error.fields.blindSince !== undefined;
          if (!isBlind) options.onError(error);
        }
      }
    }),
  );
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
