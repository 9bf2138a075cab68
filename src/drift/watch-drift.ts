import { isDeepStrictEqual } from 'node:util';
import type { ClusterView, ServerGroups } from '../dcos/server-groups';
import type { Seen } from '../dcos/shared-view';
import type { Clock } from '../engine/clock';
import { putMessage } from '../engine/messages';
import type { DocumentKind, DocumentStore } from '../engine/ports/document-store';
import { readHistory } from '../engine/read-history';
import type { Definitions } from '../model/application';
import { clusterOf } from '../model/cluster-of';
import type { AuditFact } from '../model/audit';
import { CoxswainError } from '../model/errors';
import type { Execution } from '../model/execution';
import { parseMoniker } from '../model/moniker';
import { locationName, type Location } from '../model/server-group';
import { driftFact } from './drift-fact';
import { driftView } from './drift-view';
import { findChanges, knownGroup, type GroupChange, type KnownGroup } from './find-changes';
import { outcomeOf, type Outcome } from './outcome-of';
import { isExpired } from './is-expired';
import { isOurs, type LookSpan } from './is-ours';
import { changeId, placeOf, watchedPlaces, type Watched } from './watched';

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
  readonly serverGroups: Pick<ServerGroups, 'look' | 'get'>;
  /** Writes facts to the audit log, each once however often it is told. */
  readonly record: (facts: readonly AuditFact[]) => Promise<void>;
  /** A cluster could not be compared; it is tried again. Unseen clusters are not told. */
  readonly onError: (error: unknown) => void;
};

/**
 * Cluster id → when the last request began that showed what is known. In memory only, so that a look at what has not
 * changed costs no commit; without it, after a restart, what we did since the last change that was seen counts.
 */
export type LookTimes = Map<string, number>;

const intervalMs = 15_000;
/** How long events are gathered: our own changes come with several. */
const gatherMs = 1000;

/** Writes down what happened, or what became of it. */
function record(options: DriftOptions, watched: Watched, change: GroupChange, outcome?: Outcome): Promise<void> {
  const seen = { id: changeId(watched, change), at: options.clock.now(), outcome };
  return options.record([driftFact(change, placeOf(watched), seen)]);
}

/** Says what happened, or what became of it: `outcome` is undefined as long as it stands. */
async function tell(options: DriftOptions, watched: Watched, told: Told, outcome?: Outcome): Promise<void> {
  const place = placeOf(watched);
  await putMessage(options.store, {
    now: options.clock.now(),
    id: changeId(watched, told.change),
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
    if (outcome === undefined) {
      open.push(one);
      continue;
    }
    await tell(options, watched, one, outcome);
    await record(options, watched, one.change, outcome);
  }
  return open;
}

/**
 * The changes that nobody here made. What is in no list is not gone before the group itself is: in strict mode DC/OS leaves
 * what an account may not read out of lists. Undefined where the list and the group disagree; throws where it cannot be read.
 */
async function findForeign(
  { store, serverGroups }: DriftOptions,
  location: Location,
  changes: readonly GroupChange[],
  made: { readonly span: LookSpan; readonly history: readonly Execution[] },
): Promise<readonly GroupChange[] | undefined> {
  const foreign: GroupChange[] = [];
  for (const change of changes) {
    if (isOurs(change, made.span, made.history) || (await isExpired(store, change))) continue;
    if (change.type === 'gone' && (await serverGroups.get(location, change.before.name)) !== undefined)
      return undefined;
    foreign.push(change);
  }
  return foreign;
}

async function compare(
  options: DriftOptions,
  watched: Watched,
  known: KnownCluster,
  seen: KnownCluster,
  since: number,
): Promise<void> {
  const { store } = options;
  const { application, environment, location } = watched;
  const cluster = clusterOf(application, environment);
  // Read after the view: the intent behind whatever we changed was saved before it.
  const history = await readHistory(store, cluster);
  const span = { place: locationName(location), since, at: seen.at };
  const changes = await findForeign(options, location, findChanges(known.groups, seen.groups), { span, history });
  if (changes === undefined) return;
  const open = await followUp(options, watched, seen.groups, known.told ?? []);
  const channel = environment.channel ?? history.find(({ report }) => report !== undefined)?.report?.channel;
  const fresh = changes.flatMap((change): readonly Told[] =>
    channel === undefined ? [] : [{ change, channel, at: options.clock.now() }],
  );
  for (const told of fresh) await tell(options, watched, told);
  for (const change of changes) await record(options, watched, change);
  const next: KnownCluster = { ...seen, told: [...open, ...fresh] };
  const id = `${span.place}/${cluster}`;
  await store.update(knownClusterKind, id, (document) => (document.at === known.at ? next : document));
}

async function inspectCluster(
  options: DriftOptions,
  watched: Watched,
  { value, at }: Seen<ClusterView>,
  lookTimes: LookTimes,
): Promise<void> {
  const { store, teamId } = options;
  const { application, environment, location } = watched;
  const cluster = clusterOf(application, environment);
  const id = `${locationName(location)}/${cluster}`;
  const groups = value.groups(location, cluster).map(knownGroup);
  const seen: KnownCluster = { schema: 1, teamId, at, groups };
  const known = (await store.get(knownClusterKind, id))?.document;
  if (known === undefined) {
    // What is there at the first look is no change.
    await store.create(knownClusterKind, id, seen);
    return;
  }
  const since = Math.max(known.at, lookTimes.get(id) ?? known.at);
  if (since >= at) return;
  if (isDeepStrictEqual(known.groups, groups)) lookTimes.set(id, at);
  else await compare(options, watched, known, seen, since);
}

/** One view for all places of a DC/OS cluster, however many there are and whatever happens meanwhile. */
async function inspectDcosCluster(
  options: DriftOptions,
  places: readonly Watched[],
  lookTimes: LookTimes,
): Promise<void> {
  const [first] = places;
  if (first === undefined) return;
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      const isBlind = error instanceof CoxswainError && error.fields.blindSince !== undefined;
      if (!isBlind) options.onError(error);
    }
  };
  await attempt(async () => {
    const seen = await options.serverGroups.look(first.location);
    for (const watched of places) await attempt(() => inspectCluster(options, watched, seen, lookTimes));
  });
}

/**
 * Compares every cluster with what was last seen of it, and reports what nobody here did; `only` names the DC/OS clusters
 * to look at, all by default. Never throws. `lookTimes` is empty at first and kept from one inspection to the next.
 */
export async function inspectDrift(
  options: DriftOptions,
  lookTimes: LookTimes,
  only?: ReadonlySet<string>,
): Promise<void> {
  const all = watchedPlaces(options.definitions());
  const dcosClusters = [...new Set(all.map(({ location }) => location.dcosCluster))];
  // Side by side, so that one that does not answer does not keep the others from being looked at.
  await Promise.all(
    dcosClusters
      .filter((dcosCluster) => only?.has(dcosCluster) !== false)
      .map((dcosCluster) => {
        const places = all.filter(({ location }) => location.dcosCluster === dcosCluster);
        return inspectDcosCluster(options, places, lookTimes);
      }),
  );
}

/** What an event told: an app of a DC/OS cluster changed, or any may have where no app is named. */
export type DriftHint = { readonly dcosCluster: string; readonly appId?: string | undefined };

/** The Marathon group that a place is: `/account[/group…]`. */
const pathOf = ({ account, group }: Location): string => (group === '' ? `/${account}` : `/${account}/${group}`);

/** Whether an app may be one of a watched application; most of what happens on a shared DC/OS cluster is not. */
function isWatched({ dcosCluster, appId }: DriftHint, { applications }: Definitions): boolean {
  if (appId === undefined) return true;
  const end = appId.lastIndexOf('/');
  const application = applications.get(parseMoniker(appId.slice(end + 1))?.app ?? '');
  const locations = [...(application?.environments.values() ?? [])].flatMap((environment) => environment.locations);
  return locations.some((location) => location.dcosCluster === dcosCluster && pathOf(location) === appId.slice(0, end));
}

/** Watches for changes made outside, until stopped. */
export type DriftWatch = {
  /** Something happened; what concerns no watched application is left to the next inspection of all. */
  readonly hint: (hint: DriftHint) => void;
  readonly stop: () => Promise<void>;
};

/**
 * Inspects all now and every 15 s, and a DC/OS cluster soon after a hint of it, one inspection at a time. A place that
 * changes all the time costs one list every 15 s unless a watched application is what changes.
 */
export function watchDrift(options: DriftOptions): DriftWatch {
  const lookTimes: LookTimes = new Map();
  const hinted = new Set<string>();
  let isStopped = false;
  let running = Promise.resolve();
  let dueAt = Number.POSITIVE_INFINITY;
  let allDueAt = options.clock.now();
  let cancel = (): void => undefined;
  const inspect = async (): Promise<void> => {
    const isOfAll = options.clock.now() >= allDueAt;
    if (isOfAll) allDueAt = options.clock.now() + intervalMs;
    const only = new Set(hinted);
    hinted.clear();
    await inspectDrift(options, lookTimes, isOfAll ? undefined : only);
    schedule(Math.max(0, allDueAt - options.clock.now()));
  };
  const schedule = (delayMs: number): void => {
    const at = options.clock.now() + delayMs;
    if (isStopped || at >= dueAt) return;
    cancel();
    dueAt = at;
    cancel = options.clock.after(delayMs, () => {
      dueAt = Number.POSITIVE_INFINITY;
      running = running.then(inspect);
    });
  };
  schedule(0);
  return {
    hint: (hint) => {
      if (!isWatched(hint, options.definitions())) return;
      hinted.add(hint.dcosCluster);
      schedule(gatherMs);
    },
    stop: async () => {
      isStopped = true;
      cancel();
      await running;
    },
  };
}
