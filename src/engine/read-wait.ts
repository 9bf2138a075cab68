import { z } from 'zod';
import type { Execution, Stage } from '../model/execution';
import { clusterHolders, type ClusterHolder } from './cluster-lock';
import { executionKind } from './document-kinds';
import { stageById } from './graph';
import { ancestorIdsOf, chainOf } from './lineage';
import type { DocumentStore } from './ports/document-store';
import { turnHolders } from './wait-in-queue';

/** An execution, or a `pipeline` stage of it that waits until it may start a child. */
export type Waiter = { readonly executionId: string; readonly stageId?: string };

/** What somebody waits for, as documents say it now. */
export type Wait = {
  /** What people call the execution. */
  readonly name: string;
  /** Differs where one wait has ended and another of the same execution or stage has begun. */
  readonly since: string;
  readonly others: readonly Waiter[];
} & (
  | { readonly for: 'cluster'; readonly cluster: string }
  /** One of the others makes room. */
  | { readonly for: 'turn' }
  /** It has begun, and what its stages wait for are the others. */
  | { readonly for: 'stages' }
);

const blockedStage = z.object({ waitsFor: z.object({ cluster: z.string() }) });
const childStage = z.object({ executionId: z.string() });

/** Expiries end by themselves. */
const executionsOf = (holders: readonly ClusterHolder[]): readonly Waiter[] =>
  holders.filter(({ expiryId }) => expiryId === undefined).map(({ executionId }) => ({ executionId }));

/** What one waits for that has not begun: its cluster or its turn, where it has said so. */
async function readHeldBack(store: DocumentStore, execution: Execution): Promise<Wait | undefined> {
  const { name, admission, definition } = execution;
  const { round = 0, turn = 0, state = 'new' } = admission ?? {};
  const since = `${state}/${round}/${turn}`;
  if (state === 'blocked') {
    const { cluster } = definition;
    const holders = await clusterHolders(store, cluster, await chainOf(store, execution));
    return { name, since, for: 'cluster', cluster, others: executionsOf(holders) };
  }
  const running = state === 'waiting' ? await turnHolders(store, execution) : undefined;
  return running === undefined
    ? undefined
    : { name, since, for: 'turn', others: running.map(({ executionId }) => ({ executionId })) };
}

/** Stages that wait for a child, or to start one, and that nobody has skipped. */
const waitingStages = ({ stages }: Execution): readonly Stage[] =>
  stages.filter(
    ({ type, status, context }) => type === 'pipeline' && status === 'RUNNING' && context.manualSkip !== true,
  );

const blockedAt = ({ context }: Stage): string | undefined => blockedStage.safeParse(context).data?.waitsFor.cluster;

/** What a stage waits for: itself, where it may not start a child yet, or the child. */
async function readStage(store: DocumentStore, { id }: Execution, stage: Stage): Promise<readonly Waiter[]> {
  if (blockedAt(stage) !== undefined) return [{ executionId: id, stageId: stage.id }];
  const executionId = childStage.safeParse(stage.context).data?.executionId;
  const child = executionId === undefined ? undefined : (await store.get(executionKind, executionId))?.document;
  if (child?.trigger.type !== 'pipeline') return [];
  const { parentExecutionId, parentStageId, isAwaited } = child.trigger;
  const isOwn = parentExecutionId === id && parentStageId === stage.id && isAwaited === true;
  return isOwn ? [{ executionId: child.id }] : [];
}

async function readStages(store: DocumentStore, execution: Execution): Promise<Wait> {
  const stages = waitingStages(execution);
  const others = await Promise.all(stages.map((stage) => readStage(store, execution, stage)));
  const since = [execution.admission?.round ?? 0, ...stages.map(({ id, attempt }) => `${id}/${attempt}`)].join();
  return { name: execution.name, since, for: 'stages', others: others.flat() };
}

async function readBlocked(store: DocumentStore, execution: Execution, stageId: string): Promise<Wait | undefined> {
  const stage = stageById({ ...execution, stages: waitingStages(execution) }, stageId);
  const cluster = stage === undefined ? undefined : blockedAt(stage);
  if (stage === undefined || cluster === undefined) return undefined;
  const chain = [execution.id, ...(await ancestorIdsOf(store, execution))];
  const others = executionsOf(await clusterHolders(store, cluster, chain));
  return { name: execution.name, since: String(stage.attempt), for: 'cluster', cluster, others };
}

/**
 * Reads what an execution, or a stage of one, waits for that other executions may give; undefined where it waits for nothing
 * of that kind, or where it ends or is paused.
 */
export async function readWait(store: DocumentStore, { executionId, stageId }: Waiter): Promise<Wait | undefined> {
  const execution = (await store.get(executionKind, executionId))?.document;
  if (execution?.canceled !== undefined) return undefined;
  if (execution?.status === 'NOT_STARTED') return readHeldBack(store, execution);
  if (execution?.status !== 'RUNNING' || execution.ending !== undefined) return undefined;
  return stageId === undefined ? readStages(store, execution) : readBlocked(store, execution, stageId);
}
