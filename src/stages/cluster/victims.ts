import { countServing, isDisabled, newestFirst, type ServerGroup } from '../../model/server-group';

/** How a cluster-wide stage chooses (semantics §4.6). */
export type VictimChoice = {
  /** How many groups of the place stay untouched. */
  readonly keep: number;
  /** Consider only groups in service, only those out of service, or all. */
  readonly among: 'active' | 'inactive' | 'all';
  readonly preferLarger: boolean;
  /** Groups that this execution created: they, and any newer, are never victims but count as kept. */
  readonly createdHere: readonly string[];
  /** Groups that stood before: a change of theirs makes them newer than ours, and they may be victims nevertheless. */
  readonly stoodBefore?: readonly string[];
  /** Groups that are kept before any other, whatever their age, the first before the second. */
  readonly keepFirst?: readonly string[];
};

const isActive = (group: ServerGroup) => !isDisabled(group) || countServing(group) > 0;

function candidatesOf(groups: readonly ServerGroup[], choice: VictimChoice): readonly ServerGroup[] {
  const { createdHere, stoodBefore = [] } = choice;
  const own = groups.filter((group) => createdHere.includes(group.name));
  const since = Math.min(...own.map((group) => group.createdTime));
  const isEarlier = ({ name, createdTime }: ServerGroup) => createdTime <= since || stoodBefore.includes(name);
  return groups.filter((group) => !createdHere.includes(group.name) && isEarlier(group));
}

/** The place of a name in a list; that after the last for one that is not in it. */
const rankOf = (name: string, names: readonly string[]): number =>
  names.includes(name) ? names.indexOf(name) : names.length;

/** The groups of one place that a cluster-wide stage acts on, in the order it acts. */
export function chooseVictims(groups: readonly ServerGroup[], choice: VictimChoice): readonly ServerGroup[] {
  const { keep, among, preferLarger, keepFirst = [] } = choice;
  const eligible = candidatesOf(groups, choice);
  const candidates = eligible.filter((group) => {
    if (among === 'all') return true;
    return isActive(group) === (among === 'active');
  });
  const ordered = [...candidates].sort((a, b) => {
    const kept = rankOf(a.name, keepFirst) - rankOf(b.name, keepFirst);
    const activity = among === 'all' ? Number(isActive(b)) - Number(isActive(a)) : 0;
    return kept || activity || (preferLarger ? b.instances.length - a.instances.length : 0) || newestFirst(a, b);
  });
  // Groups out of service do not count as kept where only those in service are considered.
  const counted = among === 'active' ? eligible : candidates;
  return ordered.slice(Math.max(0, keep - (groups.length - counted.length)));
}
