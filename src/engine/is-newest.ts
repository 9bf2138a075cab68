import type { Execution } from '../model/execution';
import { isComplete } from '../model/status';
import { familyIdOf } from './lineage';
import type { DocumentStore } from './ports/document-store';
import { isWaiting, readHistory, worksOnCluster } from './read-history';

/** Whether an execution has begun, or is about to: one that waits for its start has changed nothing. */
const hasBegun = (execution: Execution): boolean =>
  execution.startTime !== undefined || !(isComplete(execution.status) || isWaiting(execution));

/** Whether what has happened to its cluster since an execution began was done by it or those that belong to it. */
export async function isNewest(store: DocumentStore, execution: Execution): Promise<boolean> {
  if (!worksOnCluster(execution)) return true;
  const [newest] = (await readHistory(store, execution.definition.cluster)).filter(
    (other) => worksOnCluster(other) && hasBegun(other),
  );
  if (newest === undefined || newest.id === execution.id) return true;
  return (await familyIdOf(store, newest)) === (await familyIdOf(store, execution));
}
