import type { ExecutionDraft } from '../model/command';
import type { Execution, Trigger } from '../model/execution';
import type { Clock } from './clock';
import { holdersUnder, lockCluster, type ClusterHolder } from './cluster-lock';
import { correlate } from './correlation';
import { executionKind } from './document-kinds';
import { limitOf, mostWaiting } from './pipeline-queue';
import type { DocumentStore } from './ports/document-store';
import { worksOnCluster } from './read-history';
import { waitingAhead } from './waiting-ahead';
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
  /** Waits where its cluster is busy, instead of being refused. @default false */
  readonly waits?: boolean;
  /** The command whose plan was confirmed by hand. */
  readonly confirmedPlan?: string | undefined;
  /** Executions under whose locks it works: the one that started it, and those above. @default none */
  readonly ancestorIds?: readonly string[];
};

/** Why nothing was started: who took the cluster first, or how many wait for the pipeline already. */
export type StartRefusal = ClusterHolder | { readonly waiting: number };

function executionOf({ id, teamId, draft, trigger, confirmedPlan }: StartRequest, now: number): Execution {
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
    isAsked: true,
    buildTime: now,
    trigger: {
      ...trigger,
      parameters: { ...parameters, ...trigger.parameters },
      ...(why === undefined ? {} : { reason: why }),
    },
    events: [],
    ...(confirmedPlan === undefined ? {} : { confirmedPlan }),
    ...limits,
    ...(startExpiryMs === undefined ? {} : { startTimeExpiry: now + startExpiryMs }),
    ...(isLimited || rest.awaitsCanceled !== undefined ? { admission: { round: 0, state: 'new' as const } } : {}),
    ...rest,
  };
}

/** What a start came to; its execution is that of the first start with the same correlation id. */
export type StartAnswer = { readonly executionId: string; readonly refusal?: StartRefusal };

/** Deletes what is refused; whether it is gone: another look at the same start may have let it begin meanwhile. */
export async function withdraw(store: DocumentStore, id: string): Promise<boolean> {
  const found = await store.get(executionKind, id);
  if (found === undefined) return true;
  if (found.document.isAsked !== true) return false;
  return (
    (await store.delete(executionKind, id, { version: found.version })) ||
    (await store.get(executionKind, id)) === undefined
  );
}

/** Lets an execution begin; false where another look at the same start has refused it meanwhile. */
async function release(store: DocumentStore, id: string, now: number): Promise<boolean> {
  const begin = ({ isAsked, ...execution }: Execution): Execution => execution;
  const saved = await store.update(
    executionKind,
    id,
    (execution) => (execution.isAsked === undefined ? execution : begin(execution)),
    { due: () => now },
  );
  return saved !== undefined;
}

/** Who works on the cluster of an execution or goes before it; undefined where it has taken it. */
async function tryCluster(
  store: DocumentStore,
  execution: Execution,
  chain: readonly string[] | undefined,
): Promise<ClusterHolder | undefined> {
  const { id: executionId, definition } = execution;
  const [ahead] = await waitingAhead(store, execution, chain);
  if (ahead !== undefined) return { executionId: ahead.id };
  return lockCluster(store, definition.cluster, { executionId }, undefined, chain);
}

/** Takes a place in the queue of the pipeline, and the cluster where there is no need to wait for a turn. */
async function takeTurn(
  parts: StartParts,
  execution: Execution,
  { ancestorIds = [], waits = false }: StartRequest,
): Promise<StartRefusal | undefined> {
  const { store } = parts;
  const { id } = execution;
  const { standing, queue } = await enterQueue(parts, execution, mostWaiting);
  if (standing.in === 'nowhere') return (await withdraw(store, id)) ? { waiting: mostWaiting } : undefined;
  if (standing.in !== 'running') return undefined;
  // Its first look takes the cluster, or waits behind those that wait for it.
  if (waits) return undefined;
  const holder = worksOnCluster(execution) ? await tryCluster(store, execution, ancestorIds) : undefined;
  // Where others wait for their cluster already, it waits behind them.
  if (holder === undefined || queue.waiting.length > 0) return undefined;
  // Asked for again after a crash it may be under way, with its turn: then it waits for the cluster by itself.
  if (!(await withdraw(store, id))) return undefined;
  // A place of one that is gone would be found by others too, but late.
  await leaveQueue(parts, execution, 0);
  return holder;
}

/** Lets an execution wait for its cluster, which its first look enters the queue for. */
async function queueUp(store: DocumentStore, id: string): Promise<undefined> {
  const waiting = (execution: Execution): Execution =>
    execution.isAsked === true && execution.admission === undefined
      ? { ...execution, admission: { round: 0, state: 'new' } }
      : execution;
  await store.update(executionKind, id, waiting);
  return undefined;
}

async function takeCluster(
  { store }: StartParts,
  execution: Execution,
  { draft: { cancels }, ancestorIds, waits = false }: StartRequest,
): Promise<StartRefusal | undefined> {
  const { id, definition } = execution;
  if (!worksOnCluster({ definition })) return undefined;
  const mayWait = waits && cancels === undefined;
  const holder =
    cancels === undefined
      ? await tryCluster(store, execution, ancestorIds)
      : await lockCluster(store, definition.cluster, { executionId: id }, cancels, ancestorIds);
  if (holder !== undefined && mayWait) return queueUp(store, id);
  return holder !== undefined && (await withdraw(store, id)) ? holder : undefined;
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

const takePlace = (
  parts: StartParts,
  execution: Execution,
  request: StartRequest,
): Promise<StartRefusal | undefined> =>
  execution.admission === undefined ? takeCluster(parts, execution, request) : takeTurn(parts, execution, request);

async function start(parts: StartParts, request: StartRequest): Promise<StartRefusal | undefined> {
  const { store, clock } = parts;
  const { id, draft } = request;
  const now = clock.now();
  const { cancels } = draft;
  const awaitsCanceled = draft.awaitsCanceled !== undefined;
  if (cancels !== undefined && !awaitsCanceled) await cancelFamily(parts, request, cancels);
  const known = (await store.get(executionKind, id))?.document;
  const isUnderWay = known !== undefined && (known.status !== 'NOT_STARTED' || isInQueue(known));
  if (isUnderWay) return undefined;
  const execution = known ?? executionOf(request, now);
  // It exists before it takes the cluster, or others would take the lock of one that does not exist yet; it is due after.
  await store.create(executionKind, id, execution);
  // One that waits for what it cancels has its place, before others, when that ends.
  if (cancels !== undefined && awaitsCanceled) await cancelFamily(parts, request, cancels);
  const refusal = awaitsCanceled ? undefined : await takePlace(parts, execution, request);
  if (refusal !== undefined || (await release(store, id, now))) return refusal;
  return start(parts, request);
}

/**
 * Creates an execution and takes its cluster, where it works on one; doing it again changes nothing. Answers why nothing was started: somebody
 * else took the cluster first, or too many wait already. A start with the correlation id of another is that other's,
 * whatever id it has chosen, also where both come at the same instant.
 *
 * Where its pipeline limits how many run, its turn in the pipeline's queue comes first and the cluster second, for every
 * start alike: an execution that has to wait for its turn is started all the same, has no cluster, and takes it when its
 * turn has come, as `lookForTurn` says. The other way round two could wait for each other, one in the queue with the cluster
 * and one with the turn. A cluster that is busy now, with no need to wait for a turn, refuses the start
 * unless it `waits`: then it is started all the same, and takes the cluster after those that came before it.
 */
export async function startExecution(parts: StartParts, request: StartRequest): Promise<StartAnswer> {
  const executionId = await correlate(parts, { ...request, correlationId: request.trigger.correlationId });
  const refusal = await start(parts, { ...request, id: executionId });
  return { executionId, ...(refusal === undefined ? {} : { refusal }) };
}

/** Whether the executor has looked at its turn already: it finds the rest by itself. */
const isInQueue = ({ admission }: Execution): boolean => admission !== undefined && admission.state !== 'new';
