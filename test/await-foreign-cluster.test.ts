import { executionRenderer } from '../src/app';
import { clusterHolder, lockCluster } from '../src/engine/cluster-lock';
import { executionKind } from '../src/engine/document-kinds';
import { failureOf } from '../src/engine/failure-of';
import type { Environment } from '../src/model/application';
import type { Execution } from '../src/model/execution';
import { plainText } from '../src/model/text';
import { freeLock, takeLock } from '../src/policy/locks/locks';
import { liftStop, stopAll } from '../src/policy/stop';
import { east } from './dcos/builders';
import { applicationOf, parentOf, startLocked } from './support/child-kit';
import { createCrashPoints } from './support/crash-points';
import { drive, stageOf, type Step } from './support/engine-kit';
import { sendSignal } from './support/send-signal';
import { createStageBench } from './support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const from = { surface: 'slack', channel: 'CH1' } as const;
const minutes = (count: number) => count * 60_000;
const rest = (ref: string, waitTime: number, after: readonly string[] = []): Step => ({
  ref,
  type: 'wait',
  after,
  context: { waitTime },
});
/** Takes the second server group of a cluster out. */
const disables = (cluster: string, more: Partial<Step> = {}): Step => ({
  ref: '1',
  type: 'disableServerGroup',
  name: 'Take it out',
  context: { cluster, serverGroupName: `${cluster}-v001`, credentials: 'nonprod', location: east },
  ...more,
});

/** An execution of `foo` for an environment. */
function of(id: string, environment: 'dev' | 'staging', steps: readonly Step[]): Execution {
  const built = parentOf(steps, { id, name: `Run ${id}` });
  return { ...built, definition: { ...built.definition, environment, cluster: `foo-${environment}` } };
}

function benchOf(over: Partial<Environment> = {}, wrap?: Parameters<typeof createStageBench>[0]): Bench {
  const bench = createStageBench(wrap, new Map([applicationOf('foo', { main: [] }, over)]));
  for (const name of ['foo-dev-v000', 'foo-dev-v001', 'foo-staging-v000', 'foo-staging-v001'])
    bench.serverGroups.seed({ location: east, name, desired: 2, image: 'repo/foo:1.0' });
  return bench;
}

const get = async ({ store }: Bench, id: string): Promise<Execution> => {
  const found = await store.get(executionKind, id);
  if (found === undefined) throw new Error(`No execution ${id}.`);
  return found.document;
};
const detailOf = async (bench: Bench, id: string) => {
  const detail = executionRenderer.live(await get(bench, id)).steps?.[0]?.detail;
  return detail === undefined ? '' : plainText(detail);
};
/** What the button of a stage that waits for a window is bound to. */
async function shown(bench: Bench, id = 'A') {
  const { choices = [] } = executionRenderer.live(await get(bench, id));
  const target = choices.find(({ name }) => name === 'startNow')?.target;
  if (target?.kind !== 'execution') throw new Error('Nothing can be started now.');
  return { stageId: target.stageId ?? '', ...(target.hash === undefined ? {} : { hash: target.hash }) };
}
const isOut = ({ serverGroups }: Bench, cluster: string) => serverGroups.sizes(east).includes(`${cluster}-v001 ×0`);

describe('a stage that changes the cluster of another environment', () => {
  it('waits while others work there, says so, and keeps others from it until its execution ends', async () => {
    const bench = benchOf();
    await startLocked(bench, of('B', 'staging', [rest('1', 600)]));
    await bench.start(of('A', 'dev', [disables('foo-staging'), rest('2', 300, ['1'])]));
    await bench.drive('A', minutes(9));
    expect(await detailOf(bench, 'A')).toBe('waits for Run B in foo-staging, asked by @U0ALICE');
    expect(isOut(bench, 'foo-staging')).toBe(false);
    await bench.drive('A', minutes(2));
    expect([isOut(bench, 'foo-staging'), stageOf(await get(bench, 'A'), '1').status]).toEqual([true, 'SUCCEEDED']);
    expect(stageOf(await get(bench, 'A'), '1').context.waitsFor).toBeUndefined();
    expect(await clusterHolder(bench.store, 'foo-staging')).toEqual({ executionId: 'A' });
    expect(await lockCluster(bench.store, 'foo-staging', { executionId: 'C' })).toEqual({ executionId: 'A' });
    expect((await bench.drive('A')).status).toBe('SUCCEEDED');
    expect(await clusterHolder(bench.store, 'foo-staging')).toBeUndefined();
  });

  it('lets a rollback go first that waits for that cluster', async () => {
    const bench = benchOf();
    const built = of('R', 'staging', [rest('1', 1)]);
    const waiting: Execution = {
      ...built,
      name: 'Roll back foo staging',
      definition: { ...built.definition, kind: 'rollback' },
      trigger: { ...built.trigger, type: 'manual' },
      admission: { round: 0, state: 'blocked' },
    };
    await bench.store.create(executionKind, 'R', waiting);
    await bench.start(of('A', 'dev', [disables('foo-staging')]));
    await bench.drive('A', minutes(1));
    expect([await detailOf(bench, 'A'), isOut(bench, 'foo-staging')]).toEqual([
      'waits for Roll back foo staging in foo-staging, asked by @U0ALICE',
      false,
    ]);
    await bench.store.update(executionKind, 'R', (execution) => ({ ...execution, status: 'CANCELED' as const }));
    expect((await bench.drive('A', minutes(1))).status).toBe('SUCCEEDED');
  });

  it('waits without using up its time', async () => {
    const bench = benchOf();
    await startLocked(bench, of('B', 'staging', [rest('1', 1200)]));
    const step = disables('foo-staging');
    await bench.start(of('A', 'dev', [{ ...step, context: { ...step.context, stageTimeoutMs: 60_000 } }]));
    const done = await bench.drive('A', minutes(30));
    expect([done.status, isOut(bench, 'foo-staging')]).toEqual(['SUCCEEDED', true]);
  });

  it('has all its time after the wait, and no more', async () => {
    const bench = benchOf();
    await startLocked(bench, of('B', 'staging', [rest('1', 1200)]));
    const step = disables('foo-staging');
    await bench.start(of('A', 'dev', [{ ...step, context: { ...step.context, stageTimeoutMs: 60_000 } }]));
    await bench.drive('A', minutes(19));
    bench.serverGroups.resize = () => Promise.resolve({ deploymentId: 'never' });
    const done = await bench.drive('A', minutes(30));
    expect(failureOf(done)?.code).toBe('TASK_TIMEOUT');
    const { endTime = 0, startTime = 0 } = stageOf(done, '1');
    expect(endTime - startTime).toBeGreaterThan(minutes(21) - 1000);
    expect(endTime - startTime).toBeLessThan(minutes(21) + 10_000);
  });

  it('is canceled while it waits, and changes nothing', async () => {
    const bench = benchOf();
    await startLocked(bench, of('B', 'staging', [rest('1', 600)]));
    await bench.start(of('A', 'dev', [disables('foo-staging')]));
    await bench.drive('A', minutes(1));
    await sendSignal(bench, { type: 'cancel', user: 'U0BOB' }, 'A');
    const done = await bench.drive('A', minutes(30));
    expect([done.status, isOut(bench, 'foo-staging')]).toEqual(['CANCELED', false]);
  });

  it('waits for the lock of somebody else there, not for that of whoever asked', async () => {
    const bench = benchOf();
    const place = { teamId: 'T1', application: 'foo', environment: 'staging' };
    const taking = (user: string, id: string) => ({
      id,
      user,
      from,
      now: bench.clock.now(),
      reason: 'migration',
      until: bench.clock.now() + minutes(60),
    });
    await takeLock(bench.store, place, taking('U0BOB', 'L1'));
    await bench.start(of('A', 'dev', [disables('foo-staging')]));
    await bench.drive('A', minutes(10));
    expect(await detailOf(bench, 'A')).toContain('foo staging is locked by @U0BOB since');
    expect([isOut(bench, 'foo-staging'), await clusterHolder(bench.store, 'foo-staging')]).toEqual([false, undefined]);
    await freeLock(bench.store, place, { ...taking('U0BOB', 'L2') });
    await takeLock(bench.store, place, taking('U0ALICE', 'L3'));
    expect((await bench.drive('A', minutes(5))).status).toBe('SUCCEEDED');
  });

  it('goes on under a lock that came after it had begun there', async () => {
    const bench = benchOf();
    const steps = [disables('foo-staging'), rest('2', 60, ['1'])];
    const enable: Step = {
      ...disables('foo-staging'),
      ref: '3',
      type: 'enableServerGroup',
      after: ['2'],
    };
    await bench.start(of('A', 'dev', [...steps, enable]));
    await bench.drive('A', 30_000);
    const until = bench.clock.now() + minutes(60);
    const place = { teamId: 'T1', application: 'foo', environment: 'staging' };
    await takeLock(bench.store, place, { id: 'L1', user: 'U0BOB', from, now: bench.clock.now(), reason: 'x', until });
    expect((await bench.drive('A', minutes(10))).status).toBe('SUCCEEDED');
  });

  it('asks for a lock that has come since, when it is retried after the end', async () => {
    const bench = benchOf();
    const fails: Step = { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 'soon' } };
    await bench.start(of('A', 'dev', [disables('foo-staging'), fails]));
    expect((await bench.drive('A')).status).toBe('TERMINAL');
    const place = { teamId: 'T1', application: 'foo', environment: 'staging' };
    const now = bench.clock.now();
    await takeLock(bench.store, place, { id: 'L1', user: 'U0BOB', from, now, reason: 'x', until: now + minutes(60) });
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'U0ALICE' }, 'A')).toBe('');
    await bench.drive('A', minutes(10));
    expect(await detailOf(bench, 'A')).toContain('foo staging is locked by @U0BOB since');
  });

  it('waits while everything is stopped', async () => {
    const bench = benchOf();
    const request = { id: 'S1', user: 'U0BOB', from, now: bench.clock.now() };
    await bench.start(of('A', 'dev', [disables('foo-staging')]));
    await stopAll(bench.store, 'T1', request);
    await bench.store.update(executionKind, 'A', (execution) => ({ ...execution, status: 'RUNNING' as const }));
    await bench.drive('A', minutes(10));
    expect([isOut(bench, 'foo-staging'), await detailOf(bench, 'A')]).toEqual([
      false,
      expect.stringContaining('everything is stopped by @U0BOB') as string,
    ]);
    await liftStop(bench.store, 'T1', { ...request, id: 'S2', now: bench.clock.now() });
    expect((await bench.drive('A', minutes(5))).status).toBe('SUCCEEDED');
  });

  const early = { hours: [{ from: 120, to: 179 }], days: [], timeZone: 'UTC', freezes: [] };
  const jitter = { minDelay: 600, maxDelay: 600, skipManual: false };

  it('waits for the jitter of that window too, from when it opened, once', async () => {
    const bench = benchOf({ window: { ...early, jitter } });
    await bench.start(of('A', 'dev', [disables('foo-staging')]));
    await bench.drive('A', minutes(60));
    expect(await detailOf(bench, 'A')).toContain('2026-01-01 02:00 UTC (environment staging); begins 2026-01-01 02:10');
    await bench.drive('A', minutes(69));
    expect(isOut(bench, 'foo-staging')).toBe(false);
    await startLocked(bench, of('B', 'staging', [rest('1', 720)]));
    await bench.drive('A', minutes(11));
    expect(await detailOf(bench, 'A')).toContain('waits for Run B');
    expect((await bench.drive('A', minutes(4))).status).toBe('SUCCEEDED');
  });

  it('leaves the jitter out for what a person started, where it says so', async () => {
    const bench = benchOf({ window: { ...early, hours: [], jitter: { ...jitter, skipManual: true } } });
    const built = of('A', 'dev', [disables('foo-staging')]);
    await bench.start({ ...built, trigger: { ...built.trigger, type: 'manual' } });
    expect((await bench.drive('A', minutes(2))).status).toBe('SUCCEEDED');
  });

  it('begins before the window where somebody says why, and before its jitter', async () => {
    const bench = benchOf({ window: { ...early, jitter } });
    await bench.start(of('A', 'dev', [disables('foo-staging')]));
    await bench.drive('A', minutes(5));
    const wanted = { type: 'startNow', user: 'U0BOB', ...(await shown(bench)) } as const;
    expect(await sendSignal(bench, { ...wanted, reason: ' ' }, 'A')).toContain('Say why');
    expect(await sendSignal(bench, { ...wanted, reason: 'login is down' }, 'A')).toBe('');
    expect(await sendSignal(bench, { ...wanted, reason: 'again' }, 'A')).toContain('waits for no window');
    const done = await bench.drive('A', minutes(1));
    expect([done.status, isOut(bench, 'foo-staging')]).toEqual(['SUCCEEDED', true]);
  });

  it('waits for the window of that environment, each stage anew', async () => {
    // It is midnight in UTC when the test begins.
    const window = { hours: [{ from: 120, to: 179 }], days: [], timeZone: 'UTC', freezes: [] };
    const bench = benchOf({ window });
    const enable: Step = { ...disables('foo-staging'), ref: '3', type: 'enableServerGroup', after: ['2'] };
    await bench.start(of('A', 'dev', [disables('foo-staging'), rest('2', 3600, ['1']), enable]));
    await bench.drive('A', minutes(119));
    expect(await detailOf(bench, 'A')).toContain('(environment staging)');
    expect(isOut(bench, 'foo-staging')).toBe(false);
    await bench.drive('A', minutes(120));
    expect([isOut(bench, 'foo-staging'), stageOf(await get(bench, 'A'), '3').status]).toEqual([true, 'RUNNING']);
    const done = await bench.drive('A', minutes(25 * 60));
    expect([done.status, isOut(bench, 'foo-staging')]).toEqual(['SUCCEEDED', false]);
  });
});

describe('a stage that waits for the windows of several environments', () => {
  const hours = (from: number) => ({ hours: [{ from, to: 179 }], days: [], timeZone: 'UTC', freezes: [] });
  const said = { user: 'U0BOB', reason: 'login is down' } as const;

  /** Waits for the window of foo staging, which opens at one, and then for that of foo prod, which opens at two. */
  async function waitsTwice() {
    const [name, foo] = applicationOf('foo', { main: [] }, { window: hours(60) });
    const staging = foo.environments.get('staging');
    if (staging === undefined) throw new Error('There is no staging.');
    const prod = { ...staging, name: 'prod', window: hours(120) };
    const environments = new Map([...foo.environments, ['prod', prod]]);
    const bench = createStageBench(undefined, new Map([[name, { ...foo, environments }]]));
    for (const group of ['foo-staging-v000', 'foo-staging-v001'])
      bench.serverGroups.seed({ location: east, name: group, desired: 2 });
    const step = disables('foo-staging');
    await bench.start(of('A', 'dev', [{ ...step, context: { ...step.context, targetCluster: 'foo-prod' } }]));
    await bench.drive('A', minutes(5));
    const first = await shown(bench);
    await bench.drive('A', minutes(60));
    return { bench, first };
  }

  it('begins by what was shown of the window that it waits for, and by nothing else', async () => {
    const { bench, first } = await waitsTwice();
    const moved = "PLAN_CHANGED Something has changed since: 'Take it out' waits for the window of foo prod.";
    for (const bound of [first, { stageId: first.stageId }])
      for (const type of ['startNow', 'breakGlass'] as const)
        expect(await sendSignal(bench, { type, ...bound, ...said }, 'A')).toContain(moved);
    await bench.drive('A', minutes(5));
    expect(isOut(bench, 'foo-staging')).toBe(false);
    expect(await sendSignal(bench, { type: 'startNow', ...(await shown(bench)), ...said }, 'A')).toBe('');
    expect((await bench.drive('A', minutes(5))).status).toBe('SUCCEEDED');
  });

  it('begins by what a broken glass was shown for', async () => {
    const { bench } = await waitsTwice();
    expect(await sendSignal(bench, { type: 'breakGlass', ...(await shown(bench)), ...said }, 'A')).toBe('');
    expect((await bench.drive('A', minutes(5))).status).toBe('SUCCEEDED');
  });

  it('takes nothing that was pressed for an attempt before', async () => {
    const bench = benchOf({ window: hours(120) });
    await bench.start(of('A', 'dev', [disables('foo-staging')]));
    await bench.drive('A', minutes(5));
    const first = await shown(bench);
    bench.serverGroups.fail('resize', 'REQUEST_REFUSED');
    expect((await bench.drive('A', minutes(180))).status).toBe('TERMINAL');
    await bench.clock.advance(minutes(60));
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'U0ALICE' }, 'A')).toBe('');
    await bench.drive('A', minutes(5));
    expect(await sendSignal(bench, { type: 'startNow', ...first, ...said }, 'A')).toContain('PLAN_CHANGED');
    expect(await sendSignal(bench, { type: 'startNow', ...(await shown(bench)), ...said }, 'A')).toBe('');
  });
});

/** Each works in one environment and then changes the other. */
const two = () => [
  of('A', 'dev', [rest('0', 10), disables('foo-staging', { after: ['0'] })]),
  of('B', 'staging', [rest('0', 10), disables('foo-dev', { after: ['0'] })]),
];

async function runBoth(points: readonly number[]) {
  const crashes = createCrashPoints(new Set(points));
  const bench = benchOf({}, crashes.wrap);
  bench.serverGroups.onEffect = () => crashes.point();
  for (const execution of two()) await startLocked(bench, execution);
  const handle = (loaded: Execution, owner: string) => {
    crashes.boot();
    return bench.handle(loaded, owner);
  };
  await drive({ store: bench.store, clock: bench.clock, id: 'A', handle, maxMs: minutes(10) });
  const all = [await get(bench, 'A'), await get(bench, 'B')];
  const holders = [await clusterHolder(bench.store, 'foo-dev'), await clusterHolder(bench.store, 'foo-staging')];
  return {
    end: [all.map(({ status }) => status), isOut(bench, 'foo-dev'), isOut(bench, 'foo-staging'), holders],
    message: failureOf(await get(bench, 'B'))?.message,
    passed: crashes.passed(),
  };
}

describe('stages that wait for the clusters of each other', () => {
  it('fail the youngest, which says why, so that the other goes on', async () => {
    const { end, message } = await runBoth([]);
    expect(end).toEqual([['SUCCEEDED', 'TERMINAL'], false, true, [undefined, undefined]]);
    expect(message).toBe(
      'It would wait for ever: it waits for foo-dev, where Run A works, which waits for it (Run A → Run B). Start one after the other.',
    );
  });

  it('end in the same way wherever the process stops', async () => {
    const { end, passed } = await runBoth([]);
    const differing: unknown[] = [];
    for (let point = 1; point <= passed; point += 3) {
      const other = await runBoth([point]);
      if (JSON.stringify(other.end) !== JSON.stringify(end)) differing.push({ point, end: other.end });
    }
    expect(passed).toBeGreaterThan(20);
    expect(differing).toEqual([]);
  });
});
