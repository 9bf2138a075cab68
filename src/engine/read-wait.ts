import { z } from 'zod';
import type { Execution, Stage } from '../model/execution';
import { clusterHolders, type ClusterHolder } from './cluster-lock';
import { executionKind } from './document-kinds';
import { isCleanUp, stageById } from './graph';
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
  /** It goes back from what has been done, and gives up last. */
  readonly isWayBack?: true;
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

const blockedAt = ({ context }: Stage): string | undefined => blockedStage.safeParse(context).data?.waitsFor.cluster;

const isGoingBack = ({ canceled, ending }: Execution): boolean => canceled !== undefined || ending !== undefined;

/**
 * Stages that wait for a child, to start one, or for a cluster, and that nobody has skipped; of an execution that ends, those
 * of its way back.
 */
const waitingStages = (execution: Execution): readonly Stage[] =>
  execution.stages.filter(
    (stage) =>
      stage.status === 'RUNNING' &&
      (stage.type === 'pipeline' || blockedAt(stage) !== undefined) &&
      stage.context.manualSkip !== true &&
      (!isGoingBack(execution) || isCleanUp(execution, stage)),
  );

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
  const goesBack = isCleanUp(execution, stage) ? ({ isWayBack: true } as const) : {};
  return { name: execution.name, since: String(stage.attempt), for: 'cluster', cluster, others, ...goesBack };
}

/**
 * Reads what an execution, or a stage of one, waits for that other executions may give; undefined where it waits for nothing
 * of that kind, or where it is paused.
 */
export async function readWait(store: DocumentStore, { executionId, stageId }: Waiter): Promise<Wait | undefined> {
  const execution = (await store.get(executionKind, executionId))?.document;
  if (execution?.status === 'NOT_STARTED')
    return execution.canceled === undefined ? readHeldBack(store, execution) : undefined;
  if (execution?.status !== 'RUNNING') return undefined;
  return stageId === undefined ? readStages(store, execution) : readBlocked(store, execution, stageId);
}
