import { switchKind } from '../../src/chaos';
import { commandKind } from '../../src/engine/document-kinds';
import type { DocumentKind, DocumentStore } from '../../src/engine/ports/document-store';
import type { Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import { readLatest } from '../../src/policy/audit/read-latest';
import { createCrashPoints } from '../support/crash-points';
import { east } from '../dcos/builders';
import { wordsOf } from '../support/command-kit';
import {
  chaosApplication,
  chaosEnvironment,
  chaosOf,
  createChaosBench,
  loose,
  monday,
  type ChaosBenchOptions,
} from '../support/chaos-kit';

const hourMs = 3_600_000;
const noon = monday + 12 * hourMs;
const own = (name: string, deployers: readonly string[], over: Partial<Environment> = {}) =>
  chaosEnvironment(name, { policy: { ...chaosEnvironment(name).policy, deployers }, ...over });

/** `foo` at noon of a Monday: staging for crew, prod for sre, both with three instances; Ann is in crew, Bob in both. */
async function benchOf(more: Partial<ChaosBenchOptions> = {}) {
  const foo = chaosApplication('foo', [own('staging', ['crew']), own('prod', ['sre'])]);
  const bench = createChaosBench({ applications: [foo], startAt: noon, ...more });
  bench.seed('foo-staging-v001');
  bench.seed('foo-prod-v001');
  await bench.people({ crew: ['UANN', 'UBOB'], sre: ['UBOB'] });
  return bench;
}

const said = ({ reply }: Command) => wordsOf(reply);
const killsIn = ({ serverGroups }: Awaited<ReturnType<typeof benchOf>>) => serverGroups.effects;

describe('/cox chaos status', () => {
  it('tells the settings, and the kills of the day that was drawn', async () => {
    const bench = await benchOf({ startAt: monday, settings: { ...loose, timeZone: 'UTC' } });
    expect(said(await bench.say('chaos'))).toContain('No day was drawn yet.');
    await bench.start();
    await bench.runUntil(monday + 8 * hourMs);
    const words = said(await bench.say('chaos status'));
    expect(words).toContain('Chaos: on\n');
    expect(words).toContain('Leashed: no');
    expect(words).toContain('Accounts: nonprod');
    expect(words).toContain('Hours: 9:00 to 15:00 (UTC), Monday to Friday, outside freezes');
    expect(words).toContain('Drawn for 2026-01-05: 2');
    expect(words).toMatch(/nonprod\/foo-prod\/east: planned for 2026-01-05/);
  });

  it('says what it is off by default: not enabled, leashed, no account', async () => {
    const { enabled, leashed, accounts } = { enabled: false, leashed: true, accounts: [] };
    const bench = await benchOf({ settings: { ...loose, enabled, leashed, accounts } });
    const words = said(await bench.say('chaos status'));
    expect(words).toContain('Chaos: off: it is not enabled (CHAOS_ENABLED)');
    expect(words).toContain('Leashed: yes: nothing is killed');
    expect(words).toContain('Accounts: none');
  });

  it('tells of an application what may be drawn, and what is left alone and why', async () => {
    const bench = await benchOf();
    await bench.say('lock foo prod 1h migration', 'UBOB');
    const words = said(await bench.say('chaos status foo'));
    expect(words).toContain('Chaos Monkey for foo');
    expect(words).toContain('foo: on in staging, prod');
    expect(words).toContain('nonprod/foo-staging/east: may be drawn');
    expect(words).toMatch(/nonprod\/foo-prod\/east: locked by @UBOB .*: migration/);
  });

  /** How often the store is read for the status of an application with so many groups, of each of which a kill was drawn. */
  const readsFor = async (groups: number) => {
    let reads = 0;
    const wrap = (store: DocumentStore): DocumentStore => ({
      ...store,
      get: (...call) => ((reads += 1), store.get(...call)),
      list: (...call) => ((reads += 1), store.list(...call)),
      count: (...call) => ((reads += 1), store.count(...call)),
    });
    const names = Array.from({ length: groups }, (_, index) => `e${index}`);
    const foo = chaosApplication(
      'foo',
      names.map((name) => chaosEnvironment(name)),
    );
    const bench = await benchOf({ applications: [foo], startAt: monday, wrap });
    for (const name of names) bench.seed(`foo-${name}-v001`);
    await bench.start();
    await bench.runUntil(monday + 8 * hourMs);
    reads = 0;
    const words = said(await bench.say('chaos status foo'));
    expect(words.match(/nonprod\/foo-e\d+\/east: Kills fall between/g)).toHaveLength(groups);
    expect(words).toContain(`Drawn for 2026-01-05: ${groups}`);
    return reads;
  };

  it('reads what all groups ask for once, and of each no more than its kill and what was run there last', async () => {
    const one = await readsFor(1);
    expect((await readsFor(20)) - one).toBeLessThanOrEqual(2 * 19);
    expect(one).toBeLessThanOrEqual(20);
  });

  it('says where an application does not enable it, and that it is not seen', async () => {
    const calm = chaosApplication('calm', [chaosEnvironment('prod', { chaos: chaosOf({ enabled: false }) })]);
    const bench = await benchOf({ applications: [calm] });
    expect(said(await bench.say('chaos status calm'))).toContain('calm: off: its file does not enable it');
    bench.serverGroups.fail('look', 'UNREACHABLE');
    expect(said(await bench.say('chaos status calm'))).toContain('What it is drawn for cannot be seen: look failed');
  });

  it.each([
    ['chaos status fooo', 'fooo'],
    ['chaos statsu foo', "There is no 'chaos statsu'"],
    ['chaos status foo prod', "I do not understand 'prod'"],
  ])('does not guess at `%s`', async (text, message) => {
    const bench = await benchOf();
    const { reply } = await bench.say(text);
    expect(reply?.undone).toBe(true);
    expect(wordsOf(reply)).toContain(message);
  });
});

describe('/cox chaos on and off', () => {
  it('tell who turned it off and why, and let it loose again', async () => {
    const bench = await benchOf();
    const off = await bench.say('chaos off foo reason="load test"');
    expect(said(off)).toContain('Chaos of foo is turned off: load test');
    const words = said(await bench.say('chaos status foo'));
    expect(words).toContain('foo: off: turned off by @UANN: load test');
    expect(words).toContain('nonprod/foo-prod/east: Chaos of foo was turned off: load test');
    const on = await bench.say('chaos on foo reason=done', 'UBOB');
    expect(said(on)).toContain('Chaos of foo is turned on: done');
    expect(said(await bench.say('chaos status foo'))).toContain('nonprod/foo-prod/east: may be drawn');
  });

  it.each(['chaos off foo', 'chaos on foo reason=""'])('want a reason: `%s`', async (text) => {
    const bench = await benchOf();
    expect(said(await bench.say(text, 'UBOB'))).toContain('Say why:');
    expect(await bench.switchFor('foo')).toBeUndefined();
  });

  it('say what keeps it off all the same', async () => {
    const bench = await benchOf({ settings: { ...loose, enabled: false, admins: ['sre'] } });
    expect(said(await bench.say('chaos on reason=done', 'UBOB'))).toContain('CHAOS_ENABLED is false');
    bench.boot({ ...loose, admins: ['sre'] });
    expect(said(await bench.say('chaos on reason=done', 'UBOB'))).not.toContain('stays off');
    const calm = chaosApplication('calm', [chaosEnvironment('prod', { chaos: chaosOf({ enabled: false }) })]);
    bench.world.applications = new Map([['calm', calm]]);
    expect(said(await bench.say('chaos on calm reason=done', 'UBOB'))).toContain('file of calm does not enable it');
  });
});

describe('a turn of chaos', () => {
  const audited = async ({ store }: { readonly store: DocumentStore }, chain = 'foo') =>
    (await readLatest(store, [chain], { limit: 50, isWanted: ({ kind }) => kind === 'lock' })).entries.map(
      ({ action, who, what, why, from }) => [action, who, what, why, from.surface],
    );

  it('is written down with who, what, why and from where, for one application and for all', async () => {
    const bench = await benchOf({ settings: { ...loose, admins: ['sre'] } });
    await bench.say('chaos off foo reason="load test"');
    await bench.say('chaos on foo reason=done', 'UBOB');
    await bench.say('chaos off reason=storm', 'UBOB');
    await bench.runFor(1_000);
    expect(await audited(bench)).toEqual([
      ['chaosOn', 'UBOB', 'chaos of foo is turned on', 'done', 'slack'],
      ['chaosOff', 'UANN', 'chaos of foo is turned off', 'load test', 'slack'],
    ]);
    expect(await audited(bench, '@coxswain')).toEqual([
      ['chaosOff', 'UBOB', 'chaos of all applications is turned off', 'storm', 'slack'],
    ]);
    expect(await bench.switchFor('foo')).toMatchObject({ facts: [] });
  });

  /** Off for foo, with Bob's word after it, from a process that dies at some points of its writes. */
  const live = async (points: readonly number[], between?: string) => {
    const crashes = createCrashPoints(new Set(points));
    const bench = await benchOf({ wrap: crashes.wrap });
    const run = async () => {
      for (let turn = 0; turn < 40; turn += 1) {
        await bench.handleDue();
        if (crashes.isDown()) {
          crashes.boot();
          if (between !== undefined) await bench.say(between, 'UBOB');
        }
        bench.errors.splice(0);
        await bench.clock.advance(1_000);
      }
    };
    const id = await bench.receive('chaos off foo reason=storm');
    await run();
    const { reply } = (await bench.store.get(commandKind, id))?.document ?? {};
    const { isOff, by, applied, facts } = (await bench.switchFor('foo')) ?? {};
    return {
      passed: crashes.passed(),
      outcome: { said: wordsOf(reply), isOff, by, applied, facts, audited: await audited(bench) },
    };
  };

  it('comes to the same wherever Coxswain dies in its course', async () => {
    const { passed, outcome } = await live([]);
    expect(outcome).toMatchObject({ isOff: true, by: 'UANN', facts: [], said: 'Chaos of foo is turned off: storm' });
    expect(outcome.applied).toHaveLength(1);
    expect(outcome.audited).toHaveLength(1);
    for (let point = 1; point <= passed; point += 1)
      expect([point, (await live([point])).outcome]).toEqual([point, outcome]);
  });

  it('that was saved and not answered does not undo what came after it', async () => {
    const { outcome } = await live([2], 'chaos on foo reason=done');
    expect(outcome).toMatchObject({ isOff: false, by: 'UBOB' });
    expect(outcome.said).toBe('Chaos of foo was turned on since by @UBOB: done');
    expect(outcome.audited.map(([action]) => action)).toEqual(['chaosOn', 'chaosOff']);
  });

  it('of an older build counts on', async () => {
    const bench = await benchOf();
    const older = { schema: 1, teamId: 'T1', isOff: true, by: 'UCY', at: noon, reason: 'storm' };
    await bench.store.create(switchKind as unknown as DocumentKind<typeof older>, 'foo', older);
    expect(said(await bench.say('chaos status foo'))).toContain('foo: off: turned off by @UCY: storm');
    expect(said(await bench.say('chaos on foo reason=done', 'UBOB'))).toContain('Chaos of foo is turned on: done');
  });
});

describe('who may turn it', () => {
  it('off is who may deploy to one environment, on only who may deploy to all', async () => {
    const bench = await benchOf();
    expect((await bench.say('chaos off foo reason=x', 'UEVE')).reply?.denied).toBe(true);
    expect((await bench.say('chaos off foo reason=x')).reply?.denied).toBeUndefined();
    const on = await bench.say('chaos on foo reason=x');
    expect(on.reply?.denied).toBe(true);
    expect(said(on)).toContain('You may not change foo prod: only @sre may.');
    expect((await bench.switchFor('foo'))?.isOff).toBe(true);
    expect((await bench.say('chaos on foo reason=x', 'UBOB')).reply?.denied).toBeUndefined();
  });

  it('is nobody else where no environment has it just now', async () => {
    const bench = await benchOf();
    await bench.say('chaos off foo reason=x');
    const off = { chaos: chaosOf({ enabled: false }) };
    const calm = chaosApplication('foo', [own('staging', ['crew'], off), own('prod', ['sre'], off)]);
    bench.world.applications = new Map([['foo', calm]]);
    for (const text of ['chaos on foo reason=y', 'chaos off foo reason=y'])
      expect((await bench.say(text, 'UEVE')).reply?.denied).toBe(true);
    expect((await bench.switchFor('foo'))?.reason).toBe('x');
  });

  it('for all are the groups of the operator, and nobody where there are none', async () => {
    const bench = await benchOf();
    expect(said(await bench.say('chaos off reason=x', 'UBOB'))).toContain('CHAOS_ADMINS names no user group');
    bench.boot({ ...loose, admins: ['sre'] });
    const denied = await bench.say('chaos off reason=x');
    expect(denied.reply?.denied).toBe(true);
    expect(said(denied)).toContain('only @sre may');
    expect((await bench.say('chaos off reason=x', 'UBOB')).reply?.denied).toBeUndefined();
    expect(said(await bench.say('chaos status'))).toContain('Chaos: off: turned off by @UBOB: x');
  });

  it.each(['bot', 'gone', 'foreign'] as const)('is no account that is %s, whatever group it is in', async (kind) => {
    const bench = await benchOf({ settings: { ...loose, admins: ['sre'] } });
    await bench.persons({ UBOB: { kind } });
    for (const text of [
      'chaos off reason=x',
      'chaos on reason=x',
      'chaos off foo reason=x',
      'chaos on foo reason=x',
      'chaos run foo',
    ])
      expect([text, (await bench.say(text, 'UBOB')).reply?.denied]).toEqual([text, true]);
    expect(await bench.kills()).toEqual([]);
  });

  it('is whoever the file names by e-mail', async () => {
    const foo = chaosApplication('foo', [own('prod', ['cy@example.com'])]);
    const bench = await benchOf({ applications: [foo] });
    await bench.persons({ UCY: { kind: 'person', email: 'cy@example.com' } });
    expect((await bench.say('chaos off foo reason=x', 'UCY')).reply?.denied).toBeUndefined();
    expect((await bench.say('chaos run foo prod', 'UBOB')).reply?.denied).toBe(true);
  });
});

describe('/cox chaos run', () => {
  const drawn = async (bench: Awaited<ReturnType<typeof benchOf>>, text = 'chaos run foo prod') => {
    const command = await bench.say(text, 'UBOB');
    expect(said(command)).toContain('its card asks in the channel before anything is killed');
    await bench.runFor(1_000);
    return bench.kill();
  };

  it('draws one now, and its card asks although the file does not', async () => {
    const bench = await benchOf();
    const kill = await drawn(bench);
    expect(kill).toMatchObject({ askedBy: 'UBOB', state: { is: 'asked' }, group: { key: 'nonprod/foo-prod/east' } });
    const card = await bench.message(`${kill.id}/card`);
    expect(card?.target).toEqual({ kind: 'channel', channel: 'foo-deploys' });
    expect(wordsOf(card?.view)).toContain('It was asked for by @UBOB for nonprod/foo-prod/east, 1 of 3 that may be.');
    expect(killsIn(bench)).toEqual([]);
    await bench.say(`chaos now foo ${kill.id}`, 'UBOB');
    await bench.runFor(hourMs);
    expect(killsIn(bench)).toEqual([`kill ${kill.victim?.instanceId ?? ''}`]);
  });

  it('kills nothing where nobody answers', async () => {
    const bench = await benchOf();
    await drawn(bench);
    await bench.runFor(hourMs);
    expect((await bench.kill()).state).toMatchObject({ is: 'ended', outcome: 'expired' });
    expect(killsIn(bench)).toEqual([]);
  });

  it('asks where it was asked for, of an environment without a channel', async () => {
    const silent = own('prod', ['sre'], { channel: undefined });
    const bench = await benchOf({ applications: [chaosApplication('foo', [silent])] });
    expect((await drawn(bench)).channel).toBe('CH1');
  });

  it('draws among all environments where none is named, of which one must be allowed to change all', async () => {
    const bench = await benchOf();
    const denied = await bench.say('chaos run foo');
    expect(denied.reply?.denied).toBe(true);
    expect(said(denied)).toContain('foo prod');
    expect((await bench.say('chaos run foo staging')).reply?.denied).toBeUndefined();
    expect(await bench.kills()).toHaveLength(1);
    await bench.say('chaos run foo', 'UBOB');
    expect(await bench.kills()).toHaveLength(2);
  });

  it.each([
    ['chaos run', 'Say which application'],
    ['chaos run foo prodd', 'chaos run foo prod'],
    ['chaos run foo prod now', "I do not understand 'now'"],
  ])('does not guess at `%s`', async (text, message) => {
    const bench = await benchOf();
    const { reply } = await bench.say(text, 'UBOB');
    expect([wordsOf(reply), JSON.stringify(reply?.choices ?? [])].join('\n')).toContain(message);
    expect(await bench.kills()).toEqual([]);
  });

  it('says at once what leaves it alone', async () => {
    const bench = await benchOf();
    await bench.say('stop storm', 'UBOB');
    const stopped = await bench.say('chaos run foo prod', 'UBOB');
    expect(said(stopped)).toMatch(/everything is stopped by @UBOB .*: storm/);
    expect(stopped.reply?.undone).toBe(true);
    await bench.say('stop lift over', 'UBOB');
    bench.serverGroups.remove(east, 'foo-prod-v001');
    expect(said(await bench.say('chaos run foo prod', 'UBOB'))).toContain('Nothing in service is drawn for there.');
    expect(await bench.kills()).toEqual([]);
  });

  it('keeps the time between two kills, also from a card that asked before', async () => {
    const bench = await benchOf();
    const first = await drawn(bench);
    await bench.say('chaos run foo prod', 'UBOB');
    await bench.runFor(1_000);
    const second = (await bench.kills()).find(({ id }) => id !== first.id);
    for (const { id = '' } of [first, second ?? {}]) {
      await bench.say(`chaos now foo ${id}`, 'UBOB');
      await bench.runFor(60_000);
    }
    expect(killsIn(bench)).toHaveLength(1);
    const spared = (await bench.kills()).find(({ id }) => id === second?.id);
    expect(spared?.state).toMatchObject({
      outcome: 'spared',
      reason: expect.stringContaining('had a kill at') as string,
    });
  });
});

describe('/cox chaos history', () => {
  it('tells the last kills first, of one application or of all, with what became of each', async () => {
    const bar = chaosApplication('bar', [chaosEnvironment('prod')]);
    const foo = chaosApplication('foo', [chaosEnvironment('prod')]);
    const bench = createChaosBench({ applications: [foo, bar], startAt: noon });
    bench.seed('foo-prod-v001');
    bench.seed('bar-prod-v001');
    expect(said(await bench.say('chaos history'))).toContain('Chaos has killed nothing yet.');
    await bench.say('chaos run foo prod');
    await bench.runFor(1_000);
    const { id } = await bench.kill();
    expect(said(await bench.say('chaos history foo'))).toContain('asked; without an answer it ends at');
    await bench.say(`chaos now foo ${id}`);
    await bench.runFor(hourMs);
    await bench.say('chaos run bar prod');
    await bench.runFor(hourMs);
    const [headline, ...lines] = said(await bench.say('chaos history')).split('\n');
    expect(headline).toBe('The last kills');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/of bar-prod-v001 in nonprod\/east: nobody answered: nothing was killed/);
    expect(lines[1]).toMatch(/of foo-prod-v001 in nonprod\/east: killed by @UANN, recovered in/);
    expect(said(await bench.say('chaos history bar'))).not.toContain('foo-prod');
  });
});
