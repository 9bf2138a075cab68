import { isNewest } from '../../src/engine/adopt-child';
import { lockCluster } from '../../src/engine/cluster-lock';
import { ancestorIdsOf } from '../../src/engine/lineage';
import { worksOnCluster } from '../../src/engine/read-history';
import { retryRefusal } from '../../src/engine/retry-choice';
import type { Signal } from '../../src/engine/signals';
import type { StartRefusal } from '../../src/engine/start-execution';
import { blockedBy } from '../../src/engine/wait-in-queue';
import type { Command } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import type { Text } from '../../src/model/text';
import { mayDeploy, mayJudge, mayStartNow, type Permission } from '../../src/policy/permissions';
import { originOf } from './audit-command';
import { breakGlassPermission, overridePermission } from './override-permission';
import { parentRefusal } from './parent-refusal';
import { retryPermission } from './retry-permission';
import type { VerbWorld } from './verb';

/** What became of a signal: taken, refused to this person, too late, or the cluster is held by another. */
export type Sent =
  | { readonly type: 'accepted' }
  | { readonly type: 'forbidden'; readonly reason: Text }
  | { readonly type: 'refused'; readonly reason: Text }
  | { readonly type: 'lost'; readonly holder: StartRefusal };

async function permissionFor(world: VerbWorld, execution: Execution, signal: Signal): Promise<Permission> {
  if (signal.type === 'retryStage') return retryPermission(world, execution, signal.user);
  if (signal.type === 'override') return overridePermission(world, execution, signal);
  if (signal.type === 'breakGlass') return breakGlassPermission(world, execution, signal);
  const people = await world.people();
  const { policy, environment } = execution.definition;
  if (signal.type === 'judge') return mayJudge(policy, people, signal.user, execution.trigger.user);
  const where = `${execution.application} ${environment}`;
  if (signal.type === 'startNow')
    return mayStartNow(policy, people, signal.user, { requester: execution.trigger.user, where });
  return mayDeploy(policy, people, signal.user, where);
}

/**
 * A retry of what is over works on the cluster again, so that nothing newer may have been there, and nobody else may have its
 * place. One whose pipeline limits how many run takes the cluster later, when it has its turn.
 */
async function reopen({ store }: VerbWorld, execution: Execution): Promise<Sent | undefined> {
  if (!(await isNewest(store, execution)))
    return { type: 'refused', reason: 'Something newer has happened here: deploy again instead of retrying.' };
  const above = await parentRefusal(store, execution);
  if (above !== undefined) return { type: 'refused', reason: above };
  const other = await blockedBy(store, execution);
  if (other !== undefined)
    return { type: 'refused', reason: `${other} is under way in the same pipeline. Retry when it is over.` };
  if (execution.admission !== undefined || !worksOnCluster(execution)) return undefined;
  const chain = await ancestorIdsOf(store, execution);
  const wanted = { executionId: execution.id };
  const holder = await lockCluster(store, execution.definition.cluster, wanted, undefined, chain);
  return holder === undefined ? undefined : { type: 'lost', holder };
}

/** Applies what a person does to an execution, wherever they say it: by a button or in words. The command's id makes a repeat count as done. */
export async function sendSignal(
  world: VerbWorld,
  execution: Execution,
  signal: Signal,
  { id, source }: Pick<Command, 'id' | 'source'>,
): Promise<Sent> {
  const permission = await permissionFor(world, execution, signal);
  if (!permission.allowed) return { type: 'forbidden', reason: permission.reason };
  const unoffered = signal.type === 'retryStage' ? retryRefusal(execution, signal.stageId) : undefined;
  if (unoffered !== undefined) return { type: 'refused', reason: unoffered };
  if (signal.type === 'retryStage' && isComplete(execution.status)) {
    const refusal = await reopen(world, execution);
    if (refusal !== undefined) return refusal;
  }
  const outcome = await world.signal(execution.id, { ...signal, origin: originOf(source) }, id);
  return outcome.accepted ? { type: 'accepted' } : { type: 'refused', reason: outcome.message };
}
