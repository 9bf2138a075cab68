import type { Execution } from '../model/execution';
import { isComplete } from '../model/status';
import { executionKind, expiryKind } from './document-kinds';
import { ancestorIdsOf } from './lineage';
import { isWaiting } from './read-history';
import type { DocumentKind, DocumentStore } from './ports/document-store';

/** Who works on a cluster: an execution, or the expiry of a server group that one left behind. */
export type ClusterHolder = {
  readonly executionId: string;
  readonly expiryId?: string;
  /** That of its admission, where an execution goes on after its end: it takes the cluster anew. */
  readonly round?: number;
};

/** An execution as the holder of a cluster. */
export const holderOf = ({ id, admission }: Pick<Execution, 'id' | 'admission'>): ClusterHolder => {
  const round = admission?.round ?? 0;
  return { executionId: id, ...(round === 0 ? {} : { round }) };
};

/** Its id is the cluster's (`foo-prod`); `below` are executions that the holder, or one of them, started to work under it. */
type ClusterLock = ClusterHolder & {
  readonly schema: 1;
  readonly below?: readonly ClusterHolder[];
  /** Absent: 0. */
  readonly fence?: number;
};

const clusterLockKind: DocumentKind<ClusterLock> = { name: 'lock', indexes: () => ({}) };

const isSame = (one: ClusterHolder, other: ClusterHolder) =>
  one.executionId === other.executionId && one.expiryId === other.expiryId && one.round === other.round;

/** Whether a holder is the same execution, before it went on. */
const isEarlier = (holder: ClusterHolder, wanted: ClusterHolder) =>
  holder.executionId === wanted.executionId &&
  holder.expiryId === undefined &&
  wanted.expiryId === undefined &&
  (holder.round ?? 0) < (wanted.round ?? 0);

const membersOf = ({ schema, below = [], fence, ...holder }: ClusterLock): readonly ClusterHolder[] => [
  holder,
  ...below,
];

function lockOf(members: readonly ClusterHolder[], fence: number): ClusterLock {
  const [first = { executionId: '' }, ...below] = members;
  return { schema: 1, ...first, ...(below.length === 0 ? {} : { below }), ...(fence === 0 ? {} : { fence }) };
}

const isMember = (lock: ClusterLock, wanted: ClusterHolder) => membersOf(lock).some((member) => isSame(member, wanted));

function isUnchanged(one: ClusterLock, other: ClusterLock): boolean {
  const [members, others] = [membersOf(one), membersOf(other)];
  return (
    members.length === others.length &&
    members.every((member, index) => isSame(member, others[index] ?? { executionId: '' }))
  );
}

async function isAtWork(store: DocumentStore, { executionId, expiryId }: ClusterHolder): Promise<boolean> {
  if (expiryId !== undefined) return (await store.get(expiryKind, expiryId))?.document.state === 'destroying';
  const held = await store.get(executionKind, executionId);
  if (held === undefined || isComplete(held.document.status)) return false;
  // One that waits for its turn or its cluster has given back what it had before its end.
  return !isWaiting(held.document);
}

/** Whether a holder is an execution, or one that stages of it started, near or far. */
async function isOf(store: DocumentStore, { executionId, expiryId }: ClusterHolder, head: string): Promise<boolean> {
  if (expiryId !== undefined) return false;
  const execution = (await store.get(executionKind, executionId))?.document;
  return executionId === head || (execution !== undefined && (await ancestorIdsOf(store, execution)).includes(head));
}

async function filterAsync<T>(all: readonly T[], keep: (one: T) => Promise<boolean>): Promise<readonly T[]> {
  const kept = await Promise.all(all.map(keep));
  return all.filter((_one, index) => kept[index]);
}

const atWork = (store: DocumentStore, lock: ClusterLock, replaced?: string): Promise<readonly ClusterHolder[]> =>
  filterAsync(membersOf(lock), async (member) => {
    if (replaced !== undefined && (await isOf(store, member, replaced))) return false;
    return isAtWork(store, member);
  });

/** The ids of the executions that work on a cluster and are one execution, or were started by stages of it, near or far. */
export async function holdersUnder(store: DocumentStore, cluster: string, head: string): Promise<readonly string[]> {
  const lock = (await store.get(clusterLockKind, cluster))?.document;
  const busy = lock === undefined ? [] : await atWork(store, lock);
  return (await filterAsync(busy, (member) => isOf(store, member, head))).map(({ executionId }) => executionId);
}

/** Those of several that are not of a chain of parents and children. */
const outsideOf = (members: readonly ClusterHolder[], chain: readonly string[]) =>
  members.filter(({ executionId, expiryId }) => expiryId !== undefined || !chain.includes(executionId));

/**
 * A number that is one more whenever somebody takes a cluster on which nobody works; those of one chain of parents and
 * children, who share it, have the same. 0 until it was taken twice.
 */
export const fenceOf = async (store: DocumentStore, cluster: string): Promise<number> =>
  (await store.get(clusterLockKind, cluster))?.document.fence ?? 0;

/** Whether somebody has taken a cluster, and has it yet. */
export async function holdsCluster(store: DocumentStore, cluster: string, holder: ClusterHolder): Promise<boolean> {
  const lock = (await store.get(clusterLockKind, cluster))?.document;
  return lock !== undefined && isMember(lock, holder);
}

/** All who keep others from a cluster; those of `chain` do not count. */
export async function clusterHolders(
  store: DocumentStore,
  cluster: string,
  chain: readonly string[] = [],
): Promise<readonly ClusterHolder[]> {
  const lock = (await store.get(clusterLockKind, cluster))?.document;
  return lock === undefined ? [] : outsideOf(await atWork(store, lock), chain);
}

/** The first of those who keep others from a cluster; those of `chain` do not count. */
export const clusterHolder = async (
  store: DocumentStore,
  cluster: string,
  chain: readonly string[] = [],
): Promise<ClusterHolder | undefined> => (await clusterHolders(store, cluster, chain))[0];

/**
 * Takes a cluster, if nobody works on it, for somebody whose own document stands in the store already; answers who else
 * holds it. An execution that is being canceled works on it until its way back is through; only the one that `replaces`
 * it need not wait, neither for it nor for what its stages started. Executions of one `chain` of parents and children share it, so that a child works under its parent's
 * lock; two children of one parent do not. Taking it again changes nothing.
 */
export async function lockCluster(
  store: DocumentStore,
  cluster: string,
  wanted: ClusterHolder,
  replaces?: string,
  chain: readonly string[] = [],
): Promise<ClusterHolder | undefined> {
  const alone: ClusterLock = { schema: 1, ...wanted };
  await store.create(clusterLockKind, cluster, alone);
  const found = (await store.get(clusterLockKind, cluster))?.document ?? alone;
  if (isMember(found, wanted)) return undefined;
  const busy = (await atWork(store, found, replaces)).filter((member) => !isEarlier(member, wanted));
  const [outside] = outsideOf(busy, chain);
  if (outside !== undefined) return outside;
  const step = busy.length === 0 ? 1 : 0;
  const take = (lock: ClusterLock): ClusterLock => lockOf([...busy, wanted], (lock.fence ?? 0) + step);
  const saved = await store.update(clusterLockKind, cluster, (lock) => (isUnchanged(lock, found) ? take(lock) : lock));
  return saved === undefined || isMember(saved.document, wanted) ? undefined : membersOf(saved.document)[0];
}

const withoutMember = (lock: ClusterLock, holder: ClusterHolder): ClusterLock =>
  lockOf(
    membersOf(lock).filter((member) => !isSame(member, holder)),
    lock.fence ?? 0,
  );

/** Gives a cluster back before its holder's document says that it is over; whoever does not hold it changes nothing. */
export async function unlockCluster(store: DocumentStore, cluster: string, holder: ClusterHolder): Promise<void> {
  const held = (await store.get(clusterLockKind, cluster))?.document;
  if (held === undefined || !isMember(held, holder)) return;
  await store.update(clusterLockKind, cluster, (lock) => (isMember(lock, holder) ? withoutMember(lock, holder) : lock));
}
