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
  /** How many instances each group that goes keeps. @default 0 */
  readonly keeping?: number;
  /** How many healthy instances must be left. @default 1 */
  readonly minimumServing?: number;
};

/** What surely still serves of a group that shrinks: Marathon does not say which instances it stops. */
function countKept(group: ServerGroup, keeping: number): number {
  const stopped = Math.max(0, group.desired - keeping);
  return Math.min(keeping, Math.max(0, countServing(group) - stopped));
}

/**
 * Never the last healthy server group: what goes may not leave the cluster without a serving instance, nor with fewer than
 * are promised (semantics §8 with a minimum ratio of 0, decisions 16). A cluster that serves nothing passes.
 */
export function guardTraffic(question: GuardQuestion): GuardAnswer {
  const { operation, cluster, place, groups, going, reserved, keeping = 0, minimumServing = 1 } = question;
  const present = groups.filter((group) => !reserved.includes(group.name) || going.includes(group.name));
  const current = present.reduce((sum, group) => sum + countServing(group), 0);
  const leaving = present.filter((group) => going.includes(group.name));
  // A group scaled to 0 still serves while it drains, but is no traffic to count on.
  const staying = present.filter((group) => !going.includes(group.name) && !isDisabled(group));
  const future =
    staying.reduce((sum, group) => sum + countServing(group), 0) +
    leaving.reduce((sum, group) => sum + countKept(group, keeping), 0);
  const isIdle = leaving.every((group) => countServing(group) === 0);
  if (current === 0 || isIdle || future >= Math.max(1, minimumServing)) return { allowed: true };
  const left = `${operation} ${going.join(', ')} would leave cluster ${cluster} in ${place} with ${future} of ${current} healthy instances`;
  const advice =
    future === 0
      ? '. Enable or deploy another server group first.'
      : `, fewer than the ${minimumServing} that must serve.`;
  return { allowed: false, reason: `${left}${advice}` };
}
