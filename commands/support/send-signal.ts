import { actingUser } from '../../src/engine/acting-user';
import { isNewest } from '../../src/engine/adopt-child';
import { lockCluster } from '../../src/engine/cluster-lock';
import { ancestorIdsOf, awaitingOf } from '../../src/engine/lineage';
import { worksOnCluster } from '../../src/engine/read-history';
import { retryRefusal } from '../../src/engine/retry-choice';
import type { Signal } from '../../src/engine/signals';
import type { StartRefusal } from '../../src/engine/start-execution';
import { blockedBy } from '../../src/engine/wait-in-queue';
import type { Command } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { joinTexts, type Text } from '../../src/model/text';
import { mayDeploy, mayJudge, mayStartNow, type Permission } from '../../src/policy/permissions';
import { createHolds } from '../../src/policy/locks/create-holds';
import { readStop } from '../../src/policy/stop';
import { holdText } from '../../src/model/hold';
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

/**
 * Who asked for what an execution does, as seen by a person: themselves where they asked for it, or for what waits for it, or
 * let one of these go on by a retry.
 */
async function requesterFor({ store }: VerbWorld, execution: Execution, user: string): Promise<string> {
  const all = [execution, ...(await awaitingOf(store, execution))];
  const isTheirs = all.some((each) => each.trigger.user === user || actingUser(each) === user);
  return isTheirs ? user : execution.trigger.user;
}

async function permissionFor(world: VerbWorld, execution: Execution, signal: Signal): Promise<Permission> {
  if (signal.type === 'retryStage') return retryPermission(world, execution, signal.user);
  if (signal.type === 'notify') return { allowed: true };
  if (signal.type === 'override') return overridePermission(world, execution, signal);
  if (signal.type === 'breakGlass') return breakGlassPermission(world, execution, signal);
  const people = await world.people();
  const { policy, environment } = execution.definition;
  const requester = await requesterFor(world, execution, signal.user);
  if (signal.type === 'judge') return mayJudge(policy, people, signal.user, requester);
  const where = `${execution.application} ${environment}`;
  if (signal.type === 'startNow') return mayStartNow(policy, people, signal.user, { requester, where });
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

/**
 * What a lock or the stop keeps a person from: to retry is to begin anew, and while everything is stopped nothing goes on by
 * itself. A rollback is kept from nothing.
 */
async function refuseHeld(world: VerbWorld, execution: Execution, { type, user }: Signal): Promise<Sent | undefined> {
  if (execution.definition.kind === 'rollback') return undefined;
  const { store, clock } = world;
  const asked = { ...execution, authentication: { user }, buildTime: clock.now() };
  const isBegun = type === 'resume' || type === 'startNow';
  const isStopped = isBegun && (await readStop(store, execution.teamId)) !== undefined;
  const hold = type === 'retryStage' || isStopped ? await createHolds(world).look(asked) : undefined;
  if (hold === undefined) return undefined;
  return { type: 'refused', reason: joinTexts(['No: ', holdText(hold), '. Nothing was changed.']) };
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
  const held = await refuseHeld(world, execution, signal);
  if (held !== undefined) return held;
  if (signal.type === 'retryStage' && isComplete(execution.status)) {
    const refusal = await reopen(world, execution);
    if (refusal !== undefined) return refusal;
  }
  const outcome = await world.signal(execution.id, { ...signal, origin: originOf(source) }, id);
  return outcome.accepted ? { type: 'accepted' } : { type: 'refused', reason: outcome.message };
}
