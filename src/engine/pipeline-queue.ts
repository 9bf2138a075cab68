import type { ConcurrencyLimits } from '../model/execution';
import type { DocumentKind } from './ports/document-store';

/** One start of an execution; a retry after its end is another, with a higher `round`. That a round is over never changes. */
export type QueueEntry = { readonly executionId: string; readonly round: number };

/** A start in a queue: when it came, and how often it has given its turn back. */
export type PlacedEntry = QueueEntry & {
  /** Greater than that of all who were in the queue when it came. @default 0 */
  readonly order?: number;
  /** How often it had its turn, found its cluster busy and gave the turn back. @default 0 */
  readonly turn?: number;
};

/** A start that waits for its turn, with what its pipeline said when it was asked for. */
export type WaitingEntry = PlacedEntry & {
  /** How many may run, this one among them. */
  readonly limit: number;
  /** Whether those that wait start in their order; otherwise the newest starts and the others never do. */
  readonly keepsWaiting: boolean;
  /** The cluster that it has found busy: those behind it that can run go first. Absent where it waits for its turn only. */
  readonly awaits?: string;
};

/** Which executions of one pipeline run, and which wait, in their order; its id is the pipeline's (`foo/release/prod`). */
export type PipelineQueue = {
  readonly schema: 1;
  readonly running: readonly PlacedEntry[];
  readonly waiting: readonly WaitingEntry[];
  /** Those that a newer one was preferred to, until they have ended. */
  readonly superseded: readonly QueueEntry[];
};

/** Queues of pipelines; not listed by anything. */
export const queueKind: DocumentKind<PipelineQueue> = { name: 'queue', indexes: () => ({}) };

/** A queue in which nobody is. */
export const emptyQueue: PipelineQueue = { schema: 1, running: [], waiting: [], superseded: [] };

/** How many may wait for one pipeline, as in Spinnaker. */
export const mostWaiting = 50;

/** Where a start stands: `place` counts from 1, `turn` as in its entry, `awaits` is the cluster that it has found busy. */
export type Standing =
  | { readonly in: 'superseded' | 'nowhere' }
  | { readonly in: 'running'; readonly turn: number }
  | { readonly in: 'waiting'; readonly place: number; readonly turn: number; readonly awaits?: string };

/** How many executions may run at once; undefined for any number. */
export function limitOf({ limitConcurrent, maxConcurrentExecutions = 0 }: ConcurrencyLimits): number | undefined {
  if (limitConcurrent === true) return 1;
  return maxConcurrentExecutions > 0 ? maxConcurrentExecutions : undefined;
}

const isSame = (one: QueueEntry, other: QueueEntry): boolean =>
  one.executionId === other.executionId && one.round === other.round;

const without = <Entry extends QueueEntry>(entries: readonly Entry[], gone: readonly QueueEntry[]): readonly Entry[] =>
  entries.filter((entry) => !gone.some((other) => isSame(entry, other)));

const toPlaced = ({ executionId, round, order = 0, turn = 0 }: PlacedEntry): PlacedEntry => ({
  executionId,
  round,
  order,
  turn,
});

/** Gives free places to those that wait for nothing else. The same object when nothing moves. */
function admit(queue: PipelineQueue): PipelineQueue {
  const able = queue.waiting.filter(({ awaits }) => awaits === undefined);
  const [oldest] = able;
  const newest = able.at(-1);
  if (oldest === undefined || newest === undefined) return queue;
  const next = newest.keepsWaiting ? oldest : newest;
  if (queue.running.length >= next.limit) return queue;
  const superseded = newest.keepsWaiting ? [] : without(able, [next]);
  return admit({
    ...queue,
    running: [...queue.running, toPlaced(next)],
    waiting: without(queue.waiting, [next, ...superseded]),
    superseded: [...queue.superseded, ...superseded.map(({ executionId, round }) => ({ executionId, round }))],
  });
}

/** Where a start stands in a queue. */
export function standingOf({ running, waiting, superseded }: PipelineQueue, entry: QueueEntry): Standing {
  const placed = running.find((other) => isSame(other, entry));
  if (placed !== undefined) return { in: 'running', turn: placed.turn ?? 0 };
  if (superseded.some((other) => isSame(other, entry))) return { in: 'superseded' };
  const index = waiting.findIndex((other) => isSame(other, entry));
  const found = waiting[index];
  if (found === undefined) return { in: 'nowhere' };
  const { turn = 0, awaits } = found;
  return { in: 'waiting', place: index + 1, turn, ...(awaits === undefined ? {} : { awaits }) };
}

/**
 * Puts a start that has its turn, but not its cluster, back among those that wait, before all who came after it, so that
 * whoever can run does. The same object where it has given back that `turn` already.
 */
export function giveBack(queue: PipelineQueue, entry: WaitingEntry & { readonly awaits: string }): PipelineQueue {
  const placed = queue.running.find((other) => isSame(other, entry));
  if (placed === undefined || (placed.turn ?? 0) !== (entry.turn ?? 0)) return queue;
  const { order = 0, turn = 0 } = placed;
  const isAfter = (other: PlacedEntry) => (other.order ?? 0) >= order;
  const waiting = [
    ...queue.waiting.filter((other) => !isAfter(other)),
    { ...entry, order, turn: turn + 1 },
    ...queue.waiting.filter(isAfter),
  ];
  return admit({ ...queue, running: without(queue.running, [placed]), waiting });
}

/**
 * Lets a start that has found its cluster busy wait for its turn again, and where the cluster is `free` for anybody, all that
 * wait for it, so that none of them is passed over. The same object where it waits for no cluster.
 */
export function awaitTurn(queue: PipelineQueue, entry: QueueEntry, free: boolean): PipelineQueue {
  const cluster = queue.waiting.find((other) => isSame(other, entry))?.awaits;
  if (cluster === undefined) return queue;
  const waiting = queue.waiting.map((other): WaitingEntry => {
    const isMeant = free ? other.awaits === cluster : isSame(other, entry);
    const { awaits: _awaits, ...able } = other;
    return isMeant ? able : other;
  });
  return admit({ ...queue, waiting });
}

/** Takes starts out, and gives their places to others. The same object when none of them was in. */
export function leave(queue: PipelineQueue, gone: readonly QueueEntry[]): PipelineQueue {
  if (gone.every((entry) => standingOf(queue, entry).in === 'nowhere')) return queue;
  return admit({
    ...queue,
    running: without(queue.running, gone),
    waiting: without(queue.waiting, gone),
    superseded: without(queue.superseded, gone),
  });
}

/**
 * Puts a start behind those that wait, and lets it run where there is room; the same object when it is in already, or when
 * `most` wait and it would wait too. An earlier round of the same execution is over and goes.
 */
export function enter(queue: PipelineQueue, entry: WaitingEntry, most = Number.POSITIVE_INFINITY): PipelineQueue {
  if (standingOf(queue, entry).in !== 'nowhere') return queue;
  const earlier = [...queue.running, ...queue.waiting, ...queue.superseded].filter(
    ({ executionId, round }) => executionId === entry.executionId && round < entry.round,
  );
  const left = leave(queue, earlier);
  const order = 1 + Math.max(0, ...[...left.running, ...left.waiting].map((other) => other.order ?? 0));
  const entered = admit({ ...left, waiting: [...left.waiting, { ...entry, order }] });
  return entered.waiting.length > most ? queue : entered;
}
