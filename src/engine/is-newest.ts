import type { Execution } from '../model/execution';
import { clusterHolders } from './cluster-lock';
import { lastBegunFirst } from './last-begun';
import { familyIdOf } from './lineage';
import type { DocumentStore } from './ports/document-store';
import { historyPages, worksOnCluster } from './read-history';

/**
 * Whether what has happened to its cluster since an execution last began was done by it or those that belong to it. Who has
 * taken the cluster and is about to begin counts as if it had; others that wait have changed nothing.
 */
export async function isNewest(store: DocumentStore, execution: Execution): Promise<boolean> {
  if (!worksOnCluster(execution)) return true;
  const own = { ...execution, startTime: execution.startTime ?? execution.buildTime };
  const { cluster } = own.definition;
  const family = await familyIdOf(store, own);
  const holders = (await clusterHolders(store, cluster)).map(({ executionId }) => executionId);
  const beginning = (other: Execution): Execution =>
    other.status === 'NOT_STARTED' && holders.includes(other.id) ? { ...other, startTime: Infinity } : other;
  for await (const page of historyPages(store, cluster)) {
    const others = page.filter((other) => worksOnCluster(other) && other.id !== own.id).map(beginning);
    const order = lastBegunFirst([...others, own]);
    for (const later of order.slice(0, order.indexOf(own)))
      if ((await familyIdOf(store, later)) !== family) return false;
    // What was asked for before it may have begun later; a whole page of that was read.
    if (page.every(({ id }) => id <= own.id)) return true;
  }
  return true;
}
