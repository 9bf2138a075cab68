import type { ServerGroupDescription } from '../../src/model/description';
import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench, describeCluster, west } from '../support/stage-kit';

const inWest = { location: west, group: 'west', region: 'np1_west' };
const sick = { docker: { image: { imageId: 'repo/foo:sick' } }, stageTimeoutMs: 60_000 };

const deployBoth = (context: StageContext, over: Partial<ServerGroupDescription>[] = [{}, {}]) =>
  buildPipeline([
    {
      ref: '1',
      type: 'deploy',
      context: { clusters: [describeCluster(over[0]), describeCluster({ ...inWest, ...over[1] })], ...context },
    },
  ]);
function serving() {
  const bench = createStageBench();
  for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 2 });
  return bench;
}

describe('a deploy to one region after another', () => {
  it.each([
    [0, []],
    ['600', ['Wait Between Regions']],
  ])('with a wait of %j between them', async (waitTimeBetweenRegions, waits) => {
    const bench = serving();
    const startedAt = bench.clock.now();
    const done = await bench.run(deployBoth({ waitTimeBetweenRegions }));
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.effects).toEqual([
      'create nonprod/east/foo-dev-v001',
      'resize nonprod/east/foo-dev-v000 2→0',
      'create nonprod/west/foo-dev-v001',
      'resize nonprod/west/foo-dev-v000 2→0',
    ]);
    expect(done.stages.filter(({ type }) => type === 'wait').map(({ name }) => name)).toEqual(waits);
    expect(bench.clock.now() - startedAt > 600_000).toBe(waits.length > 0);
  });

  it('is to all at the same time where nothing is said', async () => {
    const bench = serving();
    await bench.run(deployBoth({}));
    expect(bench.serverGroups.effects.slice(0, 2)).toEqual([
      'create nonprod/east/foo-dev-v001',
      'create nonprod/west/foo-dev-v001',
    ]);
  });

  it('never reaches the second where the first fails', async () => {
    const bench = serving();
    const done = await bench.run(deployBoth({ waitTimeBetweenRegions: 60 }, [sick, {}]));
    expect(done.status).toBe('TERMINAL');
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-dev-v000 ×2']);
  });

  it.each(['redblack', 'canary'] as const)('takes back the first where the second fails, with %s', async (strategy) => {
    const bench = serving();
    const rollback = { onFailure: true };
    const both = [
      { strategy, rollback },
      { strategy, rollback, ...sick },
    ];
    const done = await bench.run(deployBoth({ waitTimeBetweenRegions: 0 }, both));
    expect(done.status).toBe('TERMINAL');
    for (const location of [east, west])
      expect(bench.serverGroups.sizes(location)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
  });

  it('waits no longer when somebody skips the wait', async () => {
    const bench = serving();
    await bench.start(deployBoth({ waitTimeBetweenRegions: 3600 }));
    const execution = await driveUntil(bench, ({ stages }) =>
      stages.some(({ type, status }) => type === 'wait' && status === 'RUNNING'),
    );
    const stageId = execution.stages.find(({ type }) => type === 'wait')?.id ?? '';
    expect(await sendSignal(bench, { type: 'skipWait', stageId, user: 'UANN' })).toBe('');
    const before = bench.clock.now();
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(bench.clock.now() - before).toBeLessThan(60_000);
  });
});

it('rolls a cluster back in one region after another, waiting between them', async () => {
  const bench = createStageBench();
  for (const location of [east, west]) {
    bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 0, lastSize: 2, createdTime: 1 });
    bench.serverGroups.seed({ location, name: 'foo-dev-v001', desired: 2, createdTime: 2 });
  }
  const context = { cluster: 'foo-dev', locations: [east, west], waitTimeBetweenRegions: 300 };
  const done = await bench.run(buildPipeline([{ ref: '1', type: 'rollbackCluster', context }]));
  expect(done.status).toBe('SUCCEEDED');
  const [first, wait, second] = done.stages.filter(({ parentStageId }) => parentStageId === '1');
  expect([first?.type, wait?.type, second?.type]).toEqual(['rollbackServerGroup', 'wait', 'rollbackServerGroup']);
  expect((second?.startTime ?? 0) - (first?.endTime ?? 0)).toBeGreaterThanOrEqual(300_000);
  expect(stageOf(done, '1').status).toBe('SUCCEEDED');
});
