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
  /** How many instances each group that goes keeps. @default 0 */
  readonly keeping?: number;
  /** How many healthy instances must be left. @default 1 */
  readonly minimumServing?: number;
};

const countBut = (groups: readonly ServerGroup[], gone: ReadonlySet<string>): number =>
  groups.flatMap(({ instances }) => instances).filter(({ id, serving }) => serving && !gone.has(id)).length;

const groupsOf = (groups: readonly ServerGroup[], ids: readonly string[]): readonly string[] =>
  groups.filter(({ instances }) => instances.some(({ id }) => ids.includes(id))).map(({ name }) => name);

/** What surely still serves of a group that shrinks: Marathon does not say which instances it stops. */
function countKept(group: ServerGroup, keeping: number, gone: ReadonlySet<string>): number {
  const stopped = Math.max(0, group.desired - keeping);
  return Math.min(keeping, Math.max(0, countBut([group], gone) - stopped));
}

/**
 * Never the last healthy server group: what goes may not leave the cluster without a serving instance, nor with fewer than
 * are promised (semantics §8 with a minimum ratio of 0, decisions 16). A cluster that serves nothing passes.
 */
export function guardTraffic(question: GuardQuestion): GuardAnswer {
  const { operation, cluster, place, groups, going, reserved, instances = [], reservedInstances = [] } = question;
  const { keeping = 0, minimumServing = 1 } = question;
  const gone = new Set(reservedInstances.filter((id) => !instances.includes(id)));
  const then = new Set([...reservedInstances, ...instances]);
  const present = groups.filter((group) => !reserved.includes(group.name) || going.includes(group.name));
  const current = countBut(present, gone);
  const others = present.filter((group) => !going.includes(group.name));
  const leaves = current > countBut(others, then);
  // A group scaled to 0 still serves while it drains, but is no traffic to count on.
  const staying = others.filter((group) => !isDisabled(group));
  const kept = present.filter((group) => going.includes(group.name));
  const future = countBut(staying, then) + kept.reduce((sum, group) => sum + countKept(group, keeping, then), 0);
  const least = Math.max(1, minimumServing);
  if (!leaves || future >= least) return { allowed: true };
  const what = [...going, ...groupsOf(groups, instances)].join(', ');
  const left = `${operation} ${what} would leave cluster ${cluster} in ${place} with ${future} of ${current} healthy instances`;
  const advice =
    future === 0 ? '. Enable or deploy another server group first.' : `, fewer than the ${least} that must serve.`;
  return { allowed: false, reason: `${left}${advice}`, numbers: { left: future, of: current, least } };
}
