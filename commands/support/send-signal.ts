import { isNewest } from '../../src/engine/adopt-child';
import { judgmentRoles } from '../../src/engine/approvals';
import { lockCluster } from '../../src/engine/cluster-lock';
import { stageById } from '../../src/engine/graph';
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
import { may, type Asked, type Permission } from '../../src/policy/permissions';
import { originOf } from './audit-command';
import { parentRefusal } from './parent-refusal';
import { retryPermission } from './retry-permission';
import type { VerbWorld } from './verb';

/** What became of a signal: taken, refused to this person, too late, or the cluster is held by another. */
export type Sent =
  | { readonly type: 'accepted' }
  /** `canAsk`: others may do it, and can be asked to. */
  | { readonly type: 'forbidden'; readonly reason: Text; readonly canAsk: boolean }
  | { readonly type: 'refused'; readonly reason: Text }
  | { readonly type: 'lost'; readonly holder: StartRefusal };

type Authorized = { readonly permission: Permission; readonly signal: Signal };

/** Whether a signal may be sent by whoever sends it, asked as it is sent; a decision then names the human behind the account. */
async function authorize(world: VerbWorld, execution: Execution, signal: Signal): Promise<Authorized> {
  const { user } = signal;
  if (signal.type === 'retryStage') return { signal, permission: await retryPermission(world, execution, user) };
  const { policy, environment, authors } = execution.definition;
  const { trigger, application } = execution;
  const requesters = [trigger.user, ...(trigger.alsoAsked ?? [])];
  const people = await world.people([user, ...requesters, ...(authors ?? [])]);
  const asked: Asked = { user, requesters, authors, where: `${application} ${environment}` };
  if (signal.type === 'judge') {
    const roles = judgmentRoles(stageById(execution, signal.stageId)?.context ?? {});
    const permission = may('approve', policy, people, { ...asked, roles });
    return { permission, signal: { ...signal, human: people.humanOf(user) } };
  }
  const action = signal.type === 'startNow' ? 'startNow' : 'deploy';
  return { permission: may(action, policy, people, asked), signal };
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
  wanted: Signal,
  { id, source }: Pick<Command, 'id' | 'source'>,
): Promise<Sent> {
  const { permission, signal } = await authorize(world, execution, wanted);
  if (!permission.allowed)
    return { type: 'forbidden', reason: permission.reason, canAsk: permission.ask !== undefined };
  const unoffered = signal.type === 'retryStage' ? retryRefusal(execution, signal.stageId) : undefined;
  if (unoffered !== undefined) return { type: 'refused', reason: unoffered };
  if (signal.type === 'retryStage' && isComplete(execution.status)) {
    const refusal = await reopen(world, execution);
    if (refusal !== undefined) return refusal;
  }
  const outcome = await world.signal(execution.id, { ...signal, origin: originOf(source) }, id);
  return outcome.accepted ? { type: 'accepted' } : { type: 'refused', reason: outcome.message };
}
