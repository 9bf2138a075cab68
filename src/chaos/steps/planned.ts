import { plainText } from '../../model/text';
import { workDaysOf } from '../calendar';
import type { ChaosWorld } from '../chaos-world';
import type { Kill, Victim } from '../documents';
import { drawOne } from '../draw';
import { earlierKill } from '../ledger';
import { earlierText } from '../kill-texts';
import { guardRefusal, mayKill, type Allowed } from '../may-kill';
import { environmentOf, spared, type Step, type StepResult } from '../step';
import { openUntil } from '../work-days';

/** How late a kill may be: those of a longer absence would all come at once. */
const latestMs = 15 * 60_000;
/** How long one that nobody need confirm has to begin. */
const beginMs = 60_000;

/** Asks in the channel, or goes on where nobody is to be asked. */
function proceed(world: ChaosWorld, kill: Kill, victim: Victim, lastStop: string, now: number): StepResult {
  const found = environmentOf(world, victim, kill.group.application);
  const channel = found?.environment.channel ?? kill.askedIn;
  const keep = { victim, ...(channel === undefined ? {} : { channel }) };
  const asks = kill.askedBy !== undefined || found?.environment.chaos?.confirm !== false;
  if (!asks) return { to: { is: 'going', since: now, goBy: now + beginMs, lastStop }, keep };
  if (channel === undefined) return spared(now, `Nobody can be asked: ${victim.environment} has no channel.`);
  const closes = openUntil(workDaysOf(world.settings, found?.application, kill.group), now) ?? now;
  const expiresAt = Math.min(now + world.settings.cardMs, closes);
  return { to: { is: 'asked', expiresAt }, keep: { ...keep, hasCard: true } };
}

/** Draws the instance, and sees whether it may go. */
async function choose(
  world: ChaosWorld,
  kill: Kill,
  { candidates, lastStop }: Extract<Allowed, { application: unknown }> & { readonly lastStop: string },
  now: number,
): Promise<StepResult> {
  const candidate = drawOne(candidates, kill.seed, `${kill.id}/instance`);
  if (candidate === undefined) return spared(now, 'Nothing of it is in service.');
  const victim: Victim = { ...candidate.victim, among: candidates.length };
  const found = environmentOf(world, victim, kill.group.application);
  const chaos = found?.environment.chaos;
  if (chaos === undefined) return spared(now, `${victim.environment} is defined no more.`);
  const { store, settings } = world;
  const workDays = workDaysOf(settings, found?.application, kill.group);
  const question = { store, kill, victim, chaos, workDays, now, leashed: settings.leashed };
  const earlier = await earlierKill(question);
  const refusal = earlier === undefined ? guardRefusal(world, candidate) : plainText(earlierText(earlier, chaos));
  return refusal === undefined ? proceed(world, kill, victim, lastStop, now) : spared(now, refusal);
}

/** Its time has come: asks every check, draws the instance, and asks in the channel where that is wanted. */
export const planned: Step<'planned'> = async (world, kill, now) => {
  if (now < kill.plannedAt) return { again: kill.plannedAt - now };
  if (now - kill.plannedAt > latestMs) return spared(now, 'Coxswain was away at its time.');
  // Read before the checks: a stop that comes and goes while they are asked counts.
  const lastStop = await world.lastStop();
  const allowed = await mayKill(world, kill, now);
  return 'refusal' in allowed ? spared(now, allowed.refusal) : choose(world, kill, { ...allowed, lastStop }, now);
};
