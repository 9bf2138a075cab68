import type { ConcurrencyLimits } from '../model/execution';
import type { DocumentKind } from './ports/document-store';

/** One start of an execution; a retry after its end is another, with a higher `round`. That a round is over never changes. */
export type QueueEntry = { readonly executionId: string; readonly round: number };

/** A start that waits for its turn, with what its pipeline said when it was asked for. */
export type WaitingEntry = QueueEntry & {
  /** How many may run, this one among them. */
  readonly limit: number;
  /** Whether those that wait start in their order; otherwise the newest starts and the others never do. */
  readonly keepsWaiting: boolean;
};

/** Which executions of one pipeline run, and which wait, in their order; its id is the pipeline's (`foo/release/prod`). */
export type PipelineQueue = {
  readonly schema: 1;
  readonly running: readonly QueueEntry[];
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

/** Where a start stands: `place` counts from 1. */
export type Standing =
  { readonly in: 'running' | 'superseded' | 'nowhere' } | { readonly in: 'waiting'; readonly place: number };

/** How many executions may run at once; undefined for any number. */
export function limitOf({ limitConcurrent, maxConcurrentExecutions = 0 }: ConcurrencyLimits): number | undefined {
  if (limitConcurrent === true) return 1;
  return maxConcurrentExecutions > 0 ? maxConcurrentExecutions : undefined;
}

const isSame = (one: QueueEntry, other: QueueEntry): boolean =>
  one.executionId === other.executionId && one.round === other.round;

const without = <Entry extends QueueEntry>(entries: readonly Entry[], gone: readonly QueueEntry[]): readonly Entry[] =>
  entries.filter((entry) => !gone.some((other) => isSame(entry, other)));

/** Gives free places to those that wait. The same object when nothing moves. */
function admit(queue: PipelineQueue): PipelineQueue {
  const [oldest] = queue.waiting;
  const newest = queue.waiting.at(-1);
  if (oldest === undefined || newest === undefined) return queue;
  const next = newest.keepsWaiting ? oldest : newest;
  if (queue.running.length >= next.limit) return queue;
  const { executionId, round } = next;
  const others = without(queue.waiting, [next]);
  const superseded = newest.keepsWaiting ? [] : others.map((entry) => ({ ...entry }));
  return admit({
    ...queue,
    running: [...queue.running, { executionId, round }],
    waiting: newest.keepsWaiting ? others : [],
    superseded: [
      ...queue.superseded,
      ...superseded.map(({ executionId: id, round: ofIt }) => ({ executionId: id, round: ofIt })),
    ],
  });
}

/** Where a start stands in a queue. */
export function standingOf({ running, waiting, superseded }: PipelineQueue, entry: QueueEntry): Standing {
  if (running.some((other) => isSame(other, entry))) return { in: 'running' };
  if (superseded.some((other) => isSame(other, entry))) return { in: 'superseded' };
  const index = waiting.findIndex((other) => isSame(other, entry));
  return index === -1 ? { in: 'nowhere' } : { in: 'waiting', place: index + 1 };
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
  const entered = admit({ ...left, waiting: [...left.waiting, entry] });
  return entered.waiting.length > most ? queue : entered;
}
