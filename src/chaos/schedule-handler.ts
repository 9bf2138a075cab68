import type { DueHandler } from '../engine/ports/wake';
import type { ChaosSettings } from '../model/chaos';
import { addDays, instantOf, localTime, type LocalDate } from '../model/local-time';
import type { ChaosWorld } from './chaos-world';
import { killKind, scheduleKind, type ChaosSchedule, type DrawnKill, type Kill } from './documents';
import { drawKills, type DrawnFor } from './draw-kills';
import { groupsOf, readMembers } from './groups';
import { nextWeekday } from './work-days';

/** How long before the first hour the day is drawn. */
const aheadHours = 2;
/** When a place that cannot be seen is looked for again. */
const retryMs = 60_000;

const hourOf = (hour: number, { timeZone }: ChaosSettings, date: LocalDate): number =>
  instantOf(date, hour * 60, timeZone).at;

/** When a date is drawn, when its hours begin and when they end. */
const timesOf = (settings: ChaosSettings, date: LocalDate) => ({
  draws: hourOf(Math.max(0, settings.startHour - aheadHours), settings, date),
  begins: hourOf(settings.startHour, settings, date),
  ends: hourOf(settings.endHour, settings, date),
});

/** The date that is to be drawn next from an instant on: that day, or the next weekday where its hours are over. */
function nextDate(settings: ChaosSettings, now: number): LocalDate {
  const today = nextWeekday(localTime(now, settings.timeZone).date);
  return now < timesOf(settings, today).ends ? today : nextWeekday(addDays(today, 1));
}

/** What kills are drawn for; `blind` where something of it could not be seen. */
async function look({ definitions, serverGroups, onError }: ChaosWorld) {
  const seen: DrawnFor[] = [];
  let blind = false;
  for (const application of definitions().applications.values()) {
    if (![...application.environments.values()].some(({ chaos }) => chaos?.enabled === true)) continue;
    try {
      const members = await readMembers(serverGroups, application);
      seen.push({ application, groups: groupsOf(application, members) });
    } catch (error) {
      onError(error, application.name);
      blind = true;
    }
  }
  return { seen, blind };
}

/** Draws a day, once: whoever comes later finds it drawn. Undefined where it is too early to do without what cannot be seen. */
async function drawDay(world: ChaosWorld, date: LocalDate): Promise<ChaosSchedule | undefined> {
  const { store, teamId, settings, clock, newSeed } = world;
  const { seen, blind } = await look(world);
  if (blind && clock.now() < timesOf(settings, date).begins) return undefined;
  const seed = newSeed(date);
  const kills = drawKills(settings, seen, { date, seed });
  const saved = await store.update(scheduleKind, teamId, (schedule) =>
    schedule.date === date ? schedule : { ...schedule, date, seed, kills },
  );
  return saved?.document;
}

async function plan({ store, teamId, clock }: ChaosWorld, seed: string, drawn: DrawnKill): Promise<void> {
  const { id, group, at, meanDays } = drawn;
  // Drawn late in the day, what would have been earlier is not made up for.
  if (at < clock.now() && (await store.get(killKind, id)) === undefined) return;
  const kill: Kill = { schema: 1, teamId, id, group, plannedAt: at, seed, meanDays, state: { is: 'planned' } };
  await store.create(killKind, id, kill, { due: at });
}

/** Draws each work day two hours before its first hour, and plans what was drawn. Due again for the next day. */
export function createScheduleHandler(world: ChaosWorld): DueHandler {
  const { store, clock, settings } = world;
  return async (claimed, owner) => {
    const now = clock.now();
    const date = nextDate(settings, now);
    const { draws } = timesOf(settings, date);
    const dueAt = async (due: number) => {
      await store.update(scheduleKind, claimed.id, (schedule) => schedule, { due: () => due, release: owner });
    };
    if (now < draws) return dueAt(draws);
    const known = claimed.document as ChaosSchedule;
    const day = known.date === date ? known : await drawDay(world, date);
    if (day === undefined) return dueAt(now + retryMs);
    for (const drawn of day.kills) await plan(world, day.seed ?? '', drawn);
    return dueAt(timesOf(settings, nextDate(settings, timesOf(settings, date).ends)).draws);
  };
}

/** Sees to it that days are drawn; changed settings count from now on. Doing it again changes nothing. */
export async function startSchedule({ store, teamId, clock }: Pick<ChaosWorld, 'store' | 'teamId' | 'clock'>) {
  const empty: ChaosSchedule = { schema: 1, teamId, kills: [] };
  await store.create(scheduleKind, teamId, empty, { due: clock.now() });
  await store.touch(scheduleKind, teamId, clock.now());
}
