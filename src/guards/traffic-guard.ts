import type { GuardAnswer } from '../engine/contracts/guard';
import { isDisabled, type ServerGroup } from '../model/server-group';

/** What is about to be taken out of a cluster in one place. */
export type GuardQuestion = {
  /** As the message begins: `Disabling`, `Destroying`, `Removal of all instances in`. */
  readonly operation: string;
  readonly cluster: string;
  /** `account/region`. */
  readonly place: string;
  readonly groups: readonly ServerGroup[];
  /** Names of the groups that go. */
  readonly going: readonly string[];
  /** Names of groups that others have already been allowed to take out and that may still be seen. */
  readonly reserved: readonly string[];
  /** Ids of instances that go, of groups that stay. */
  readonly instances?: readonly string[];
  /** Ids of instances that others have already been allowed to kill. */
  readonly reservedInstances?: readonly string[];
};

const countBut = (groups: readonly ServerGroup[], gone: ReadonlySet<string>): number =>
  groups.flatMap(({ instances }) => instances).filter(({ id, serving }) => serving && !gone.has(id)).length;

const groupsOf = (groups: readonly ServerGroup[], ids: readonly string[]): readonly string[] =>
  groups.filter(({ instances }) => instances.some(({ id }) => ids.includes(id))).map(({ name }) => name);

/**
 * Never the last healthy server group: what goes may not leave the cluster without a serving instance
 * (semantics §8 with a minimum ratio of 0, decisions 16). A cluster that serves nothing passes.
 */
export function guardTraffic(question: GuardQuestion): GuardAnswer {
  const { operation, cluster, place, groups, going, reserved, instances = [], reservedInstances = [] } = question;
  const gone = new Set(reservedInstances.filter((id) => !instances.includes(id)));
  const then = new Set([...reservedInstances, ...instances]);
  const present = groups.filter((group) => !reserved.includes(group.name) || going.includes(group.name));
  const current = countBut(present, gone);
  const others = present.filter((group) => !going.includes(group.name));
  const leaves = current > countBut(others, then);
  // A group scaled to 0 still serves while it drains, but is no traffic to count on.
  const staying = others.filter((group) => !isDisabled(group));
  if (!leaves || countBut(staying, then) > 0) return { allowed: true };
  const reason =
    `${operation} ${(instances.length > 0 ? [...going, ...groupsOf(groups, instances)] : going).join(', ')} would leave cluster ${cluster} in ${place} with 0 of ${current} healthy instances. ` +
    `Enable or deploy another server group first.`;
  return { allowed: false, reason };
}
