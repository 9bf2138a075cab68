import { isNewest } from '../../src/engine/is-newest';
import { judgmentRoles } from '../../src/engine/approvals';
import { clusterHolder } from '../../src/engine/cluster-lock';
import { stageById } from '../../src/engine/graph';
import { ancestorIdsOf } from '../../src/engine/lineage';
import { worksOnCluster } from '../../src/engine/read-history';
import { requestersOf } from '../../src/engine/requesters';
import { retryRefusal } from '../../src/engine/retry-choice';
import { applySignal, type Signal } from '../../src/engine/signals';
import type { StartRefusal } from '../../src/engine/start-execution';
import { blockedBy } from '../../src/engine/wait-in-queue';
import type { Command } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import type { ErrorCode } from '../../src/model/errors';
import { isComplete } from '../../src/model/status';
import { joinTexts, type Text } from '../../src/model/text';
import { createHolds } from '../../src/policy/locks/create-holds';
import { may, type Asked, type Permission } from '../../src/policy/permissions';
import { readStop } from '../../src/policy/stop';
import { holdText } from '../../src/model/hold';
import { originOf } from './audit-command';
import { heldBy, mayAll, windowOwner } from './override-permission';
import { parentRefusal } from './parent-refusal';
import { retryPermission } from './retry-permission';
import type { VerbWorld } from './verb';

/** What became of a signal: taken, refused to this person, too late, or the cluster is held by another. */
export type Sent =
  | { readonly type: 'accepted' }
  /** `ask`: others who may do it and can be asked to; absent where nobody can be, empty where no file names them. */
  | { readonly type: 'forbidden'; readonly reason: Text; readonly ask?: readonly string[] }
  | { readonly type: 'refused'; readonly reason: Text; readonly code: ErrorCode }
  | { readonly type: 'lost'; readonly holder: StartRefusal };

type Authorized = { readonly permission: Permission; readonly signal: Signal };

/** Whether a signal may be sent by whoever sends it, asked as it is sent; a decision then names the human behind the account. */
async function authorize(world: VerbWorld, execution: Execution, signal: Signal): Promise<Authorized> {
  const { user } = signal;
  if (signal.type === 'notify') return { signal, permission: { allowed: true } };
  if (signal.type === 'retryStage') return { signal, permission: await retryPermission(world, execution, user) };
  const { policy, environment, authors } = execution.definition;
  const requesters = await requestersOf(world.store, execution);
  const people = await world.people([user, ...requesters, ...(authors ?? [])]);
  const asked: Asked = { user, requesters, authors, where: `${execution.application} ${environment}` };
  if (signal.type === 'override' || signal.type === 'breakGlass') {
    const held = heldBy(world.definitions(), execution, signal.stageId);
    return { signal, permission: mayAll(signal.type, held, people, asked) };
  }
  if (signal.type === 'force') {
    const held = heldBy(world.definitions(), execution, signal.stageId);
    const isSecond = mayAll('override', held, people, asked).allowed;
    // Who may not have it forced as a second person breaks the glass, and that is reviewed.
    return {
      permission: mayAll('force', held, people, asked),
      signal: isSecond ? signal : { ...signal, type: 'breakGlass' },
    };
  }
  if (signal.type === 'judge') {
    const roles = judgmentRoles(stageById(execution, signal.stageId)?.context ?? {});
    const permission = may('approve', policy, people, { ...asked, roles });
    return { permission, signal: { ...signal, human: people.humanOf(user) } };
  }
  if (signal.type !== 'startNow') {
    const action = signal.type === 'cancel' || signal.type === 'pause' ? 'halt' : 'deploy';
    return { permission: may(action, policy, people, asked), signal };
  }
  const { where, policy: owners } = windowOwner(world.definitions(), execution, signal.stageId);
  return { permission: may('startNow', owners, people, { ...asked, where }), signal };
}

const tooLate = (reason: Text): Sent => ({ type: 'refused', reason, code: 'ALREADY_DECIDED' });
const notAllowed = (reason: Text): Sent => ({ type: 'refused', reason, code: 'NOT_ALLOWED' });

/**
 * A retry of what is over works on the cluster again: nothing newer may have been there, and nobody may be at work there now.
 * It takes the cluster when it begins; whoever comes in between is waited for.
 */
async function refuseReopening({ store }: VerbWorld, execution: Execution): Promise<Sent | undefined> {
  if (!(await isNewest(store, execution)))
    return tooLate('Something newer has happened here: deploy again instead of retrying.');
  const above = await parentRefusal(store, execution);
  if (above !== undefined) return notAllowed(above);
  const other = await blockedBy(store, execution);
  if (other !== undefined) return tooLate(`${other} is under way in the same pipeline. Retry when it is over.`);
  if (!worksOnCluster(execution)) return undefined;
  const chain = [execution.id, ...(await ancestorIdsOf(store, execution))];
  const holder = await clusterHolder(store, execution.definition.cluster, chain);
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
  return notAllowed(joinTexts(['No: ', holdText(hold), '. Nothing was changed.']));
}

/** What is bound by a digest to what was shown. */
const boundSignals: readonly Signal['type'][] = ['startNow', 'override', 'force', 'breakGlass'];

/**
 * Refuses what was shown for something else than what people have just been judged by: it might count again by the time that it
 * is applied. What was applied already is not asked about.
 */
function refuseMoved({ clock }: VerbWorld, execution: Execution, signal: Signal, id: string): Sent | undefined {
  if (!boundSignals.includes(signal.type) || execution.signals?.includes(id) === true) return undefined;
  const { outcome } = applySignal(execution, signal, clock.now());
  if (outcome.accepted || outcome.code !== 'PLAN_CHANGED') return undefined;
  return { type: 'refused', reason: outcome.message, code: outcome.code };
}

/** Applies what a person does to an execution, wherever they say it: by a button or in words. The command's id makes a repeat count as done. */
export async function sendSignal(
  world: VerbWorld,
  execution: Execution,
  wanted: Signal,
  { id, source }: Pick<Command, 'id' | 'source'>,
): Promise<Sent> {
  const { permission, signal } = await authorize(world, execution, wanted);
  if (!permission.allowed) {
    const { reason, ask } = permission;
    return { type: 'forbidden', reason, ...(ask === undefined ? {} : { ask }) };
  }
  const moved = refuseMoved(world, execution, signal, id);
  if (moved !== undefined) return moved;
  const unoffered = signal.type === 'retryStage' ? retryRefusal(execution, signal.stageId) : undefined;
  if (unoffered !== undefined) return notAllowed(unoffered);
  const held = await refuseHeld(world, execution, signal);
  if (held !== undefined) return held;
  if (signal.type === 'retryStage' && isComplete(execution.status)) {
    const refusal = await refuseReopening(world, execution);
    if (refusal !== undefined) return refusal;
  }
  const outcome = await world.signal(execution.id, { ...signal, origin: originOf(source) }, id);
  return outcome.accepted ? { type: 'accepted' } : { type: 'refused', reason: outcome.message, code: outcome.code };
}
