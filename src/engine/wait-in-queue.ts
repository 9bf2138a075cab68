import type { Execution } from '../model/execution';
import { isComplete } from '../model/status';
import type { Clock } from './clock';
import { executionKind } from './document-kinds';
import {
  emptyQueue,
  enter,
  leave,
  limitOf,
  queueKind,
  standingOf,
  type PipelineQueue,
  type QueueEntry,
  type Standing,
} from './pipeline-queue';
import type { DocumentStore } from './ports/document-store';

type Parts = { readonly store: DocumentStore; readonly clock: Clock };

/** One queue for a pipeline in an environment: what an environment runs is to it what a pipeline is in Spinnaker. */
const queueIdOf = ({ pipelineConfigId, application, definition }: Execution): string =>
  `${pipelineConfigId ?? application}/${definition.environment}`;

const entryOf = ({ id, admission }: Execution): QueueEntry => ({ executionId: id, round: admission?.round ?? 0 });

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

/**
 * Enters the queue of an execution's pipeline, once, drops those that run there but are over, and answers where the
 * execution stands: `nowhere` where `most` wait already. The execution is stored before it enters.
 */
export async function enterQueue(
  parts: Parts,
  execution: Execution,
  most?: number,
): Promise<{ readonly standing: Standing; readonly queue: PipelineQueue }> {
  const { store } = parts;
  const id = queueIdOf(execution);
  const own = entryOf(execution);
  await store.create(queueKind, id, emptyQueue);
  const before = (await store.get(queueKind, id))?.document ?? emptyQueue;
  const over = await findOver(
    store,
    before.running.filter(({ executionId }) => executionId !== execution.id),
  );
  const entry = {
    ...own,
    limit: limitOf(execution) ?? Number.MAX_SAFE_INTEGER,
    keepsWaiting: execution.keepWaitingPipelines === true,
  };
  const saved = await store.update(queueKind, id, (queue) => enter(leave(queue, over), entry, most));
  const queue = saved?.document ?? before;
  // A lost wake-up is found again: who waits looks by itself.
  const woken = [...queue.running, ...queue.superseded].filter(
    (other) => other.executionId !== execution.id && standingOf(before, other).in === 'waiting',
  );
  await wake(parts, woken);
  return { standing: standingOf(queue, own), queue };
}

/** Leaves the queue and wakes the others in it, who may have their turn or another place; again it changes nothing. */
export async function leaveQueue(parts: Parts, execution: Execution, round: number): Promise<void> {
  const id = queueIdOf(execution);
  const gone = { executionId: execution.id, round };
  const saved = await parts.store.update(queueKind, id, (queue) => leave(queue, [gone]));
  if (saved === undefined) return;
  const { running, waiting, superseded } = saved.document;
  await wake(parts, [...running, ...superseded, ...waiting]);
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
