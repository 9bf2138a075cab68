import type { Execution } from '../model/execution';
import { isComplete } from '../model/status';
import { executionKind } from './document-kinds';
import { lastBegunFirst } from './last-begun';
import type { DocumentStore } from './ports/document-store';

/** How many executions of a cluster are read at once, and at all to find the one that runs. */
const historyLimit = 50;

/** Executions of a cluster (`foo-prod`), newest first: at most 50, of those older than the id `after` where one is given. */
export async function readHistory(
  store: DocumentStore,
  cluster: string,
  after?: string,
): Promise<readonly Execution[]> {
  const found = await store.list(executionKind, {
    index: { name: 'cluster', value: cluster },
    newestFirst: true,
    limit: historyLimit,
    ...(after === undefined ? {} : { after }),
  });
  return found.map((versioned) => versioned.document);
}

/** All executions of a cluster (`foo-prod`), newest first, in pages of at most 50. */
export async function* historyPages(store: DocumentStore, cluster: string): AsyncGenerator<readonly Execution[]> {
  let page = await readHistory(store, cluster);
  for (let oldest = page.at(-1); oldest !== undefined; oldest = page.at(-1)) {
    yield page;
    page = await readHistory(store, cluster, oldest.id);
  }
}

/** Whether an execution works on its cluster, so that no other may meanwhile; one that touches no region does not. */
export const worksOnCluster = ({ definition }: Pick<Execution, 'definition'>): boolean => definition.regions.length > 0;

/** Whether an execution waits for its turn, for others on its cluster or for a lock, and so holds nothing. */
export const isWaiting = ({ status, admission }: Execution): boolean =>
  status === 'NOT_STARTED' && ['waiting', 'yielding', 'blocked', 'held'].includes(admission?.state ?? 'new');

/**
 * The execution that works on a cluster now, if any; where stages of it have started others there, which share the cluster, the
 * one that was first. The history is newest first.
 */
export const runningExecution = (history: readonly Execution[]): Execution | undefined =>
  history.findLast((execution) => !isComplete(execution.status) && worksOnCluster(execution) && !isWaiting(execution));

const parentIn = (history: readonly Execution[], { trigger }: Execution): Execution | undefined =>
  trigger.type === 'pipeline' ? history.find(({ id }) => id === trigger.parentExecutionId) : undefined;

/**
 * The execution that says how it stands with a cluster: the one that began last, or the one that started it and has not
 * succeeded; undefined where none has begun.
 */
export function latestExecution(history: readonly Execution[]): Execution | undefined {
  let [latest] = lastBegunFirst(history);
  for (let next = latest; next !== undefined; next = parentIn(history, next)) {
    if (next.status !== 'SUCCEEDED') latest = next;
  }
  return latest;
}

/** An execution, and what its stages started on the same cluster, near and far. */
export const familyIn = (history: readonly Execution[], head: Execution): readonly Execution[] =>
  history.filter((member) => {
    for (let next: Execution | undefined = member; next !== undefined; next = parentIn(history, next))
      if (next.id === head.id) return true;
    return false;
  });
