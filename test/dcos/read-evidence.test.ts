import { randomBytes, randomInt } from 'node:crypto';
import { openConnections } from '../../src/dcos/cluster-connections';
import { createServerGroups } from '../../src/dcos/marathon-server-groups';
import { systemClock, type Clock } from '../../src/engine/clock';
import { startDcosEmulator, type RunningDcosEmulator } from '../../src/emulators/dcos/start-dcos-emulator';
import { createManualClock, type ManualClock } from '../support/manual-clock';
import { east } from './builders';

const id = '/nonprod/east/foo-dev-v001';
const healthChecks = [{ protocol: 'HTTP', path: '/', maxConsecutiveFailures: 0 }];
const words = () => `no luck ${randomBytes(5).toString('hex')}`;

let clock: ManualClock;
let emulator: RunningDcosEmulator;

beforeEach(async () => {
  clock = createManualClock();
  emulator = await startDcosEmulator({
    clock: {
      now: () => clock.now(),
      scale: (ms) => ms,
      setTimer: (at, action) => clock.after(at - clock.now(), action),
    },
    agents: Array.from({ length: 12 }, (_, index) => ({ id: `S${index}`, hostname: `a${index}`, cpus: 4, mem: 4096 })),
  });
});
afterEach(() => emulator.close());

/** Creates the app over HTTP, lets time pass, and asks the served emulator why it does not come up. */
async function diagnoseAfter(ms: number, app: Readonly<Record<string, unknown>>, asker?: Clock) {
  const base = { id, instances: 2, cpus: 0.1, mem: 32, container: { type: 'DOCKER', docker: { image: 'foo:1' } } };
  await fetch(`${emulator.url}/v2/apps`, { method: 'POST', body: JSON.stringify({ ...base, ...app }) });
  await clock.advance(ms);
  return ask(asker);
}

/** Asks why it does not come up. */
function ask(asker?: Clock) {
  const cluster = { name: 'np1', url: emulator.url, auth: { type: 'none' } } as const;
  const sandboxes = openConnections(new Map([['np1', cluster]]));
  const clusters = new Map([...sandboxes].map(([name, { marathon }]) => [name, marathon]));
  return createServerGroups({ clusters, sandboxes, ...(asker === undefined ? {} : { clock: asker }) }).diagnose(
    east,
    'foo-dev-v001',
  );
}

describe('a diagnosis over HTTP', () => {
  it('names the cpus that no agent offers', async () => {
    const cpus = 5 + randomInt(1, 90) / 10;
    expect(await diagnoseAfter(5000, { cpus })).toEqual({
      reasons: [`No agent offers ${cpus} cpus: 12 of 12 offers declined.`, '2 instances wait for offers.'],
    });
  });

  it.each([
    [{ mem: 9000 }, 'No agent offers 9000 MB of memory: 12 of 12 offers declined.'],
    [
      { instances: 13, constraints: [['hostname', 'UNIQUE']] },
      'No agent meets the constraint hostname:UNIQUE: 12 of 12 offers declined.',
    ],
    [
      { instances: 13, portDefinitions: [{ port: 8080 }], requirePorts: true },
      'No agent offers port 8080: 12 of 12 offers declined.',
    ],
  ])('says why %j is not launched', async (app, expected) => {
    expect((await diagnoseAfter(5000, app)).reasons).toContain(expected);
  });

  it('names the answer of the health check, and shows stderr of a task that runs', async () => {
    const status = randomInt(402, 420);
    const stderr = words();
    const labels = { EMULATOR_HEALTH: String(status), EMULATOR_STDERR: `${stderr}\n` };
    const { reasons, output } = await diagnoseAfter(3000, { healthChecks, labels });
    expect(reasons.join('\n')).toMatch(
      new RegExp(`The health check fails on 2 of 2 tasks, \\d times in a row: ${status} `),
    );
    expect(output).toBe(stderr);
  });

  it('names the message of a crash, the back-off, and the last 20 lines of stderr', async () => {
    const message = words();
    const lines = Array.from({ length: 30 }, () => words());
    const labels = {
      EMULATOR_RUN_MS: '100',
      EMULATOR_EXIT_CODE: '1',
      EMULATOR_MESSAGE: message,
      EMULATOR_STDERR: lines.join('\n'),
    };
    const { reasons, output } = await diagnoseAfter(600, { labels, backoffSeconds: 60 });
    expect(reasons).toEqual([
      'Launch back-off after failures: 2 instances wait 69 s before the next launch.',
      expect.stringMatching(
        new RegExp(`^The last task that ended failed on a\\d+ at 2026-01-01 00:00:00 UTC: ${message}\\.$`),
      ),
    ]);
    expect(output).toBe(lines.slice(-20).join('\n'));
  });

  it('shows stderr of a task that fails its health check now, and not of the one that crashed before', async () => {
    const play = (script: Readonly<Record<string, unknown>>) =>
      fetch(`${emulator.url}/emulator/scripts`, { method: 'POST', body: JSON.stringify({ match: id, ...script }) });
    await play({ runMs: 100, exitCode: 1, stderr: 'crashed' });
    const first = await diagnoseAfter(600, { instances: 1, healthChecks, backoffSeconds: 2 });
    expect(first.output).toBe('crashed');
    await play({ health: [500], stderr: 'sick' });
    await clock.advance(5000);
    const { reasons, output } = await ask();
    expect([reasons.some((reason) => reason.startsWith('The last task that ended')), output]).toEqual([true, 'sick']);
  });

  it('names the answer of the readiness check', async () => {
    const readinessChecks = [{ name: 'warm', preserveLastResponse: true }];
    const portDefinitions = [{ port: 0, name: 'http-api' }];
    const labels = { EMULATOR_READY_MS: '600000' };
    const { reasons } = await diagnoseAfter(3000, { portDefinitions, readinessChecks, labels });
    expect(reasons).toContain("The readiness check 'warm' is not passed by 2 tasks; last response 503: not yet.");
  });

  it('shows stderr by the agent where dcos-log does not answer', async () => {
    const stderr = words();
    emulator.core.setFault({ kind: 'slow', path: '/system/v1/logs*', delayMs: 3_600_000 });
    const asker: Clock = {
      now: () => clock.now(),
      // The patience with dcos-log is over at once, that with everything else never.
      after: (delayMs, callback) =>
        (delayMs === 700 ? systemClock : clock).after(delayMs === 700 ? 0 : delayMs, callback),
    };
    const { output } = await diagnoseAfter(
      3000,
      { healthChecks, labels: { EMULATOR_HEALTH: '500', EMULATOR_STDERR: stderr } },
      asker,
    );
    expect(output).toBe(stderr);
  });

  it.each([
    ['Mesos', ['/system/v1/logs*', '/mesos*'], /^stderr could not be read: .*503/],
    ['the queue', ['*/v2/queue'], /^The launch queue could not be read: .*503/],
    ['the app', ['*/v2/apps/*'], /^The app could not be read: .*503/],
  ])('says the rest when %s cannot be read', async (_what, paths, expected) => {
    const labels = { EMULATOR_CRASH: '100', EMULATOR_STDERR: 'x' };
    for (const path of paths) emulator.core.setFault({ kind: 'http', method: 'GET', path });
    const { reasons } = await diagnoseAfter(600, { labels, backoffSeconds: 60 });
    expect(reasons).toContainEqual(expect.stringMatching(expected));
    expect(reasons.length).toBeGreaterThan(1);
  });

  it('tolerates a cluster that is not there at all', async () => {
    const clusters = new Map([['np1', { name: 'np1', url: 'http://127.0.0.1:9', auth: { type: 'none' } }] as const]);
    const marathons = new Map([...openConnections(clusters)].map(([name, { marathon }]) => [name, marathon]));
    const { reasons } = await createServerGroups({ clusters: marathons }).diagnose(east, 'foo-dev-v001');
    expect(reasons).toHaveLength(2);
    expect(await createServerGroups({ clusters: new Map() }).diagnose(east, 'foo').catch(String)).toContain(
      "'np1' is not",
    );
  });
});
