import { leastLeft, type ServingPromise } from '../model/serving-promise';
import type { Location, ServerGroup } from '../model/server-group';
import { locationName, placeName } from '../model/server-group';
import { isComplete } from '../model/status';
import { executionKind } from '../engine/document-kinds';
import type { DocumentKind, DocumentStore } from '../engine/ports/document-store';
import type { ServerGroups } from '../dcos/server-groups';
import type { GuardAnswer, ReserveAnswer, ReserveRequest, TrafficGuard } from '../engine/contracts/guard';
import { digestOf } from '../engine/render-execution';
import { guardTraffic } from './traffic-guard';

/** What is on its way out of one cluster in one place. `epoch` rises when something was seen gone. */
export type Reservation = {
  readonly schema: 1;
  readonly epoch: number;
  readonly entries: readonly Entry[];
};

type Entry = {
  readonly name: string;
  /** The ids of what goes of the group; absent where all of it does. */
  readonly instances?: readonly string[];
  readonly key: string;
  readonly executionId: string;
};

/** One document per cluster and place; its id is `account/dc1_web/cluster`. */
export const reservationKind: DocumentKind<Reservation> = { name: 'reservation', indexes: () => ({}) };

const empty: Reservation = { schema: 1, epoch: 0, entries: [] };
const idOf = (location: Location, cluster: string) => `${placeName(location)}/${cluster}`;
const isServing = (groups: readonly ServerGroup[], { name, instances: ids }: Entry) =>
  groups
    .filter((group) => group.name === name)
    .some(({ instances }) => instances.some(({ id, serving }) => serving && ids?.includes(id) !== false));

/** What a request reserves: whole groups, or instances of one. */
const entriesOf = ({ going, instances = new Map(), key, executionId }: ReserveRequest): readonly Entry[] => [
  ...going.map((name) => ({ name, key, executionId })),
  ...[...instances].map(([name, ids]) => ({ name, instances: ids, key, executionId })),
];

/** An answer to one request: a denial that people have set aside is none, any other has its digest. */
function answerTo(
  { location, cluster, operation, going, keeping = 0, instances = new Map(), key, overrides }: ReserveRequest,
  answer: GuardAnswer,
): Exclude<ReserveAnswer, { readonly moved: true }> {
  if (answer.allowed) return answer;
  const leaving = [...[...going].sort(), ...[...instances.values()].flat().sort()];
  const { left, of, least } = answer.numbers;
  const digest = digestOf([key, placeName(location), cluster, operation, leaving, keeping, left, of, least]);
  return digest === overrides ? { allowed: true } : { ...answer, digest };
}

/** What the files promise of a cluster in a place, as they are now. */
export type PromiseOf = (cluster: string, location: Location) => ServingPromise;

const guardAll: PromiseOf = () => ({ isGuarded: true });

/** A guard over a store and the server groups of DC/OS; without `promiseOf` every cluster keeps one serving instance. */
export function createTrafficGuard(
  store: DocumentStore,
  serverGroups: ServerGroups,
  promiseOf: PromiseOf = guardAll,
): TrafficGuard {
  /** Whether whoever reserved is done with it: its execution, or the stage that the key names, is over. */
  const isOver = async ({ executionId, key }: Entry): Promise<boolean> => {
    const execution = (await store.get(executionKind, executionId))?.document;
    if (execution === undefined || isComplete(execution.status)) return true;
    const stage = execution.stages.find(({ id, attempt }) => `${executionId}/${id}/${attempt}` === key);
    return stage === undefined || isComplete(stage.status);
  };
  const overOf = async (entries: Reservation['entries']): Promise<ReadonlySet<string>> => {
    const over = await Promise.all(entries.map(isOver));
    return new Set(entries.filter((_entry, index) => over[index]).map((entry) => entry.key));
  };

  return {
    async reserve(request, signal) {
      const { location, cluster, operation, going, keeping, instances = new Map(), key } = request;
      const least = leastLeft(promiseOf(cluster, location), request);
      if (least === undefined) return { allowed: true };
      const id = idOf(location, cluster);
      await store.create(reservationKind, id, empty);
      const before = (await store.get(reservationKind, id))?.document ?? empty;
      const over = await overOf(before.entries);
      const groups = await serverGroups.list(location, cluster, signal);
      let answer: ReserveAnswer = { moved: true };
      await store.update(reservationKind, id, (reservation) => {
        answer = { moved: true };
        if (reservation.epoch !== before.epoch) return reservation;
        const live = reservation.entries.filter((entry) => !over.has(entry.key) && isServing(groups, entry));
        const others = live.filter((entry) => entry.key !== key);
        const judged = guardTraffic({
          operation,
          minimumServing: least,
          ...(keeping === undefined ? {} : { keeping }),
          cluster,
          place: locationName(location),
          groups,
          going,
          reserved: others.filter((entry) => entry.instances === undefined).map((entry) => entry.name),
          instances: [...instances.values()].flat(),
          reservedInstances: others.flatMap((entry) => entry.instances ?? []),
        });
        answer = answerTo(request, judged);
        if (!answer.allowed) return reservation;
        // Forgetting an entry makes every older list of groups unfit to decide upon, as a release does.
        const epoch = reservation.epoch + (live.length < reservation.entries.length ? 1 : 0);
        return { ...reservation, epoch, entries: [...others, ...entriesOf(request)] };
      });
      return answer;
    },
    leastServing: (location, cluster) => leastLeft(promiseOf(cluster, location), {}),
    async release(location, cluster, key) {
      await store.update(reservationKind, idOf(location, cluster), (reservation) => {
        const entries = reservation.entries.filter((entry) => entry.key !== key);
        if (entries.length === reservation.entries.length) return reservation;
        return { ...reservation, epoch: reservation.epoch + 1, entries };
      });
    },
  };
}
