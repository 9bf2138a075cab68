import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench, west } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

/** `foo-dev` in east: v000 out of service, v001 with 5 instances, v002 with 2 and v003 with 3. */
function seed({ serverGroups }: Bench): void {
  for (const [index, desired] of [0, 5, 2, 3].entries())
    serverGroups.seed({ location: east, name: `foo-dev-v00${index}`, desired });
}

const stage = (type: string, context: StageContext) =>
  buildPipeline([{ ref: '1', type, context: { locations: [east], cluster: 'foo-dev', ...context } }]);

async function run(type: string, context: StageContext, prepare: (bench: Bench) => void = seed) {
  const bench = createStageBench();
  prepare(bench);
  const done = await bench.run(stage(type, context));
  const sizes = bench.serverGroups.sizes(east).map((line) => line.replace('foo-dev-', ''));
  return { bench, done, sizes, failure: stageOf(done, '1').failure };
}

describe('a stage about a whole cluster', () => {
  it.each([
    ['disableCluster', {}, ['v000 ×0', 'v001 ×0', 'v002 ×0', 'v003 ×3']],
    ['disableCluster', { remainingEnabledServerGroups: '2' }, ['v000 ×0', 'v001 ×0', 'v002 ×2', 'v003 ×3']],
    ['disableCluster', { preferLargerOverNewer: 'true' }, ['v000 ×0', 'v001 ×5', 'v002 ×0', 'v003 ×0']],
    ['disableCluster', { preferLargerOverNewer: 'false' }, ['v000 ×0', 'v001 ×0', 'v002 ×0', 'v003 ×3']],
    ['disableCluster', { preferLargerOverNewer: true }, ['v000 ×0', 'v001 ×5', 'v002 ×0', 'v003 ×0']],
    ['disableCluster', { remainingEnabledServerGroups: null }, ['v000 ×0', 'v001 ×0', 'v002 ×0', 'v003 ×3']],
    ['scaleDownCluster', {}, ['v000 ×0', 'v001 ×5', 'v002 ×2', 'v003 ×3']],
    ['scaleDownCluster', { allowScaleDownActive: 'true' }, ['v000 ×0', 'v001 ×0', 'v002 ×0', 'v003 ×3']],
    [
      'scaleDownCluster',
      { allowScaleDownActive: true, preferLargerOverNewer: 'true', remainingFullSizeServerGroups: '2' },
      ['v000 ×0', 'v001 ×5', 'v002 ×0', 'v003 ×3'],
    ],
    ['shrinkCluster', {}, ['v001 ×5', 'v002 ×2', 'v003 ×3']],
    ['shrinkCluster', { shrinkToSize: '4' }, ['v000 ×0', 'v001 ×5', 'v002 ×2', 'v003 ×3']],
    ['shrinkCluster', { allowDeleteActive: 'true' }, ['v003 ×3']],
    ['shrinkCluster', { allowDeleteActive: true, retainLargerOverNewer: 'true' }, ['v001 ×5']],
    ['shrinkCluster', { allowDeleteActive: true, shrinkToSize: 2 }, ['v002 ×2', 'v003 ×3']],
  ])('%s with %j leaves %j', async (type, context, left) => {
    const { done, sizes, failure } = await run(type, context);
    expect(failure?.message).toBeUndefined();
    expect(done.status).toBe('SUCCEEDED');
    expect(sizes).toEqual(left);
  });

  it.each([
    ['disableCluster', {}],
    ['scaleDownCluster', { allowScaleDownActive: true }],
    ['shrinkCluster', { allowDeleteActive: true }],
  ])('%s goes on once what it took out of service is out, and waits no 90 s more', async (type, context) => {
    const { done } = await run(type, context);
    const { startTime = 0, endTime = Number.NaN } = stageOf(done, '1');
    expect(endTime - startTime).toBeGreaterThan(0);
    expect(endTime - startTime).toBeLessThan(90_000);
  });

  it.each([
    ['first, all of them', {}, ['resize v002 2→0', 'resize v001 5→0', 'destroy v002', 'destroy v001', 'destroy v000']],
    [
      'one by one',
      { runDisableClusterStep: false },
      ['resize v002 2→0', 'destroy v002', 'resize v001 5→0', 'destroy v001', 'destroy v000'],
    ],
  ])('shrinkCluster takes out of service what it destroys: %s', async (_title, context, effects) => {
    const { bench } = await run('shrinkCluster', { allowDeleteActive: true, ...context });
    expect(bench.serverGroups.effects.map((effect) => effect.replace('nonprod/east/foo-dev-', ''))).toEqual(effects);
  });

  it.each([
    ['disableCluster', {}, false],
    ['disableCluster', { continueIfClusterNotFound: 'true' }, true],
    ['scaleDownCluster', {}, false],
    ['scaleDownCluster', { continueIfClusterNotFound: true }, true],
    ['shrinkCluster', {}, false],
    ['shrinkCluster', { allowDeleteActive: true }, false],
    ['shrinkCluster', { shrinkToSize: 0 }, true],
    ['shrinkCluster', { shrinkToSize: '0', allowDeleteActive: true }, true],
    ['shrinkCluster', { allowDeleteActive: true, continueIfClusterNotFound: true }, true],
  ])('%s with %j of a cluster that is not there passes: %s', async (type, context, passes) => {
    const { done, failure } = await run(type, { cluster: 'bar', ...context });
    expect(done.status).toBe(passes ? 'SUCCEEDED' : 'TERMINAL');
    if (!passes) expect(failure?.message).toContain('There is no cluster bar in nonprod/east.');
  });

  it('finds its cluster by a moniker', async () => {
    const { sizes } = await run('disableCluster', { cluster: undefined, moniker: { cluster: 'foo-dev' } });
    expect(sizes).toEqual(['v000 ×0', 'v001 ×0', 'v002 ×0', 'v003 ×3']);
  });

  it.each([
    ['disableCluster', { remainingEnabledServerGroups: 0 }],
    ['scaleDownCluster', { remainingFullSizeServerGroups: 0, allowScaleDownActive: true }],
    ['shrinkCluster', { shrinkToSize: 0, allowDeleteActive: true, runDisableClusterStep: false }],
  ])('%s asks the traffic guard of all that go before the first does', async (type, context) => {
    const { bench, failure } = await run(type, context);
    expect(failure).toMatchObject({ code: 'TRAFFIC_GUARD' });
    expect(failure?.message).toContain(`Running ${type} on foo-dev-v003, foo-dev-v002, foo-dev-v001`);
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('keeps nothing reserved for what it has asked about', async () => {
    const { bench } = await run('disableCluster', {});
    const again = { ...stage('disableCluster', { remainingEnabledServerGroups: 1 }), id: 'E2' };
    expect((await bench.run(again)).status).toBe('SUCCEEDED');
  });

  it('works place after place', async () => {
    const { bench, done } = await run('disableCluster', { locations: [east, west] }, (it) => {
      seed(it);
      for (const name of ['foo-dev-v004', 'foo-dev-v005']) it.serverGroups.seed({ location: west, name, desired: 1 });
    });
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-dev-v004 ×0', 'foo-dev-v005 ×1']);
  });

  it.each(['disableCluster', 'scaleDownCluster'])('%s goes back where it is canceled', async (type) => {
    const bench = createStageBench();
    seed(bench);
    await bench.start(stage(type, { allowScaleDownActive: true }));
    await driveUntil(bench, () => bench.serverGroups.sizes(east).includes('foo-dev-v001 ×0'));
    await sendSignal(bench, { type: 'cancel', user: 'UBOB' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east).slice(1)).toEqual(['foo-dev-v001 ×5', 'foo-dev-v002 ×2', 'foo-dev-v003 ×3']);
  });

  it.each(['disableCluster', 'scaleDownCluster', 'shrinkCluster'])(
    '%s fails with its victim, and goes on with the others when it is retried',
    async (type) => {
      const context = { allowScaleDownActive: true, allowDeleteActive: true, stageTimeoutMs: 60_000 };
      const { bench, failure } = await run(type, context, (it) => {
        seed(it);
        it.serverGroups.fail('resize', 'REQUEST_REFUSED');
      });
      expect(failure).toMatchObject({ code: 'REQUEST_REFUSED' });
      expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UBOB' })).toBe('');
      expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
      const serving = bench.serverGroups.sizes(east).filter((line) => !line.endsWith('×0'));
      expect(serving).toEqual(['foo-dev-v003 ×3']);
    },
  );

  it('ends when a victim does not go within its time', async () => {
    const { failure } = await run('disableCluster', {}, (it) => {
      seed(it);
      it.serverGroups.lock(east, 'foo-dev-v002', 'dep-17');
    });
    expect(failure).toMatchObject({ code: 'TASK_TIMEOUT' });
    expect(failure?.message).toContain('dep-17');
  });

  it.each([
    ['disableCluster', { remainingEnabledServerGroups: 2 }, ['resize v001 5→0']],
    ['scaleDownCluster', { allowScaleDownActive: true, remainingFullSizeServerGroups: 2 }, ['resize v001 5→0']],
    [
      'shrinkCluster',
      { allowDeleteActive: true, shrinkToSize: 2 },
      ['resize v001 5→0', 'destroy v001', 'destroy v000'],
    ],
  ])('%s ends the same wherever the process stops', async (type, context, effects) => {
    const { end, differing } = await crashEverywhere({
      seed,
      execution: () => stage(type, context),
      end: ({ status }, { serverGroups }) => [status, serverGroups.effects],
    });
    const words = effects.map((effect) => effect.replace(' v', ' nonprod/east/foo-dev-v'));
    expect(end).toEqual(['SUCCEEDED', words]);
    expect(differing).toEqual([]);
  });
});
