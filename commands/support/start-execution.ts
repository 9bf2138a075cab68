import type { Command, ExecutionDraft } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import { lockCluster, type ClusterHolder } from '../../src/engine/cluster-lock';
import { executionKind } from '../../src/engine/document-kinds';
import type { VerbWorld } from './verb';

/**
 * Creates the execution of a confirmed plan under its given id; doing it again changes nothing. Answers who else took the
 * cluster first, in which case nothing was started.
 */
export async function startExecution(
  world: VerbWorld,
  id: string,
  draft: ExecutionDraft,
  command: Command,
): Promise<ClusterHolder | undefined> {
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
  const holder = await lockCluster(world.store, draft.definition.cluster, { executionId: id }, cancels);
  if (holder !== undefined) {
    await world.store.delete(executionKind, id);
    return holder;
  }
  await world.store.touch(executionKind, id, now);
  return undefined;
}
