import type { Execution } from '../model/execution';
import { familyIdOf } from './lineage';
import type { DocumentStore } from './ports/document-store';
import { readHistory, worksOnCluster } from './read-history';

/** Whether what has happened to its cluster since an execution began was done by it or those that belong to it. */
export async function isNewest(store: DocumentStore, execution: Execution): Promise<boolean> {
  if (!worksOnCluster(execution)) return true;
  const [newest] = (await readHistory(store, execution.definition.cluster)).filter(
    (other) => worksOnCluster(other) && other.startTime !== undefined,
  );
  if (newest === undefined || newest.id === execution.id) return true;
  return (await familyIdOf(store, newest)) === (await familyIdOf(store, execution));
}
