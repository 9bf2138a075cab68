import type { Application, Environment } from '../../src/model/application';
import type { Chaos, ChaosException, ChaosSettings } from '../../src/model/chaos';
import { localTime, weekdayOf } from '../../src/model/local-time';
import type { Location } from '../../src/model/server-group';
import { east } from '../dcos/builders';
import { chaosApplication, chaosEnvironment, chaosOf, createChaosBench, loose, monday } from '../support/chaos-kit';
import { west } from '../support/stage-kit';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const abroad: Location = { ...east, account: 'prod', dcosCluster: 'p1' };

type Made = {
  readonly applications: readonly Application[];
  readonly settings?: Partial<ChaosSettings>;
  readonly startAt?: number;
};

/** A bench with a serving group of three in each cluster: one for each environment and place, and those that are `beside`. */
async function begin({ applications, settings, startAt }: Made, beside: readonly (readonly [string, Location])[] = []) {
  const bench = createChaosBench({
    applications,
    settings: { ...loose, ...settings },
    ...(startAt === undefined ? {} : { startAt }),
  });
  for (const { name, environments } of applications)
    for (const { name: stack, locations } of environments.values())
      for (const place of locations) bench.seed(`${name}-${stack}-v001`, 3, place);
  for (const [cluster, place] of beside) bench.seed(`${cluster}-v001`, 3, place);
  await bench.start();
  const keys = async () => (await bench.kills()).map(({ group }) => group.key).sort();
  const killed = () => bench.serverGroups.effects.filter((effect) => effect.startsWith('kill '));
  const times = async () => (await bench.kills()).map(({ plannedAt }) => plannedAt);
  return { ...bench, keys, killed, times };
}

/** `foo` in as many environments, each drawn for by itself. */
const many = (count: number, over: Partial<Environment> = {}): Application =>
  chaosApplication(
    'foo',
    Array.from({ length: count }, (_, index) => chaosEnvironment(`e${index}`, over)),
  );

describe('the hours of kills', () => {
  it.each([
    ['Europe/Berlin', 'in winter', '2026-03-27', 8],
    ['Europe/Berlin', 'after the clocks went forward', '2026-03-30', 7],
    ['Europe/Berlin', 'after the clocks went back', '2026-10-26', 8],
    // There the clocks go forward on a work day, at two in the morning.
    ['Asia/Jerusalem', 'on the day on which the clocks go forward', '2026-03-27', 6],
    ['Pacific/Auckland', 'on what is Sunday in UTC', '2026-01-04', 20],
  ])('are those of the clocks in %s: %s', async (timeZone, _when, date, fromHour) => {
    const start = Date.parse(`${date}T00:00:00Z`);
    const bench = await begin({ applications: [many(60)], settings: { timeZone }, startAt: start });
    await bench.runUntil(start + (fromHour - 2) * hourMs - 1);
    expect(await bench.kills()).toEqual([]);
    await bench.runUntil(start + (fromHour - 2) * hourMs + 1_000);
    const times = await bench.times();
    expect(times).toHaveLength(60);
    const from = start + fromHour * hourMs;
    // So many that some fall into the first and into the last hour.
    expect(Math.floor((Math.min(...times) - from) / hourMs)).toBe(0);
    expect(Math.floor((Math.max(...times) - from) / hourMs)).toBe(5);
  });

  it('are of local work days, each of which has its kill where every toss is heads', async () => {
    const zone = 'Pacific/Auckland';
    const bench = await begin({ applications: [many(1)], settings: { timeZone: zone } });
    const days: number[] = [];
    bench.serverGroups.onEffect = (moment) => {
      if (moment === 'after') days.push(weekdayOf(localTime(bench.clock.now(), zone).date));
    };
    // Monday is half over there when it begins here.
    await bench.runUntil(monday + 13 * dayMs);
    expect(days).toEqual([2, 3, 4, 5, 1, 2, 3, 4, 5]);
  });

  it('draw nothing that would have been earlier, where the day is drawn late', async () => {
    const bench = await begin({ applications: [many(40)], startAt: monday + 12 * hourMs });
    await bench.runFor(1_000);
    const times = await bench.times();
    expect(times.length).toBeGreaterThan(10);
    expect(times.length).toBeLessThan(30);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(monday + 12 * hourMs);
  });
});

describe('a freeze', () => {
  const week = (from: number, to: number) =>
    ({
      every: 'week',
      from: { weekday: Math.floor(from), minute: Math.round((from % 1) * 1440) },
      to: { weekday: Math.floor(to), minute: Math.round((to % 1) * 1440) },
    }) as const;
  const frozen = (timeZone: string) => ({ hours: [], days: [], timeZone, freezes: [week(1 + 22 / 24, 2 + 4 / 24)] });

  it('is one on the clocks of the window that has it', async () => {
    const there = { window: frozen('Pacific/Auckland') };
    const bench = await begin({ applications: [many(1, there)] });
    await bench.runUntil(monday + 8 * hourMs);
    expect(await bench.kills()).toEqual([]);
    const here = await begin({ applications: [many(1, { window: frozen('UTC') })] });
    await here.runUntil(monday + 8 * hourMs);
    expect(await here.kills()).toHaveLength(1);
  });

  it('of one environment is one of all that is drawn for together', async () => {
    const together = { chaos: chaosOf({ grouping: 'app' }) };
    const still = { ...together, window: frozen('Pacific/Auckland') };
    const foo = chaosApplication('foo', [chaosEnvironment('prod', together), chaosEnvironment('dev', still)]);
    const bench = await begin({ applications: [foo] });
    await bench.runUntil(monday + 8 * hourMs);
    expect(await bench.kills()).toEqual([]);
    await bench.runUntil(monday + dayMs + 8 * hourMs);
    expect(await bench.kills()).toHaveLength(1);
  });
});

describe('the time between two kills', () => {
  it.each([
    [0, [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]],
    [1, [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]],
    [2, [1, 3, 5, 2, 4]],
    [4, [1, 5, 4]],
    [7, [1, 3]],
  ])('is %d work days, whatever day of the week it is', async (minDays, weekdays) => {
    const chaos = chaosOf({ minTimeBetweenKillsInWorkDays: minDays });
    const bench = await begin({ applications: [many(1, { chaos })] });
    const days: number[] = [];
    bench.serverGroups.onEffect = (moment) => {
      if (moment === 'after') days.push(weekdayOf(localTime(bench.clock.now(), 'UTC').date));
    };
    await bench.runUntil(monday + 14 * dayMs);
    expect(days).toEqual(weekdays);
  });
});

/** A week of `foo`, of which prod has two clusters in the east and one in the west; one kill in each scope. */
async function liveAWeek(over: Partial<Chaos>) {
  const chaos = chaosOf({ minTimeBetweenKillsInWorkDays: 5, ...over });
  const foo = chaosApplication('foo', [
    chaosEnvironment('prod', { locations: [east, west], chaos }),
    chaosEnvironment('dev', { chaos }),
  ]);
  const bench = await begin({ applications: [foo] }, [['foo-prod-api', east]]);
  await bench.runUntil(monday + 8 * hourMs);
  const keys = await bench.keys();
  await bench.runUntil(monday + 5 * dayMs);
  return { keys, killed: bench.killed() };
}

describe('what is drawn for together', () => {
  it.each<[Chaos['grouping'], boolean, readonly string[]]>([
    ['cluster', true, ['foo-dev/east', 'foo-prod-api/east', 'foo-prod/east', 'foo-prod/west']],
    ['cluster', false, ['foo-dev/*', 'foo-prod-api/*', 'foo-prod/*']],
    ['stack', true, ['foo-dev/east', 'foo-prod/east', 'foo-prod/west']],
    ['stack', false, ['foo-dev/*', 'foo-prod/*']],
    ['app', true, ['foo-prod+foo-dev/east', 'foo-prod+foo-dev/west']],
    ['app', false, ['foo-prod+foo-dev/*']],
  ])('by %s, regions independent: %s, has one kill for all', async (grouping, regionsAreIndependent, wanted) => {
    const { keys, killed } = await liveAWeek({ grouping, regionsAreIndependent });
    expect(keys).toEqual(wanted.map((key) => `nonprod/${key}`));
    expect(killed).toHaveLength(wanted.length);
  });

  it('is never of two accounts', async () => {
    const chaos = chaosOf({ grouping: 'app', minTimeBetweenKillsInWorkDays: 5 });
    const foo = chaosApplication('foo', [
      chaosEnvironment('prod', { locations: [east, abroad], chaos }),
      chaosEnvironment('dev', { locations: [abroad], chaos }),
    ]);
    const bench = await begin({ applications: [foo], settings: { accounts: ['nonprod', 'prod'] } });
    await bench.runUntil(monday + 8 * hourMs);
    expect(await bench.keys()).toEqual(['nonprod/foo-prod/east', 'prod/foo-prod+foo-dev/east']);
    await bench.runUntil(monday + 5 * dayMs);
    expect(bench.killed()).toHaveLength(2);
  });

  it('is never of two rhythms', async () => {
    const often = chaosOf({ grouping: 'app' });
    const foo = chaosApplication('foo', [
      chaosEnvironment('prod', { chaos: often }),
      chaosEnvironment('dev', { chaos: { ...often, minTimeBetweenKillsInWorkDays: 2 } }),
    ]);
    const bench = await begin({ applications: [foo] });
    await bench.runUntil(monday + 8 * hourMs);
    expect(await bench.keys()).toEqual(['nonprod/foo-dev/east', 'nonprod/foo-prod/east']);
  });
});

describe('an exception', () => {
  const any: ChaosException = { account: '*', region: '*', stack: '*', detail: '*' };
  const [api, dev, eastern, western] = ['foo-prod-api/east', 'foo-dev/east', 'foo-prod/east', 'foo-prod/west'];
  it.each<[Partial<ChaosException>, readonly string[]]>([
    [{}, []],
    [{ account: 'nonprod' }, []],
    [{ account: 'other' }, [dev, api, eastern, western]],
    [{ region: 'east' }, [western]],
    [{ region: 'np1/east' }, [western]],
    [{ region: 'np1_east' }, [western]],
    [{ region: 'np1' }, [dev, api, eastern, western]],
    [{ stack: 'prod' }, [dev]],
    [{ stack: '' }, [dev, api, eastern, western]],
    [{ detail: '' }, [api]],
    [{ detail: 'api' }, [dev, eastern, western]],
    [{ region: 'west', stack: 'prod', detail: '' }, [dev, api, eastern]],
  ])('%j leaves what it does not name', async (exception, left) => {
    const { keys } = await liveAWeek({
      exceptions: [
        { ...any, account: 'none' },
        { ...any, ...exception },
      ],
    });
    expect(keys).toEqual(left.map((key) => `nonprod/${key}`));
  });
});

describe('nothing is drawn for', () => {
  it('experiments, whatever the file says', async () => {
    const experiments = ['canary', 'baseline', 'citrus', 'citrusproxy'].map(
      (detail) => [`foo-e0-${detail}`, east] as const,
    );
    const bench = await begin({ applications: [many(1)] }, [...experiments, ['foo-e0-api', east]]);
    await bench.runUntil(monday + 8 * hourMs);
    expect(await bench.keys()).toEqual(['nonprod/foo-e0-api/east', 'nonprod/foo-e0/east']);
  });

  it('environments that have not opted in, nor clusters of none', async () => {
    const chaos = chaosOf({ grouping: 'app' });
    const foo = chaosApplication('foo', [
      chaosEnvironment('prod', { chaos }),
      chaosEnvironment('dev', { chaos: { ...chaos, enabled: false } }),
    ]);
    const bench = await begin({ applications: [foo] }, [['foo-test', east]]);
    await bench.runUntil(monday + 10 * dayMs);
    expect(new Set(await bench.keys())).toEqual(new Set(['nonprod/foo-prod/east']));
    expect(bench.killed().length).toBeGreaterThan(5);
    for (const effect of bench.killed()) expect(effect).toMatch(/^kill foo-prod-v001/);
  });

  it('and nothing is killed of what opts out before its time', async () => {
    const chaos = chaosOf({ grouping: 'app' });
    const both = (isIn: boolean) =>
      chaosApplication('foo', [
        chaosEnvironment('prod', { chaos }),
        chaosEnvironment('dev', { chaos: { ...chaos, enabled: isIn } }),
      ]);
    const bench = await begin({ applications: [both(true)] });
    await bench.runUntil(monday + 8 * hourMs);
    bench.world.applications = new Map([['foo', both(false)]]);
    await bench.runUntil(monday + dayMs);
    expect(bench.killed()).toEqual([]);
    expect((await bench.kill()).state).toMatchObject({ reason: 'The file of foo does not enable chaos in dev.' });
  });

  it('what is disabled: the newest group that serves is drawn from', async () => {
    const bench = await begin({ applications: [many(1)] });
    bench.seed('foo-e0-v002', 3);
    bench.seed('foo-e0-v003', 0);
    await bench.runUntil(monday + dayMs);
    expect(bench.killed()).toEqual([expect.stringMatching(/^kill foo-e0-v002\./)]);
  });

  it('more applications than the operator wants on a day, each in its turn', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const applications = names.map((name) => chaosApplication(name, [chaosEnvironment('prod')]));
    const bench = await begin({ applications, settings: { maxApps: 2 } });
    await bench.runUntil(monday + 26 * dayMs);
    const kills = await bench.kills();
    const days = new Set(kills.map(({ id }) => id.slice(0, 10)));
    expect(days.size).toBe(20);
    for (const day of days) expect([day, kills.filter(({ id }) => id.startsWith(day)).length]).toEqual([day, 2]);
    expect(new Set(kills.map(({ group }) => group.application))).toEqual(new Set(names));
  });
});

describe('a place that cannot be seen', () => {
  /** Nothing can be seen from the first look on, for so many looks. */
  const blind = async (looks: number) => {
    const applications = [many(1)];
    const bench = await begin({ applications });
    for (let look = 0; look < looks; look += 1) bench.serverGroups.fail('look', 'UNREACHABLE');
    return bench;
  };

  it('is looked for until the first hour, and then drawn for', async () => {
    const bench = await blind(10);
    await bench.runUntil(monday + 7 * hourMs + 5 * 60_000);
    expect(await bench.kills()).toEqual([]);
    await bench.runUntil(monday + 7 * hourMs + 15 * 60_000);
    expect(await bench.kills()).toHaveLength(1);
  });

  it('is done without from the first hour on', async () => {
    const bench = await blind(121);
    await bench.runUntil(monday + 15 * hourMs);
    expect(await bench.kills()).toEqual([]);
    await bench.runUntil(monday + dayMs + 8 * hourMs);
    expect(await bench.kills()).toHaveLength(1);
  });
});
