import { killKind, type Kill } from '../../src/chaos';
import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Environment } from '../../src/model/application';
import { isComplete } from '../../src/model/status';
import {
  benchOf,
  driveToTheKill,
  driveUntil,
  endOf,
  hourMs,
  killsIn,
  runUntilIt,
  type Bench,
} from '../support/chaos-drive';
import { chaosApplication, chaosEnvironment, chaosOf, createChaosBench, loose, monday } from '../support/chaos-kit';

describe('a kill that was let go', () => {
  it.each([
    ['stop storm', 'stop lift over'],
    ['lock foo prod 1d migration', 'unlock foo prod'],
  ])('kills nothing after `%s`, nor once that is over', async (hold, lift) => {
    const bench = benchOf();
    await runUntilIt(bench, 'running');
    await bench.say(hold, 'UBOB');
    await bench.runFor(10 * 60_000);
    expect((await endOf(bench))?.outcome).toBe('spared');
    expect((await bench.say(lift, 'UBOB')).reply?.undone).toBeUndefined();
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toEqual([]);
  });
});

describe('a stop that is lifted before anything has looked', () => {
  const comeAndGo = async (bench: Bench): Promise<void> => {
    await bench.say('stop storm', 'UBOB');
    await bench.say('stop lift over', 'UBOB');
  };
  const sparedBy = (reason: string) => ({ outcome: 'spared', reason: expect.stringContaining(reason) as string });

  it.each(['going', 'running'] as const)('ends a kill that is %s', async (is) => {
    const bench = benchOf();
    await runUntilIt(bench, is);
    await comeAndGo(bench);
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toEqual([]);
    expect(await endOf(bench)).toMatchObject(sparedBy('stopped since'));
    expect((await bench.executions()).filter(({ status }) => !isComplete(status))).toEqual([]);
  });

  it('ends a kill that DC/OS keeps waiting', async () => {
    const bench = benchOf();
    await runUntilIt(bench, 'running');
    const free = await driveToTheKill(bench);
    await comeAndGo(bench);
    await bench.runFor(3_000);
    free();
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toEqual([]);
    expect(await endOf(bench)).toMatchObject(sparedBy('held up'));
  });

  it('ends a kill for which Now was pressed before, and none for which it is pressed after', async () => {
    const bench = benchOf({ chaos: chaosOf({ confirm: true }) }, { startAt: monday + 12 * hourMs });
    await bench.say('chaos run foo prod');
    await bench.runFor(1_000);
    await bench.say(`chaos now foo ${(await bench.kill()).id}`);
    await comeAndGo(bench);
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toEqual([]);
    expect(await endOf(bench)).toMatchObject(sparedBy('stopped since'));
    await bench.say('chaos run foo prod');
    await bench.runFor(1_000);
    const [, second] = await bench.kills();
    await comeAndGo(bench);
    await bench.say(`chaos now foo ${second?.id ?? ''}`);
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toHaveLength(1);
  });

  it('ends no kill that an older build has let go', async () => {
    const bench = benchOf();
    const { id } = await runUntilIt(bench, 'running');
    await bench.store.update(killKind, id, (kill) => {
      const { lastStop: _unknown, ...state } = kill.state as Extract<Kill['state'], { is: 'running' }>;
      return { ...kill, state };
    });
    await comeAndGo(bench);
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toHaveLength(1);
  });
});

describe('a kill that is held up', () => {
  it.each([
    ['stop storm', 'stop lift over', 30_000],
    ['stop storm', 'stop lift over', 1_000],
    ['lock foo prod 1d migration', 'unlock foo prod', 30_000],
  ])('by `%s` before it begins kills nothing after `%s`, %d ms later', async (hold, lift, heldMs) => {
    const bench = benchOf();
    await runUntilIt(bench, 'running');
    await bench.say(hold, 'UBOB');
    await bench.runFor(heldMs);
    await bench.say(lift, 'UBOB');
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toEqual([]);
    expect((await endOf(bench))?.outcome).toBe('spared');
    expect((await bench.executions()).filter(({ status }) => !isComplete(status))).toEqual([]);
  });

  it.each([0, 500, 30_000])(
    'by a stop in its course kills nothing once that is lifted, %d ms later',
    async (heldMs) => {
      const bench = benchOf();
      await runUntilIt(bench, 'running');
      const free = await driveToTheKill(bench);
      await bench.say('stop storm', 'UBOB');
      await driveUntil(bench, async () => (await bench.executions())[0]?.status === 'PAUSED');
      free();
      await bench.clock.advance(heldMs);
      await bench.say('stop lift over', 'UBOB');
      await bench.runFor(hourMs);
      expect(killsIn(bench)).toEqual([]);
      expect(await endOf(bench)).toMatchObject({
        outcome: 'spared',
        reason: expect.stringContaining('held up') as string,
      });
      expect((await bench.executions()).filter(({ status }) => !isComplete(status))).toEqual([]);
    },
  );

  it('by a pause of a person kills nothing when they resume it, before anybody has looked', async () => {
    const bench = benchOf();
    await runUntilIt(bench, 'running');
    const free = await driveToTheKill(bench);
    const [execution] = await bench.executions();
    const paused = { by: 'UANN', at: bench.clock.now(), resumedBy: 'UANN', resumedAt: bench.clock.now() };
    await bench.store.update(executionKind, execution?.id ?? '', (document) => ({ ...document, paused }));
    free();
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toEqual([]);
    expect((await endOf(bench))?.outcome).toBe('spared');
  });

  it('by a failure of the store asks everything again, and leaves no execution lying', async () => {
    const gate = { isShut: false };
    const wrap = (store: DocumentStore): DocumentStore => ({
      ...store,
      update: (kind, ...call) => {
        if (gate.isShut && kind.name === executionKind.name) throw new Error('The store is away.');
        return store.update(kind, ...call);
      },
    });
    const bench = benchOf({}, { wrap });
    await runUntilIt(bench, 'running');
    gate.isShut = true;
    await driveUntil(bench, async () => (await bench.executions()).length > 0);
    gate.isShut = false;
    await bench.say('chaos off foo reason=storm', 'UBOB');
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toEqual([]);
    expect(await endOf(bench)).toMatchObject({ reason: 'Chaos of foo was turned off: storm' });
    expect(await bench.executions()).toEqual([]);
  });
});

describe('what is late', () => {
  /** Mondays from an hour on. */
  const frozenFrom = (hour: number): NonNullable<Environment['window']> => ({
    hours: [],
    days: [],
    timeZone: 'UTC',
    freezes: [{ every: 'week', from: { weekday: 1, minute: hour * 60 }, to: { weekday: 2, minute: 0 } }],
  });

  it('is not made up for after an absence', async () => {
    const bench = benchOf();
    const kill = await runUntilIt(bench, 'planned');
    await bench.clock.advance(kill.plannedAt + 16 * 60_000 - bench.clock.now());
    await bench.runFor(hourMs);
    expect(await endOf(bench)).toMatchObject({ outcome: 'spared', reason: 'Coxswain was away at its time.' });
  });

  it.each([
    [15 * 60_000, 'killed'],
    [15 * 60_000 + 1, 'spared'],
  ])('is made up for within a quarter of an hour: after %d ms it is %s', async (lateMs, outcome) => {
    const bench = benchOf();
    const kill = await runUntilIt(bench, 'planned');
    await bench.clock.advance(kill.plannedAt + lateMs - bench.clock.now());
    await bench.runFor(hourMs);
    expect((await endOf(bench))?.outcome).toBe(outcome);
  });

  it.each<[string, number, Partial<Environment>, Partial<Environment>]>([
    ['the end of the hours', 15, {}, {}],
    ['a freeze of its environment', 18, { window: frozenFrom(15) }, {}],
    ['a freeze of another environment that it was drawn for with', 18, {}, { window: frozenFrom(15) }],
  ])('kills nothing after %s, however lately it began', async (_what, endHour, own, others) => {
    const chaos = chaosOf({ confirm: true, grouping: 'app' });
    const foo = [chaosEnvironment('prod', { chaos, ...own }), chaosEnvironment('dev', { chaos, ...others })];
    const bench = createChaosBench({
      applications: [chaosApplication('foo', foo)],
      settings: { ...loose, endHour },
      startAt: monday + 14.97 * hourMs,
    });
    bench.seed('foo-prod-v001', 30);
    bench.seed('foo-dev-v001', 1);
    await bench.say('chaos run foo');
    await bench.runFor(1_000);
    expect((await bench.kill()).victim?.environment).toBe('prod');
    expect((await bench.kill()).state).toMatchObject({ is: 'asked', expiresAt: monday + 15 * hourMs });
    await bench.say(`chaos now foo ${(await bench.kill()).id}`);
    const free = await driveToTheKill(bench);
    expect(bench.clock.now()).toBeLessThan(monday + 15 * hourMs);
    await bench.runUntil(monday + 15 * hourMs + 1_000);
    free();
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toEqual([]);
    expect((await endOf(bench))?.outcome).toBe('spared');
  });

  it('kills nothing any more once its execution was left lying', async () => {
    const bench = benchOf();
    await runUntilIt(bench, 'running');
    await bench.handleDue();
    await bench.clock.advance(8 * hourMs);
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toEqual([]);
    expect((await endOf(bench))?.outcome).toBe('spared');
  });
});
