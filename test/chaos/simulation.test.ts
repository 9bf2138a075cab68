import { executionKind, messageKind } from '../../src/engine/document-kinds';
import type { DocumentKind } from '../../src/engine/ports/document-store';
import { auditPageKind } from '../../src/policy/audit/documents';
import type { Application, Environment } from '../../src/model/application';
import { addDays, localTime, weekdayOf, type LocalDate } from '../../src/model/local-time';
import { createCrashPoints } from '../support/crash-points';
import { chaosApplication, chaosEnvironment, chaosOf, createChaosBench, loose, monday } from '../support/chaos-kit';
import { wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';
import { east } from '../dcos/builders';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const zone = 'Europe/Berlin';
const settings = { ...loose, timeZone: zone };
const freeze = { every: 'year', from: { month: 12, day: 19 }, to: { month: 1, day: 3 } } as const;
const isFrozen = (date: LocalDate) => date.slice(5) >= '12-19' || date.slice(5) <= '01-03';

type Over = Partial<ReturnType<typeof chaosOf>>;
const own = (name: string, over: Over, more: Partial<Environment> = {}) => {
  const exceptions = [{ account: '*', region: '*', stack: 'prod', detail: 'api' }];
  return chaosApplication(name, [chaosEnvironment('prod', { chaos: chaosOf({ exceptions, ...over }), ...more })]);
};
const days = (meanTimeBetweenKillsInWorkDays: number, minTimeBetweenKillsInWorkDays = 1): Over => ({
  meanTimeBetweenKillsInWorkDays,
  minTimeBetweenKillsInWorkDays,
});

/** Drawn for as one: two environments, of which one is in two regions. */
const whole: Over = { ...days(3), grouping: 'app', regionsAreIndependent: false };
const window = { hours: [], days: [], timeZone: zone, freezes: [freeze] };
const applications: readonly Application[] = [
  own('half', days(2)),
  own('apart', days(2, 3)),
  own('lone', days(4)),
  own('frozen', days(4), { window }),
  chaosApplication('whole', [
    chaosEnvironment('prod', { locations: [east, west], chaos: chaosOf(whole) }),
    chaosEnvironment('dev', { chaos: chaosOf(whole) }),
  ]),
];

function seedAll({ seed }: ReturnType<typeof createChaosBench>): void {
  for (const { name, environments } of applications)
    for (const { name: stack, locations } of environments.values())
      for (const place of locations) {
        seed(`${name}-${stack}-v000`, name === 'lone' ? 0 : 3, place);
        seed(`${name}-${stack}-v001`, name === 'lone' ? 1 : 3, place);
        seed(`${name}-${stack}-canary-v001`, 3, place);
        if (name !== 'whole') seed(`${name}-${stack}-api-v001`, 3, place);
      }
}

/** Puts away what is over and told, through all of which a store in memory searches. */
async function putAway({ store }: ReturnType<typeof createChaosBench>): Promise<void> {
  const put = async <T>(kind: DocumentKind<T>): Promise<void> => {
    for (const { id } of await store.list(kind, { limit: 100_000 })) await store.delete(kind, id);
  };
  await Promise.all([put(executionKind), put(messageKind), put(auditPageKind)]);
}

type Made = { readonly application: string; readonly what: string; readonly at: number };

/** Two years of kills, with a new executor each week. */
async function liveTwoYears() {
  const bench = createChaosBench({ applications, settings, seed: 'two years' });
  seedAll(bench);
  const made: Made[] = [];
  bench.serverGroups.onEffect = (moment) => {
    const what = bench.serverGroups.effects.at(-1) ?? '';
    if (moment === 'after')
      made.push({ application: /^kill (\w+)-/.exec(what)?.[1] ?? '', what, at: bench.clock.now() });
  };
  const guarded: string[] = [];
  const end = monday + 730 * dayMs;
  for (let week = monday; week < end; week += 7 * dayMs) {
    bench.boot(settings);
    await bench.start();
    await bench.runUntil(Math.min(end, week + 7 * dayMs));
    for (const { group, state } of await bench.kills())
      if (group.application === 'lone' && state.is === 'ended' && state.at >= week) guarded.push(state.reason ?? '');
    await putAway(bench);
  }
  return { bench, made, guarded, effects: bench.serverGroups.effects };
}

const dates: readonly LocalDate[] = Array.from({ length: 730 }, (_, index) => addDays('2026-01-05', index));
const workDays = dates.filter((date) => weekdayOf(date) <= 5);

describe('two years with all that is killed in them', () => {
  let years: Awaited<ReturnType<typeof liveTwoYears>>;
  beforeAll(async () => {
    years = await liveTwoYears();
  }, 120_000);
  const datesOf = (name: string) =>
    years.made.filter(({ application }) => application === name).map(({ at }) => localTime(at, zone).date);

  it('fail at nothing', () => expect(years.bench.errors).toEqual([]));

  it.each([
    ['half', 2, workDays.length],
    ['frozen', 4, workDays.filter((date) => !isFrozen(date)).length],
    ['whole', 3, workDays.length],
  ])('kill of %s on one in %d of its work days, within 3 sigma', (name, mean, trials) => {
    const sigma = Math.sqrt((trials / mean) * (1 - 1 / mean));
    expect(Math.abs(datesOf(name).length - trials / mean)).toBeLessThanOrEqual(3 * sigma);
  });

  it('kill of what must lie apart as seldom as that says, and never nearer', () => {
    // Between two kills are two days of rest, and then tosses with a chance of 1 in 2.
    const [gap, variance] = [2 + 2, 2];
    const killed = datesOf('apart').map((date) => workDays.indexOf(date));
    const sigma = Math.sqrt((workDays.length * variance) / gap ** 3);
    expect(Math.abs(killed.length - workDays.length / gap)).toBeLessThanOrEqual(3 * sigma);
    const apart = killed.slice(1).map((day, index) => day - (killed[index] ?? day));
    expect(Math.min(...apart)).toBe(3);
  });

  it('kill never outside the hours, on weekends, in a freeze or twice a day', () => {
    for (const { at } of years.made) {
      const { date, minute } = localTime(at, zone);
      expect(workDays).toContain(date);
      expect([date, minute >= 9 * 60 && minute < 15 * 60]).toEqual([date, true]);
    }
    expect(datesOf('frozen').filter(isFrozen)).toEqual([]);
    for (const { name } of applications) expect(new Set(datesOf(name)).size).toBe(datesOf(name).length);
  });

  it('kill nothing excepted, no canary, nothing of an older group, and never the last that serves', () => {
    for (const { what } of years.made) expect(what).toMatch(/^kill (half|apart|frozen|whole)-(prod|dev)-v001\.\d+$/);
    expect(datesOf('lone')).toEqual([]);
    expect(years.guarded.length).toBeGreaterThan(50);
    for (const reason of years.guarded) expect(reason).toContain('with 0 of 1 healthy instances');
  });

  it('spread the kills over all that is drawn for together', () => {
    const places = new Set(
      years.made.filter(({ application }) => application === 'whole').map(({ what }) => what.slice(0, 14)),
    );
    expect([...places].sort()).toEqual(['kill whole-dev', 'kill whole-pro']);
  });
});

type Answer = 'now' | 'stop' | undefined;

/** One work day of one application, stopped and started again at some points of its writes. */
async function liveOneDay(confirm: boolean, answer: Answer, points: readonly number[]) {
  const crashes = createCrashPoints(new Set(points));
  const foo = chaosApplication('foo', [chaosEnvironment('prod', { chaos: chaosOf({ confirm }) })]);
  const bench = createChaosBench({ applications: [foo], wrap: crashes.wrap });
  bench.seed('foo-prod-v001');
  const boot = async (): Promise<void> => {
    crashes.boot();
    bench.boot();
    await bench.start().catch(boot);
  };
  await boot();
  const end = monday + dayMs;
  let said = answer === undefined;
  while (bench.clock.now() < end) {
    const worked = await bench.handleDue();
    if (crashes.isDown() || bench.errors.splice(0).length > 0) await boot();
    const [kill] = await bench.kills();
    if (!said && kill?.state.is === 'asked' && bench.clock.now() >= kill.plannedAt + 4 * minuteMs) {
      said = true;
      await bench.receive(`chaos ${answer ?? ''} foo ${kill.id}`);
      continue;
    }
    if (worked) continue;
    const next =
      (await bench.store.nextDue(['command', 'kill', 'chaos-schedule', 'execution'], bench.clock.now())) ?? end;
    await bench.clock.advance(Math.max(1, Math.min(next, end) - bench.clock.now()));
  }
  const { id, victim, state } = await bench.kill();
  const card = await bench.message(`${id}/card`);
  return {
    passed: crashes.passed(),
    outcome: {
      id,
      plannedFor: (await bench.kill()).plannedAt,
      victim: victim?.instanceId,
      ended: state.is === 'ended' ? [state.outcome, state.by, state.reason] : state.is,
      effects: [...bench.serverGroups.effects],
      executions: (await bench.executions()).map(({ status }) => status),
      ledger: (await bench.ledger('foo')).map(({ killId, cluster, leashed }) => ({ killId, cluster, leashed })),
      card: card && [wordsOf(card.view).replace(/recovered in [^.]*/, 'recovered'), card.view.choices?.length],
      isThreadTold: (await bench.message(`${id}/recovery`)) !== undefined,
    },
  };
}

describe('one day', () => {
  it.each<[string, boolean, Answer, string]>([
    ['without a card', false, undefined, 'killed'],
    ['with a card that nobody answers', true, undefined, 'expired'],
    ['with a card on which Now is pressed', true, 'now', 'killed'],
    ['with a card on which Stop is pressed', true, 'stop', 'stopped'],
  ])(
    '%s comes to the same wherever Coxswain stops and starts again',
    async (_name, confirm, answer, wanted) => {
      const { passed, outcome } = await liveOneDay(confirm, answer, []);
      expect(outcome.ended[0]).toBe(wanted);
      expect(outcome.effects).toHaveLength(wanted === 'killed' ? 1 : 0);
      expect(passed).toBeGreaterThan(30);
      for (let point = 1; point <= passed; point += 1) {
        const stopped = await liveOneDay(confirm, answer, [point, point + 11]);
        expect([point, stopped.outcome]).toEqual([point, outcome]);
      }
    },
    60_000,
  );
});
