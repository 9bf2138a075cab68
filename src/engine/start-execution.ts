import type { ExecutionDraft } from '../model/command';
import type { Execution, Trigger } from '../model/execution';
import type { Clock } from './clock';
import { holdersUnder, lockCluster, type ClusterHolder } from './cluster-lock';
import { executionKind } from './document-kinds';
import { limitOf, mostWaiting } from './pipeline-queue';
import type { DocumentStore } from './ports/document-store';
import { worksOnCluster } from './read-history';
import type { Signal, SignalOutcome } from './signals';
import { enterQueue, leaveQueue } from './wait-in-queue';

/** What starting needs; `signal` is as the executor applies it, counting a repeat under the same `signalId` as done. */
export type StartParts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly signal: (executionId: string, signal: Signal, signalId: string) => Promise<SignalOutcome>;
};

/** An execution to be made of a draft, under an id that whoever asks has chosen and saved before. */
export type StartRequest = {
  readonly id: string;
  readonly teamId: string;
  readonly draft: ExecutionDraft;
  readonly trigger: Trigger;
  /** Executions under whose locks it works: the one that started it, and those above. @default none */
  readonly ancestorIds?: readonly string[];
};

/** Why nothing was started: who took the cluster first, or how many wait for the pipeline already. */
export type StartRefusal = ClusterHolder | { readonly waiting: number };

function executionOf({ id, teamId, draft, trigger }: StartRequest, now: number): Execution {
  const { cancels, reason: why, run = { parameters: {} }, ...rest } = draft;
  const { parameters, startExpiryMs, ...limits } = run;
  // What replaces another cannot wait for it.
  const isLimited = cancels === undefined && rest.pipelineConfigId !== undefined && limitOf(limits) !== undefined;
  return {
    schema: 2,
    teamId,
    id,
    type: 'PIPELINE',
    status: 'NOT_STARTED',
    buildTime: now,
    trigger: {
      ...trigger,
      parameters: { ...parameters, ...trigger.parameters },
      ...(why === undefined ? {} : { reason: why }),
    },
    events: [],
    ...limits,
    ...(startExpiryMs === undefined ? {} : { startTimeExpiry: now + startExpiryMs }),
    ...(isLimited ? { admission: { round: 0, state: 'new' as const } } : {}),
    ...rest,
  };
}

/** Takes a place in the queue of the pipeline, and the cluster where there is no need to wait for a turn. */
async function takeTurn(
  parts: StartParts,
  execution: Execution,
  ancestorIds: readonly string[],
): Promise<StartRefusal | undefined> {
  const { store } = parts;
  const { id, definition } = execution;
  const { standing, queue } = await enterQueue(parts, execution, mostWaiting);
  if (standing.in === 'nowhere') {
    await store.delete(executionKind, id);
    return { waiting: mostWaiting };
  }
  if (standing.in !== 'running') return undefined;
  const holder = worksOnCluster(execution)
    ? await lockCluster(store, definition.cluster, { executionId: id }, undefined, ancestorIds)
    : undefined;
  // Where others wait for their cluster already, it waits behind them.
  if (holder === undefined || queue.waiting.length > 0) return undefined;
  // Asked for again after a crash it may be under way, with its turn: then it waits for the cluster by itself.
  const known = (await store.get(executionKind, id))?.document;
  if (known !== undefined && isInQueue(known)) return undefined;
  // It leaves before it is gone, so that whoever is in a queue exists.
  await leaveQueue(parts, execution, 0);
  await store.delete(executionKind, id);
  return holder;
}

async function takeCluster(
  { store }: StartParts,
  { id, definition }: Execution,
  { draft: { cancels }, ancestorIds }: StartRequest,
): Promise<StartRefusal | undefined> {
  if (!worksOnCluster({ definition })) return undefined;
  const holder = await lockCluster(store, definition.cluster, { executionId: id }, cancels, ancestorIds);
  if (holder !== undefined) await store.delete(executionKind, id);
  return holder;
}

/** Cancels what a start replaces, and what that has started on the cluster, which would work on beside the start otherwise. */
async function cancelFamily(
  { store, signal }: StartParts,
  { draft, trigger }: StartRequest,
  head: string,
): Promise<void> {
  const cancel = { type: 'cancel', user: trigger.user, reason: `replaced by '${draft.name}'` } as const;
  const key = `${trigger.correlationId}/cancels`;
  await signal(head, cancel, key);
  const others = (await holdersUnder(store, draft.definition.cluster, head)).filter((id) => id !== head);
  for (const id of others) await signal(id, cancel, `${key}/${id}`);
}

/**
 * Creates an execution and takes its cluster, where it works on one; doing it again changes nothing. Answers why nothing was started: somebody
 * else took the cluster first, or too many wait already.
 *
 * Where its pipeline limits how many run, its turn in the pipeline's queue comes first and the cluster second, for every
 * start alike: an execution that has to wait for its turn is started all the same, has no cluster, and takes it when its
 * turn has come, as `lookForTurn` says. The other way round two could wait for each other, one in the queue with the cluster
 * and one with the turn. A cluster that is busy now, with no need to wait for a turn, refuses the start as without a queue.
 */
export async function startExecution(parts: StartParts, request: StartRequest): Promise<StartRefusal | undefined> {
  const { store, clock } = parts;
  const { id, draft } = request;
  const now = clock.now();
  if (draft.cancels !== undefined) await cancelFamily(parts, request, draft.cancels);
  const known = (await store.get(executionKind, id))?.document;
  const isUnderWay = known !== undefined && (known.status !== 'NOT_STARTED' || isInQueue(known));
  if (isUnderWay) return undefined;
  const execution = known ?? executionOf(request, now);
  // It exists before it takes the cluster, or others would take the lock of one that does not exist yet; it is due after.
  await store.create(executionKind, id, execution);
  const refusal =
    execution.admission === undefined
      ? await takeCluster(parts, execution, request)
      : await takeTurn(parts, execution, request.ancestorIds ?? []);
  if (refusal === undefined) await store.touch(executionKind, id, now);
  return refusal;
}

/** Whether the executor has looked at its turn already: it finds the rest by itself. */
const isInQueue = ({ admission }: Execution): boolean => admission !== undefined && admission.state !== 'new';
