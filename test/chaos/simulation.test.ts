import { executionKind } from '../../src/engine/document-kinds';
import { drawKills } from '../../src/chaos/draw-kills';
import { groupsOf, readMembers } from '../../src/chaos/groups';
import { addDays, localTime, weekdayOf } from '../../src/model/local-time';
import { createCrashPoints } from '../support/crash-points';
import { chaosApplication, chaosEnvironment, chaosOf, createChaosBench, loose, monday } from '../support/chaos-kit';
import { west } from '../support/stage-kit';
import { east } from '../dcos/builders';

const dayMs = 24 * 3_600_000;
const zone = 'Europe/Berlin';
const settings = { ...loose, timeZone: zone };
const freeze = { every: 'year', from: { month: 12, day: 19 }, to: { month: 1, day: 3 } } as const;
const window = { hours: [], days: [], timeZone: zone, freezes: [freeze] };

const means = [1, 2, 3, 5] as const;
const applications = means.map((mean) =>
  chaosApplication(`a${mean}`, [
    chaosEnvironment('prod', {
      locations: [east, west],
      ...(mean === 5 ? { window } : {}),
      chaos: chaosOf({
        meanTimeBetweenKillsInWorkDays: mean,
        exceptions: [{ account: '*', region: '*', stack: 'prod', detail: 'api' }],
      }),
    }),
  ]),
);

function benchOf(more: Partial<Parameters<typeof createChaosBench>[0]> = {}) {
  const bench = createChaosBench({ applications, settings, ...more });
  for (const { name } of applications) {
    for (const place of [east, west]) {
      bench.seed(`${name}-prod-v000`, 3, place);
      bench.seed(`${name}-prod-v001`, 3, place);
      bench.seed(`${name}-prod-api-v001`, 3, place);
      bench.seed(`${name}-prod-canary-v001`, 3, place);
    }
  }
  return bench;
}

const isFrozen = (date: string) => date.slice(5) >= '12-19' || date.slice(5) <= '01-03';

describe('two years', () => {
  it('draw each group as often as its mean says, on work days and within hours only', async () => {
    const { serverGroups } = benchOf();
    const all = await Promise.all(
      applications.map(async (application) => ({
        application,
        groups: groupsOf(application, await readMembers(serverGroups, application)),
      })),
    );
    expect(all.flatMap(({ groups }) => [...groups.keys()])).toHaveLength(2 * means.length);
    const counts = new Map<string, number>();
    const workDays = { open: 0, frozen: 0 };
    for (let date = '2026-01-05'; date < '2028-01-05'; date = addDays(date, 1)) {
      const kills = drawKills(settings, all, { date, seed: `two years/${date}` });
      if (weekdayOf(date) > 5) expect(kills).toEqual([]);
      else workDays[isFrozen(date) ? 'frozen' : 'open'] += 1;
      if (isFrozen(date)) expect(kills.filter(({ group }) => group.application === 'a5')).toEqual([]);
      for (const { group, at } of kills) {
        const local = localTime(at, zone);
        expect(local.date).toBe(date);
        expect(local.minute).toBeGreaterThanOrEqual(9 * 60);
        expect(local.minute).toBeLessThan(15 * 60);
        counts.set(group.key, (counts.get(group.key) ?? 0) + 1);
      }
    }
    for (const mean of means) {
      for (const region of ['east', 'west']) {
        const p = 1 / mean;
        const days = workDays.open + (mean === 5 ? 0 : workDays.frozen);
        const sigma = Math.sqrt(days * p * (1 - p));
        const off = Math.abs((counts.get(`nonprod/a${mean}-prod/${region}`) ?? 0) - days * p);
        expect(off).toBeLessThanOrEqual(3 * sigma);
      }
    }
  });
});

/** What has been killed, and what is entered of it. */
async function outcome(bench: ReturnType<typeof benchOf>) {
  const ended = (await bench.kills()).map(({ id, state, victim }) => ({
    id,
    victim: victim?.instanceId,
    outcome: state.is === 'ended' ? state.outcome : state.is,
  }));
  return { effects: [...bench.serverGroups.effects].sort(), ended };
}

describe('the whole executor', () => {
  it('kills what was drawn, never too soon, nothing excepted, and only of the newest group', async () => {
    const apart = applications.map((application) => {
      const [prod] = application.environments.values();
      const chaos = prod?.chaos && { ...prod.chaos, minTimeBetweenKillsInWorkDays: 2 };
      return chaosApplication(application.name, [{ ...chaosEnvironment('prod'), ...prod, ...(chaos && { chaos }) }]);
    });
    const bench = benchOf({ applications: apart });
    await bench.start();
    await bench.runUntil(monday + 8 * dayMs);
    const { effects } = await outcome(bench);
    expect(effects.length).toBeGreaterThan(5);
    for (const effect of effects) expect(effect).toMatch(/^kill a\d-prod-v001\.\d+$/);
    const days = new Map<string, string[]>();
    for (const { group, state } of await bench.kills()) {
      if (state.is !== 'ended' || state.killedAt === undefined) continue;
      days.set(group.key, [...(days.get(group.key) ?? []), localTime(state.killedAt, zone).date]);
    }
    const often = [...days.values()].filter((dates) => dates.length > 1);
    expect(often.length).toBeGreaterThan(0);
    for (const dates of often)
      for (const [index, date] of dates.slice(1).entries()) {
        expect(addDays(dates[index] ?? '', 2) <= date).toBe(true);
      }
    expect(bench.errors).toEqual([]);
  }, 60_000);

  it('comes to the same wherever it is stopped and started again', async () => {
    const [, two] = applications;
    const few = two === undefined ? [] : [two];
    const runWith = async (points: readonly number[]) => {
      const crashes = createCrashPoints(new Set(points));
      const bench = benchOf({ applications: few, wrap: crashes.wrap });
      const end = monday + 2 * dayMs;
      const start = () => bench.start().catch(() => undefined);
      await start();
      for (let turn = 0; turn < 10_000 && bench.clock.now() < end; turn += 1) {
        const worked = await bench.handleDue();
        // A stopped process is there again at once.
        crashes.boot();
        if (bench.errors.splice(0).length > 0) await start();
        if (worked) continue;
        const kinds = ['kill', 'chaos-schedule', executionKind.name];
        const next = (await bench.store.nextDue(kinds, bench.clock.now())) ?? end;
        await bench.clock.advance(Math.max(1, Math.min(next, end) - bench.clock.now()));
      }
      return { ...(await outcome(bench)), passed: crashes.passed() };
    };
    const { passed, ...expected } = await runWith([]);
    expect(expected.effects.length).toBeGreaterThan(0);
    for (let point = 3; point <= passed; point += 37) {
      const { passed: _passed, ...stopped } = await runWith([point, point + 11]);
      expect(stopped).toEqual(expected);
    }
  }, 60_000);
});
