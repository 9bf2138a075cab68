import { countServing, isDisabled, type ServerGroup } from '../../model/server-group';
import type { Victim } from '../documents';
import { ended, type Step } from '../step';

const lookMs = 5_000;
const longestMs = 3_600_000;

/** As many serve as before, or as are wanted since; the instance itself is gone. */
function isAsBefore(group: ServerGroup, { instanceId, servingBefore }: Victim): boolean {
  const isGone = group.instances.every(({ id }) => id !== instanceId);
  return isGone && countServing(group) >= Math.min(servingBefore, group.desired);
}

/** Watches until the server group is as healthy as before the kill. */
export const recovering: Step<'recovering'> = async ({ serverGroups }, { victim, state }, now) => {
  const { is: _is, killedAt, ...rest } = state;
  const end = { ...rest, killedAt };
  if (victim === undefined) return ended('killed', now, end);
  if (now - killedAt > longestMs)
    return ended('killed', now, {
      ...end,
      reason: `${victim.serverGroup} was not as healthy as before within an hour.`,
    });
  const seen = await serverGroups.look(victim.location, undefined, victim.cluster);
  const group = seen.value.group(victim.location, victim.serverGroup);
  if (group === undefined || isDisabled(group))
    return ended('killed', now, { ...end, reason: `${victim.serverGroup} was taken out of service meanwhile.` });
  if (!isAsBefore(group, victim)) return { again: lookMs };
  return ended('killed', now, { ...end, recoveryMs: now - killedAt });
};
