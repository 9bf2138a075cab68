import type { GuardAnswer } from '../engine/contracts/guard';
import { countServing, isDisabled, type ServerGroup } from '../model/server-group';

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
};

/**
 * Never the last healthy server group: what goes may not leave the cluster without a serving instance
 * (semantics §8 with a minimum ratio of 0, decisions 16). A cluster that serves nothing passes.
 */
export function guardTraffic({ operation, cluster, place, groups, going, reserved }: GuardQuestion): GuardAnswer {
  const present = groups.filter((group) => !reserved.includes(group.name) || going.includes(group.name));
  const current = present.reduce((sum, group) => sum + countServing(group), 0);
  const leaving = present.filter((group) => going.includes(group.name));
  // A group scaled to 0 still serves while it drains, but is no traffic to count on.
  const staying = present.filter((group) => !going.includes(group.name) && !isDisabled(group));
  const future = staying.reduce((sum, group) => sum + countServing(group), 0);
  if (current === 0 || leaving.every((group) => countServing(group) === 0) || future > 0) return { allowed: true };
  const reason =
    `${operation} ${going.join(', ')} would leave cluster ${cluster} in ${place} with 0 of ${current} healthy instances. ` +
    `Enable or deploy another server group first.`;
  return { allowed: false, reason };
}
