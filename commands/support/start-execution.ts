import type { Command, ExecutionDraft } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentKind, DocumentStore } from '../../src/engine/ports/document-store';
import type { VerbWorld } from './verb';

/** Which execution works on a cluster: the id is the cluster's (`foo-prod`). */
type ClusterLock = { readonly schema: 1; readonly executionId: string };

const clusterLockKind: DocumentKind<ClusterLock> = { name: 'lock', indexes: () => ({}) };

/**
 * Takes a cluster for an execution that exists, if nobody works on it; answers who holds it afterwards. One that is being
 * canceled works on it until its way back is through; only the execution that `replaces` it need not wait.
 */
export async function lockCluster(
  store: DocumentStore,
  cluster: string,
  executionId: string,
  replaces?: string,
): Promise<string> {
  await store.create(clusterLockKind, cluster, { schema: 1, executionId });
  const holder = (await store.get(clusterLockKind, cluster))?.document.executionId ?? executionId;
  if (holder === executionId) return holder;
  const held = await store.get(executionKind, holder);
  if (held !== undefined && !isComplete(held.document.status) && holder !== replaces) return holder;
  const saved = await store.update(clusterLockKind, cluster, (lock) =>
    lock.executionId === holder ? { ...lock, executionId } : lock,
  );
  return saved?.document.executionId ?? executionId;
}

/**
 * Creates the execution of a confirmed plan under its given id; doing it again changes nothing. Answers with the id of
 * another execution that took the cluster first, in which case nothing was started.
 */
export async function startExecution(
  world: VerbWorld,
  id: string,
  draft: ExecutionDraft,
  command: Command,
): Promise<string | undefined> {
  const now = world.clock.now();
  const { cancels, reason: why, ...rest } = draft;
  const execution: Execution = {
    schema: 1,
    teamId: command.teamId,
    id,
    type: 'PIPELINE',
    status: 'NOT_STARTED',
    buildTime: now,
    trigger: {
      type: 'manual',
      user: command.source.user,
      parameters: why === undefined ? {} : { reason: why },
      correlationId: command.id,
    },
    events: [],
    ...rest,
  };
  if (cancels !== undefined) {
    const reason = `replaced by '${draft.name}'`;
    await world.signal(cancels, { type: 'cancel', user: command.source.user, reason }, `${command.id}/cancels`);
  }
  const known = await world.store.get(executionKind, id);
  if (known !== undefined && known.document.status !== 'NOT_STARTED') return undefined;
  // It exists before it takes the cluster, or others would take the lock of one that does not exist yet; it is due after.
  await world.store.create(executionKind, id, execution);
  const holder = await lockCluster(world.store, draft.definition.cluster, id, cancels);
  if (holder !== id) {
    await world.store.delete(executionKind, id);
    return holder;
  }
  await world.store.touch(executionKind, id, now);
  return undefined;
}
