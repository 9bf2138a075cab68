import { lockCluster, type ClusterHolder } from '../../src/engine/cluster-lock';
import { readHistory, worksOnCluster } from '../../src/engine/read-history';
import type { Signal } from '../../src/engine/signals';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import type { Text } from '../../src/model/text';
import { mayDeploy, mayJudge, type Permission } from '../../src/policy/permissions';
import type { VerbWorld } from './verb';

/** What became of a signal: taken, refused to this person, too late, or the cluster is held by another. */
export type Sent =
  | { readonly type: 'accepted' }
  | { readonly type: 'forbidden'; readonly reason: Text }
  | { readonly type: 'refused'; readonly reason: Text }
  | { readonly type: 'lost'; readonly holder: ClusterHolder };

async function permissionFor(world: VerbWorld, execution: Execution, signal: Signal): Promise<Permission> {
  const people = await world.people();
  const { policy, environment } = execution.definition;
  if (signal.type === 'judge') return mayJudge(policy, people, signal.user, execution.trigger.user);
  return mayDeploy(policy, people, signal.user, `${execution.application} ${environment}`);
}

/** A retry of what is over works on the cluster again, so that nothing newer may have been there. */
async function reopen(world: VerbWorld, execution: Execution): Promise<Sent | undefined> {
  if (!worksOnCluster(execution)) return undefined;
  const { id, definition } = execution;
  const [newest] = (await readHistory(world.store, definition.cluster)).filter(worksOnCluster);
  if (newest?.id !== id) {
    return { type: 'refused', reason: 'Something newer has happened here: deploy again instead of retrying.' };
  }
  const holder = await lockCluster(world.store, definition.cluster, { executionId: id });
  return holder === undefined ? undefined : { type: 'lost', holder };
}

/** Applies what a person does to an execution, wherever they say it: by a button or in words. `signalId` makes a repeat count as done. */
export async function sendSignal(
  world: VerbWorld,
  execution: Execution,
  signal: Signal,
  signalId: string,
): Promise<Sent> {
  const permission = await permissionFor(world, execution, signal);
  if (!permission.allowed) return { type: 'forbidden', reason: permission.reason };
  if (signal.type === 'retryStage' && isComplete(execution.status)) {
    const refusal = await reopen(world, execution);
    if (refusal !== undefined) return refusal;
  }
  const outcome = await world.signal(execution.id, signal, signalId);
  return outcome.accepted ? { type: 'accepted' } : { type: 'refused', reason: outcome.message };
}
