import { createLocalApi } from '../../src/api/create-local-api';
import { hashToken, tokenKind } from '../../src/api/login-token';
import { createHurryingClock, testToken, testUser } from '../support/api-fixture';
import { chaosApplication, chaosEnvironment, createChaosBench, monday } from '../support/chaos-kit';
import { runForTest } from '../support/cli-fixture';

const noon = monday + 12 * 3_600_000;
const policy = { ...chaosEnvironment('prod').policy, deployers: ['crew'] };

/** The command line, the local API and the executor over one store; the user of the command line is in crew. */
async function startBench(over: Partial<ReturnType<typeof chaosEnvironment>> = {}) {
  const bench = createChaosBench({
    applications: [chaosApplication('foo', [chaosEnvironment('prod', { policy, ...over })])],
    startAt: noon,
  });
  bench.seed('foo-prod-v001');
  await bench.people({ crew: [testUser] });
  let count = 0;
  const api = createLocalApi({
    store: bench.store,
    clock: createHurryingClock(noon),
    newId: () => `ID${(count += 1)}`,
    teamId: 'T1',
    hint: () => setImmediate(() => void bench.handleDue()),
    renderExecution: ({ name }) => ({ headline: name, tone: 'running' }),
    health: () => ({ status: 'ok' }),
    port: 0,
  });
  const token = { schema: 1, teamId: 'T1', code: 'TESTCODE', createdAt: 0, state: 'active' } as const;
  await bench.store.create(tokenKind, hashToken(testToken), { ...token, user: testUser, activatedAt: 0 });
  const { url } = await api.start();
  const clock = createHurryingClock(noon);
  const cli = (...argv: readonly string[]) =>
    runForTest(argv, { clock, env: { COXSWAIN_URL: url, COXSWAIN_TOKEN: testToken } });
  return { bench, api, cli };
}

let started: Awaited<ReturnType<typeof startBench>>;
afterEach(() => started.api.stop());

describe('coxswain chaos', () => {
  it('tells the state, turns it off and on again with a reason of several words, and 0 is answered', async () => {
    started = await startBench();
    const { cli, bench } = started;
    const status = await cli('chaos', 'status', 'foo');
    expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('may be drawn') as string });
    expect(await cli('chaos')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/Leashed +no/) as string });
    const off = await cli('chaos', 'off', 'foo', 'reason=load test');
    expect(off).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('turned off: load test') as string });
    expect(await bench.switchFor('foo')).toMatchObject({ isOff: true, by: testUser, reason: 'load test' });
    expect((await cli('chaos', 'on', 'foo', 'reason=done')).exitCode).toBe(0);
    expect((await bench.switchFor('foo'))?.isOff).toBe(false);
  });

  it('draws a kill, whose card asks in the channel, and answers it', async () => {
    started = await startBench();
    const { cli, bench } = started;
    const run = await cli('chaos', 'run', 'foo', 'prod');
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('its card asks') as string });
    await bench.runFor(1_000);
    const { id, channel, victim } = await bench.kill();
    expect(channel).toBe('foo-deploys');
    expect((await cli('chaos', 'now', 'foo', id)).exitCode).toBe(0);
    await bench.runFor(60_000);
    expect(bench.serverGroups.effects).toEqual([`kill ${victim?.instanceId ?? ''}`]);
    const history = await cli('chaos', 'history', 'foo');
    expect(history.stdout).toContain('recovered in');
  });

  it('kills nothing where there is no channel to ask in', async () => {
    started = await startBench({ channel: undefined });
    const { cli, bench } = started;
    await cli('chaos', 'run', 'foo', 'prod');
    await bench.runFor(60_000);
    expect((await bench.kill()).state).toMatchObject({
      outcome: 'spared',
      reason: 'Nobody can be asked: prod has no channel.',
    });
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('exits with 1 where it is refused, or not understood', async () => {
    started = await startBench({ policy: { ...policy, deployers: ['sre'] } });
    const { cli, bench } = started;
    for (const argv of [
      ['run', 'foo', 'prod'],
      ['off', 'foo', 'reason=x'],
      ['off', 'reason=x'],
      ['runn', 'foo'],
    ])
      expect([argv, (await cli('chaos', ...argv)).exitCode]).toEqual([argv, 1]);
    expect(await bench.kills()).toEqual([]);
    expect(await bench.switchFor('foo')).toBeUndefined();
  });
});
