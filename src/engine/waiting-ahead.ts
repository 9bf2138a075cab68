import type { Execution, Trigger } from '../model/execution';
import { clusterHolders, type ClusterHolder } from './cluster-lock';
import type { DocumentStore } from './ports/document-store';
import { readHistory } from './read-history';

const states: readonly string[] = ['yielding', 'blocked', 'admitted'];

/** Whether an execution waits for nothing but those that work on the cluster, whoever else waits there. */
const goesFirst = ({ definition }: Pick<Execution, 'definition'>): boolean => definition.kind === 'rollback';

/** One that goes first has its place from its first moment, also before it was looked at. */
const waits = (execution: Execution): boolean => {
  const { status, admission, canceled, trigger } = execution;
  if (status !== 'NOT_STARTED' || canceled !== undefined || trigger.type !== 'manual') return false;
  return states.includes(admission?.state ?? '') || (goesFirst(execution) && admission?.state === 'new');
};

/** One that waits for a cluster, or would. */
export type Asking = Pick<Execution, 'id' | 'definition' | 'buildTime' | 'pipelineConfigId'> & {
  readonly trigger: Pick<Trigger, 'type'>;
};

/** Whether another was asked for before; the queue of one pipeline has an order of its own within one millisecond. */
const isEarlier = (other: Execution, { id, buildTime, pipelineConfigId }: Asking): boolean =>
  other.buildTime < buildTime ||
  (other.buildTime === buildTime && other.pipelineConfigId !== pipelineConfigId && other.id < id);

/** What a stage started has only rollbacks before it. */
function isBefore(other: Execution, asking: Asking): boolean {
  if (goesFirst(other) !== goesFirst(asking)) return goesFirst(other);
  return asking.trigger.type === 'manual' && isEarlier(other, asking);
}

/** Whether one of a chain works on a cluster: whoever waits there waits for the chain, which must not wait for them. */
const hasCluster = async (store: DocumentStore, cluster: string, chain: readonly string[]): Promise<boolean> =>
  (await clusterHolders(store, cluster)).some(({ executionId }) => chain.includes(executionId));

/**
 * Those that wait for the same cluster and start before an execution, the first of them first: rollbacks, then those that were
 * asked for before. Only what a person started waits behind others than rollbacks: it holds nothing that these could wait for,
 * so that no circle comes of it. What stages started lets rollbacks go first, unless one of its `chain` of parents and children
 * is at work there.
 */
export async function waitingAhead(
  store: DocumentStore,
  asking: Asking,
  chain: readonly string[] = [],
): Promise<readonly Execution[]> {
  const { cluster } = asking.definition;
  const history = await readHistory(store, cluster);
  const ahead = history
    .filter((other) => other.id !== asking.id && waits(other) && isBefore(other, asking))
    .toReversed();
  if (ahead.length === 0) return [];
  if (asking.trigger.type !== 'manual' && (await hasCluster(store, cluster, chain))) return [];
  return [...ahead.filter(goesFirst), ...ahead.filter((other) => !goesFirst(other))];
}

/** The first rollback that waits for a cluster, before which a stage of another environment does not take it. */
export async function rollbackAhead(
  store: DocumentStore,
  { executionId, cluster }: { readonly executionId: string; readonly cluster: string },
  chain: readonly string[],
): Promise<ClusterHolder | undefined> {
  const history = await readHistory(store, cluster);
  const first = history.findLast((other) => other.id !== executionId && goesFirst(other) && waits(other));
  return first === undefined || (await hasCluster(store, cluster, chain)) ? undefined : { executionId: first.id };
}
