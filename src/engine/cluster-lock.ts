import { isComplete } from '../model/status';
import { executionKind, expiryKind } from './document-kinds';
import type { DocumentKind, DocumentStore } from './ports/document-store';

/** Who works on a cluster: an execution, or the expiry of a server group that one left behind. */
export type ClusterHolder = {
  readonly executionId: string;
  readonly expiryId?: string;
  /** That of its admission, where an execution goes on after its end: it takes the cluster anew. */
  readonly round?: number;
};

/** Its id is the cluster's (`foo-prod`). */
type ClusterLock = ClusterHolder & { readonly schema: 1 };

const clusterLockKind: DocumentKind<ClusterLock> = { name: 'lock', indexes: () => ({}) };

const isSame = (one: ClusterHolder, other: ClusterHolder) =>
  one.executionId === other.executionId && one.expiryId === other.expiryId && one.round === other.round;

/** Whether two holders are one execution, perhaps before and after it went on. */
const isSameExecution = (one: ClusterHolder, other: ClusterHolder) =>
  one.executionId === other.executionId && one.expiryId === undefined && other.expiryId === undefined;

async function isAtWork(store: DocumentStore, { executionId, expiryId }: ClusterHolder): Promise<boolean> {
  if (expiryId !== undefined) return (await store.get(expiryKind, expiryId))?.document.state === 'destroying';
  const held = await store.get(executionKind, executionId);
  if (held === undefined || isComplete(held.document.status)) return false;
  // One that waits for its turn has given back what it had before its end.
  return held.document.admission?.state !== 'waiting';
}

/**
 * Takes a cluster, if nobody works on it, for somebody whose own document stands in the store already; answers who else
 * holds it. An execution that is being canceled works on it until its way back is through; only the one that `replaces`
 * it need not wait. Taking it again changes nothing.
 */
export async function lockCluster(
  store: DocumentStore,
  cluster: string,
  wanted: ClusterHolder,
  replaces?: string,
): Promise<ClusterHolder | undefined> {
  const taken: ClusterLock = { schema: 1, ...wanted };
  await store.create(clusterLockKind, cluster, taken);
  const holder = (await store.get(clusterLockKind, cluster))?.document ?? wanted;
  if (isSame(holder, wanted)) return undefined;
  const isOwn = isSameExecution(holder, wanted) && (holder.round ?? 0) < (wanted.round ?? 0);
  const isReplaced = isOwn || (holder.expiryId === undefined && holder.executionId === replaces);
  if (!isReplaced && (await isAtWork(store, holder))) return holder;
  const saved = await store.update(clusterLockKind, cluster, (lock) => (isSame(lock, holder) ? taken : lock));
  return saved === undefined || isSame(saved.document, wanted) ? undefined : saved.document;
}

/** Gives a cluster back before its holder's document says that it is over; whoever does not hold it changes nothing. */
export async function unlockCluster(store: DocumentStore, cluster: string, holder: ClusterHolder): Promise<void> {
  const held = (await store.get(clusterLockKind, cluster))?.document;
  if (held === undefined || !isSame(held, holder)) return;
  const free: ClusterLock = { schema: 1, executionId: '' };
  await store.update(clusterLockKind, cluster, (lock) => (isSame(lock, holder) ? free : lock));
}
