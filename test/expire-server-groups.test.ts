import { keyLabel } from '../src/dcos/server-groups';
import { lockCluster } from '../src/engine/cluster-lock';
import { executionKind, expiryKind, messageKind } from '../src/engine/document-kinds';
import type { ServerGroupDescription } from '../src/model/description';
import { CoxswainError } from '../src/model/errors';
import { plainText } from '../src/model/text';
import { executionRenderer } from '../src/app';
import { east } from './dcos/builders';
import { buildExecution } from './support/api-fixture';
import { createCrashPoints } from './support/crash-points';
import { buildPipeline } from './support/engine-kit';
import { sendSignal } from './support/send-signal';
import { createStageBench, describeCluster } from './support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const minuteMs = 60_000;
const sick = { docker: { image: { imageId: 'repo/foo:sick' } }, stageTimeoutMs: minuteMs };
const report = { teamId: 'T1', channel: 'foo-deploys' };

const deployOf = (over: Partial<ServerGroupDescription>, id = 'E1') =>
  buildPipeline([{ ref: '1', type: 'deploy', context: { clusters: [describeCluster(over)] } }], {
    id,
    report,
    definition: { ...buildExecution().definition, cluster: 'foo-dev' },
  });

async function failedDeploy(over: Partial<ServerGroupDescription> = {}, bench = createStageBench()) {
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
  const done = await bench.run(deployOf({ ...sick, ...over }));
  expect(done.status).toBe('TERMINAL');
  return { bench, done };
}

/** Handles expiries until none is due within `ms`; a handler that throws keeps its lease, as after a crash. */
async function letTimePass(bench: Bench, ms: number, boot: () => void = () => undefined): Promise<void> {
  const endsAt = bench.clock.now() + ms;
  for (let turn = 0; turn < 5000; turn += 1) {
    const now = bench.clock.now();
    const claimed = await bench.store.claimDue({ kinds: [expiryKind], owner: 'O', now, leaseMs: 10_000, limit: 5 });
    for (const one of claimed) {
      boot();
      await bench.handlers.expiry(one, 'O').catch(() => undefined);
    }
    if (claimed.length > 0) continue;
    const next = await bench.store.nextDue(['expiry'], now);
    if (next === undefined || next > endsAt) break;
    await bench.clock.advance(Math.max(1, next - now));
  }
  await bench.clock.advance(Math.max(0, endsAt - bench.clock.now()));
}

const remembered = async (bench: Bench) => (await bench.store.list(expiryKind)).map(({ document }) => document);
/** Those that are still to come. */
const expiries = async (bench: Bench) => (await remembered(bench)).filter(({ state }) => state !== 'destroyed');
const said = async (bench: Bench) =>
  (await bench.store.list(messageKind))
    .filter(({ id }) => id.endsWith('/expired'))
    .map(({ document }) => plainText(document.view.headline));

describe('a server group that did not come up', () => {
  it.each(['none', 'highlander', 'redblack'] as const)(
    'is taken out of service with strategy %s, the old one untouched, and destroyed an hour later',
    async (strategy) => {
      const { bench, done } = await failedDeploy({ strategy });
      expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
      expect(bench.serverGroups.effects.filter((effect) => effect.includes('v000'))).toEqual([]);
      const steps = executionRenderer.live(done).steps ?? [];
      expect(steps.map(({ detail }) => plainText(detail ?? ''))).toContainEqual(
        expect.stringMatching(/^foo-dev-v001 kept for diagnosis until 2026-01-01 01:01 UTC/),
      );
      await letTimePass(bench, 58 * minuteMs);
      expect(bench.serverGroups.sizes(east)).toHaveLength(2);
      await letTimePass(bench, 4 * minuteMs);
      expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2']);
      expect(await said(bench)).toEqual([
        'foo-dev-v001 in nonprod/east had not come up. Kept for diagnosis until now, it is destroyed.',
      ]);
      expect(await expiries(bench)).toEqual([]);
    },
  );

  it('is remembered as destroyed for a day, so that nobody takes it for somebody else’s doing', async () => {
    const { bench } = await failedDeploy();
    await letTimePass(bench, 65 * minuteMs);
    expect(await remembered(bench)).toMatchObject([{ serverGroupName: 'foo-dev-v001', state: 'destroyed' }]);
    await letTimePass(bench, 24 * 60 * minuteMs);
    expect(await remembered(bench)).toEqual([]);
    expect(await said(bench)).toHaveLength(1);
  });

  it('is kept as long as the deploy says, also where it goes back', async () => {
    const { bench } = await failedDeploy({ keepFailedMinutes: 5, rollback: { onFailure: true } });
    await letTimePass(bench, 6 * minuteMs);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2']);
  });

  it('breaks Marathon’s own deployment of it, which would hold it for ever', async () => {
    const bench = createStageBench();
    const create = bench.serverGroups.create.bind(bench.serverGroups);
    bench.serverGroups.create = async (...call) => {
      const accepted = await create(...call);
      bench.serverGroups.lock(east, call[1], 'deployment-1');
      return accepted;
    };
    await failedDeploy({}, bench);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
  });

  it('is spared when somebody has brought it into service meanwhile', async () => {
    const { bench } = await failedDeploy();
    await bench.serverGroups.resize(east, 'foo-dev-v001', 1, { force: true });
    await letTimePass(bench, 70 * minuteMs);
    expect(bench.serverGroups.sizes(east)).toContain('foo-dev-v001 ×1');
    expect(await said(bench)).toEqual([expect.stringContaining('it is in service again, so it stays')]);
  });

  it('is spared when it has served since, and is the way back now', async () => {
    const { bench } = await failedDeploy();
    await letTimePass(bench, 10 * minuteMs);
    await bench.serverGroups.resize(east, 'foo-dev-v001', 2, { force: true });
    await letTimePass(bench, 10 * minuteMs);
    await bench.serverGroups.resize(east, 'foo-dev-v001', 0, { force: true });
    await letTimePass(bench, 60 * minuteMs);
    expect(bench.serverGroups.sizes(east)).toContain('foo-dev-v001 ×0');
    expect(await said(bench)).toEqual([expect.stringContaining('it has been in service since, so it stays')]);
    expect(await remembered(bench)).toEqual([]);
  });

  it('is not taken for a later group of its name', async () => {
    const { bench } = await failedDeploy();
    bench.serverGroups.remove(east, 'foo-dev-v001');
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 0, labels: { [keyLabel]: 'E9/1/1' } });
    await letTimePass(bench, 70 * minuteMs);
    expect(bench.serverGroups.sizes(east)).toContain('foo-dev-v001 ×0');
    expect(await said(bench)).toEqual([expect.stringContaining('it is gone already')]);
  });

  it('waits while an execution works on the cluster, and while DC/OS cannot be seen', async () => {
    const { bench } = await failedDeploy();
    await bench.store.create(executionKind, 'E2', { ...deployOf({}, 'E2'), status: 'RUNNING' });
    await letTimePass(bench, 90 * minuteMs);
    expect(bench.serverGroups.sizes(east)).toHaveLength(2);
    await bench.store.update(executionKind, 'E2', (execution) => ({ ...execution, status: 'SUCCEEDED' as const }));
    bench.serverGroups.fail('get', 'UNREACHABLE');
    await letTimePass(bench, 3 * minuteMs);
    expect(bench.serverGroups.sizes(east)).toHaveLength(1);
  });

  it('holds the cluster while it is destroyed, so that no execution starts between the look and the deletion', async () => {
    const { bench } = await failedDeploy();
    const seen: unknown[] = [];
    bench.serverGroups.onEffect = () => {
      seen.push(lockCluster(bench.store, 'foo-dev', { executionId: 'E2' }));
    };
    await letTimePass(bench, 61 * minuteMs);
    const holder = { executionId: 'E1', expiryId: expect.stringContaining('foo-dev-v001') as string };
    // Asked before the deletion and after it.
    expect(await Promise.all(seen)).toEqual([holder, holder]);
    expect(await lockCluster(bench.store, 'foo-dev', { executionId: 'E2' })).toBeUndefined();
  });

  it('waits for an execution that took the cluster first', async () => {
    const { bench } = await failedDeploy();
    await letTimePass(bench, 50 * minuteMs);
    await bench.store.create(executionKind, 'E2', deployOf({}, 'E2'));
    const get = bench.serverGroups.get.bind(bench.serverGroups);
    bench.serverGroups.get = async (...call) => {
      // It starts after the first look and before the second.
      const group = await get(...call);
      await lockCluster(bench.store, 'foo-dev', { executionId: 'E2' });
      return group;
    };
    await letTimePass(bench, 20 * minuteMs);
    expect(bench.serverGroups.sizes(east)).toHaveLength(2);
  });

  it('gives the cluster back where it cannot be destroyed, logs each try and tells the thread once', async () => {
    const { bench } = await failedDeploy();
    const destroy = bench.serverGroups.destroy.bind(bench.serverGroups);
    bench.serverGroups.destroy = () =>
      Promise.reject(new CoxswainError('FORBIDDEN', { message: 'You may not destroy this.' }));
    await letTimePass(bench, 90 * minuteMs);
    expect(bench.errors.length).toBeGreaterThan(10);
    expect(bench.errors[0]).toContain('E1/');
    const telling = async () => (await bench.store.list(messageKind)).filter(({ id }) => id.endsWith('/failing'));
    expect((await telling()).map(({ document }) => plainText(document.view.headline))).toEqual([
      'foo-dev-v001 in nonprod/east had not come up and is to be destroyed, which failed 10 times: You may not destroy this. It is tried again every minute.',
    ]);
    expect(await lockCluster(bench.store, 'foo-dev', { executionId: 'E2' })).toBeUndefined();
    bench.serverGroups.destroy = destroy;
    await letTimePass(bench, 5 * minuteMs);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2']);
    expect((await telling())[0]?.document.revision).toBe(1);
  });

  describe('on a DC/OS cluster that is not in accounts.yaml any more', () => {
    const remove = (bench: Bench) => {
      const get = bench.serverGroups.get.bind(bench.serverGroups);
      const error = new CoxswainError('NOT_FOUND', { message: 'Not configured.', fields: { dcosCluster: 'np1' } });
      bench.serverGroups.get = () => Promise.reject(error);
      return () => (bench.serverGroups.get = get);
    };

    it('is given up after a day, and the thread is told that nobody knows of it', async () => {
      const { bench } = await failedDeploy();
      remove(bench);
      await letTimePass(bench, 24 * 60 * minuteMs);
      expect(await expiries(bench)).toHaveLength(1);
      await letTimePass(bench, 2 * 60 * minuteMs);
      expect(await remembered(bench)).toEqual([]);
      expect(await said(bench)).toEqual([
        'foo-dev-v001 in nonprod/east had not come up and was to be destroyed. Its DC/OS cluster has not been in ' +
          'accounts.yaml for a day, so it is left as it is: remove it by hand if it is still there.',
      ]);
      expect(bench.serverGroups.sizes(east)).toContain('foo-dev-v001 ×0');
    });

    it('is destroyed as planned when it is back within the day, however often it was away', async () => {
      const { bench } = await failedDeploy();
      const occupied = { ...deployOf({}, 'E2'), status: 'RUNNING' as const };
      await bench.store.create(executionKind, 'E2', occupied);
      for (let time = 0; time < 3; time += 1) {
        const putBack = remove(bench);
        await letTimePass(bench, 20 * 60 * minuteMs);
        putBack();
        await letTimePass(bench, 5 * minuteMs);
      }
      expect(await expiries(bench)).toHaveLength(1);
      await bench.store.update(executionKind, 'E2', (execution) => ({ ...execution, status: 'SUCCEEDED' as const }));
      await letTimePass(bench, 5 * minuteMs);
      expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2']);
    });
  });

  it.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    'is destroyed once and told once when the process stops at point %i',
    async (point) => {
      const crashes = createCrashPoints(new Set([point]));
      let isArmed = false;
      const bench = createStageBench((store) => {
        const wrapped = crashes.wrap(store);
        return {
          ...store,
          update: (...call) => (isArmed ? wrapped : store).update(...call),
          delete: (...call) => (isArmed ? wrapped : store).delete(...call),
        };
      });
      await failedDeploy({}, bench);
      isArmed = true;
      bench.serverGroups.onEffect = crashes.point;
      await letTimePass(bench, 75 * minuteMs, crashes.boot);
      const destroyed = bench.serverGroups.effects.filter((effect) => effect.startsWith('destroy'));
      expect(destroyed).toEqual(['destroy nonprod/east/foo-dev-v001']);
      expect(await said(bench)).toHaveLength(1);
      expect(await expiries(bench)).toEqual([]);
    },
  );

  it('is kept too when its deploy is canceled before it came up; one that came up is not', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    await bench.run(deployOf({ ...sick }), 20_000);
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(await expiries(bench)).toMatchObject([{ serverGroupName: 'foo-dev-v001', state: 'kept' }]);
    await bench.run(deployOf({ delayBeforeDisableSec: 600 }, 'E2'), 60_000);
    await sendSignal(bench, { type: 'cancel', user: 'UANN' }, 'E2');
    expect((await bench.drive('E2')).status).toBe('CANCELED');
    expect(await expiries(bench)).toHaveLength(1);
  });
});
