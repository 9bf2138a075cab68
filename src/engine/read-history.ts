import type { Execution } from '../model/execution';
import { isComplete } from '../model/status';
import { executionKind } from './document-kinds';
import type { DocumentStore } from './ports/document-store';

/** How many executions of a cluster are read to find the one that runs. */
const historyLimit = 50;

/** Executions of a cluster (`foo-prod`), newest first. */
export async function readHistory(store: DocumentStore, cluster: string): Promise<readonly Execution[]> {
  const found = await store.list(executionKind, {
    index: { name: 'cluster', value: cluster },
    newestFirst: true,
    limit: historyLimit,
  });
  return found.map((versioned) => versioned.document);
}

/** Whether an execution works on its cluster, so that no other may meanwhile; one that touches no region does not. */
export const worksOnCluster = ({ definition }: Pick<Execution, 'definition'>): boolean => definition.regions.length > 0;

/** The execution that works on a cluster now, if any. */
export const runningExecution = (history: readonly Execution[]): Execution | undefined =>
  history.find((execution) => !isComplete(execution.status) && worksOnCluster(execution));
