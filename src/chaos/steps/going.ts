import { plainText } from '../../model/text';
import { workDaysOf } from '../calendar';
import type { Victim } from '../documents';
import { keepingText } from '../kill-texts';
import { enterKill, killMs } from '../ledger';
import { guardRefusal, mayKill } from '../may-kill';
import { ended, environmentOf, spared, type Step } from '../step';
import { openUntil } from '../work-days';

const isSame = (one: Omit<Victim, 'among'>, other: Victim): boolean =>
  one.instanceId === other.instanceId && one.serverGroup === other.serverGroup && one.cluster === other.cluster;

/**
 * It is to be done now: everything is asked once more, for much may have come after the card. It is entered in the ledger in
 * one commit with the question whether it may; leashed, that is all.
 */
export const going: Step<'going'> = async (world, kill, now) => {
  const { victim, state } = kill;
  const by = state.by === undefined ? {} : { by: state.by };
  if (victim === undefined || now > state.goBy) return spared(now, 'It could not begin in time.', by);
  const allowed = await mayKill(world, kill, now);
  if ('refusal' in allowed) return spared(now, allowed.refusal, by);
  const candidate = allowed.candidates.find((each) => isSame(each.victim, victim));
  const found = environmentOf(world, victim, kill.group.application);
  const chaos = found?.environment.chaos;
  if (candidate === undefined || chaos === undefined)
    return spared(now, `${victim.instanceId} is not there any more, or not of the newest server group.`, by);
  const guarded = guardRefusal(world, candidate);
  if (guarded !== undefined) return spared(now, guarded, by);
  const { store, settings, newId } = world;
  const workDays = workDaysOf(settings, found?.application, kill.group);
  const keeping = await enterKill({ store, kill, victim, chaos, workDays, now, leashed: settings.leashed });
  if (keeping !== undefined) return spared(now, plainText(keepingText(keeping, chaos)), by);
  if (settings.leashed) return ended('leashed', now, by);
  const notAfter = Math.min(now + killMs, openUntil(workDays, now) ?? now);
  const seenStop = state.lastStop === undefined ? {} : { lastStop: state.lastStop };
  const { servingBefore } = candidate.victim;
  return {
    to: { is: 'running', executionId: newId(), notAfter, ...by, ...seenStop },
    keep: { victim: { ...victim, servingBefore } },
  };
};
