import type { Execution } from '../model/execution';
import { isComplete } from '../model/status';
import type { Clock } from './clock';
import { executionKind } from './document-kinds';
import {
  awaitTurn,
  emptyQueue,
  enter,
  giveBack,
  leave,
  limitOf,
  queueKind,
  standingOf,
  type PipelineQueue,
  type QueueEntry,
  type Standing,
  type WaitingEntry,
} from './pipeline-queue';
import type { DocumentStore } from './ports/document-store';

type Parts = { readonly store: DocumentStore; readonly clock: Clock };

/** One queue for a pipeline in an environment: what an environment runs is to it what a pipeline is in Spinnaker. */
const queueIdOf = ({ pipelineConfigId, application, definition }: Execution): string =>
  `${pipelineConfigId ?? application}/${definition.environment}`;

const entryOf = ({ id, admission }: Execution): QueueEntry => ({ executionId: id, round: admission?.round ?? 0 });

const waitingEntryOf = (execution: Execution): WaitingEntry => ({
  ...entryOf(execution),
  limit: limitOf(execution) ?? Number.MAX_SAFE_INTEGER,
  // One that waits for its cluster only calls nobody off.
  keepsWaiting: execution.keepWaitingPipelines === true || limitOf(execution) === undefined,
});

/** Whether a start is over for good: its execution ended, went on to a later round, or is gone. */
async function isOver(store: DocumentStore, { executionId, round }: QueueEntry): Promise<boolean> {
  const execution = (await store.get(executionKind, executionId))?.document;
  if (execution === undefined) return true;
  const now = execution.admission?.round ?? 0;
  return now > round || (now === round && isComplete(execution.status));
}

async function findOver(store: DocumentStore, entries: readonly QueueEntry[]): Promise<readonly QueueEntry[]> {
  const over = await Promise.all(entries.map(async (entry) => ((await isOver(store, entry)) ? [entry] : [])));
  return over.flat();
}

/** Wakes executions; not one that is being started, which may be refused yet and is woken when it is not. */
async function wake({ store, clock }: Parts, entries: readonly QueueEntry[]): Promise<void> {
  for (const { executionId } of entries) {
    const state = (await store.get(executionKind, executionId))?.document.admission?.state;
    if (state !== 'new') await store.touch(executionKind, executionId, clock.now());
  }
}

/** Where an execution stands, in which queue. */
export type QueueLook = { readonly standing: Standing; readonly queue: PipelineQueue };

/** Whether a start stands elsewhere than before: it runs, waits in another place, or is called off. */
function hasMoved(before: PipelineQueue, queue: PipelineQueue, entry: QueueEntry): boolean {
  const [then, now] = [standingOf(before, entry), standingOf(queue, entry)];
  if (then.in !== now.in) return then.in !== 'nowhere';
  return then.in === 'waiting' && now.in === 'waiting' && then.place !== now.place;
}

/** Changes a queue for one execution of it, and wakes those others that stand elsewhere now. */
async function changeQueue(
  parts: Parts,
  execution: Execution,
  before: PipelineQueue,
  change: (queue: PipelineQueue) => PipelineQueue,
): Promise<QueueLook> {
  const queue = (await parts.store.update(queueKind, queueIdOf(execution), change))?.document ?? before;
  // A lost wake-up is found again: who waits looks by itself.
  const woken = [...queue.running, ...queue.superseded, ...queue.waiting].filter(
    (other) => other.executionId !== execution.id && hasMoved(before, queue, other),
  );
  await wake(parts, woken);
  return { standing: standingOf(queue, entryOf(execution)), queue };
}

/**
 * Enters the queue of an execution's pipeline, once, drops those that run there but are over, and answers where the
 * execution stands: `nowhere` where `most` wait already. The execution is stored before it enters.
 */
export async function enterQueue(parts: Parts, execution: Execution, most?: number): Promise<QueueLook> {
  const { store } = parts;
  const id = queueIdOf(execution);
  await store.create(queueKind, id, emptyQueue);
  const before = (await store.get(queueKind, id))?.document ?? emptyQueue;
  const over = await findOver(
    store,
    before.running.filter(({ executionId }) => executionId !== execution.id),
  );
  const entry = waitingEntryOf(execution);
  return changeQueue(parts, execution, before, (queue) => enter(leave(queue, over), entry, most));
}

/** Gives the turn back that an execution has in vain, since its cluster is busy; again it changes nothing. */
export async function giveTurnBack(parts: Parts, execution: Execution): Promise<void> {
  const before = (await parts.store.get(queueKind, queueIdOf(execution)))?.document ?? emptyQueue;
  const { turn = 0 } = execution.admission ?? {};
  const entry = { ...waitingEntryOf(execution), turn, awaits: execution.definition.cluster };
  await changeQueue(parts, execution, before, (queue) => giveBack(queue, entry));
}

/** Lets an execution that has waited for its cluster wait for its turn again, or have it; `free` as `awaitTurn` says. */
export const waitForTurn = (
  parts: Parts,
  execution: Execution,
  seen: PipelineQueue,
  free: boolean,
): Promise<QueueLook> => changeQueue(parts, execution, seen, (queue) => awaitTurn(queue, entryOf(execution), free));

/** Leaves the queue and wakes the others in it, who may have their turn or another place; again it changes nothing. */
export async function leaveQueue(parts: Parts, execution: Execution, round: number): Promise<void> {
  const id = queueIdOf(execution);
  const gone = { executionId: execution.id, round };
  const saved = await parts.store.update(queueKind, id, (queue) => leave(queue, [gone]));
  if (saved === undefined) return;
  const { running, waiting, superseded } = saved.document;
  await wake(parts, [...running, ...superseded, ...waiting]);
}

/** Whose places an execution waits for in the queue of its pipeline; undefined where it does not wait for its turn. */
export async function turnHolders(
  store: DocumentStore,
  execution: Execution,
): Promise<readonly QueueEntry[] | undefined> {
  const queue = (await store.get(queueKind, queueIdOf(execution)))?.document ?? emptyQueue;
  const standing = standingOf(queue, entryOf(execution));
  return standing.in === 'waiting' && standing.awaits === undefined ? queue.running : undefined;
}

/** The name of the execution that another one of its pipeline would wait for; undefined where it would not wait. */
export async function blockedBy(store: DocumentStore, execution: Execution): Promise<string | undefined> {
  const limit = limitOf(execution);
  const queue = (await store.get(queueKind, queueIdOf(execution)))?.document;
  if (limit === undefined || execution.admission === undefined || queue === undefined) return undefined;
  const others = queue.running.filter(({ executionId }) => executionId !== execution.id);
  const over = await findOver(store, others);
  const [first, ...more] = others.filter((entry) => !over.includes(entry));
  if (first === undefined || 1 + more.length < limit) return undefined;
  return nameOf(store, first.executionId);
}

/** What people call an execution. */
export const nameOf = async (store: DocumentStore, executionId: string): Promise<string> =>
  (await store.get(executionKind, executionId))?.document.name ?? executionId;
