import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench, west } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

/** `foo-dev` in east: v000 with 2 instances, v001 with 6, v002, the newest, with 4. */
function seed({ serverGroups }: Bench): void {
  for (const [name, desired] of [
    ['foo-dev-v000', 2],
    ['foo-dev-v001', 6],
    ['foo-dev-v002', 4],
  ] as const)
    serverGroups.seed({ location: east, name, desired });
}

const resize = (context: StageContext, type = 'resizeServerGroup') =>
  buildPipeline([
    { ref: '1', type, context: { locations: [east], cluster: 'foo-dev', target: 'current_asg_dynamic', ...context } },
  ]);

async function run(context: StageContext, type?: string) {
  const bench = createStageBench();
  seed(bench);
  const done = await bench.run(resize(context, type));
  return { done, sizes: bench.serverGroups.sizes(east).map((line) => line.replace('foo-dev-', '')) };
}

describe('resizeServerGroup', () => {
  it.each([
    ['up by a number', { action: 'scale_up', scaleNum: 3 }, 'v002 ×7'],
    ['up by a number that is a string', { action: 'scale_up', scaleNum: '3' }, 'v002 ×7'],
    ['up by a percentage that is a string', { action: 'scale_up', resizeType: 'pct', scalePct: ' 50' }, 'v002 ×6'],
    ['down', { action: 'scale_down', scaleNum: 1, scalePct: null }, 'v002 ×3'],
    ['exactly, without an action', { capacity: { min: '9', desired: '9', max: '9' } }, 'v002 ×9'],
    [
      'exactly, by its type',
      { action: 'scale_up', resizeType: 'exact', capacity: { desired: 1 }, scaleNum: '' },
      'v002 ×1',
    ],
    ['to the largest of the cluster', { action: 'scale_to_cluster' }, 'v002 ×6'],
    [
      'to another group',
      { action: 'scale_to_server_group', source: { serverGroupName: 'foo-dev-v000', region: 'np1_east' } },
      'v002 ×2',
    ],
    [
      'to half of another group, by its old name',
      { action: 'scale_to_server_group', source: { asgName: 'foo-dev-v001' }, scalePct: '50' },
      'v002 ×3',
    ],
    ['to half of an exact size, pinned', { capacity: { desired: 9 }, scalePct: '50', pinCapacity: 'true' }, 'v002 ×5'],
    ['the second newest', { target: 'ancestor_asg_dynamic', capacity: { desired: 1 } }, 'v001 ×1'],
    ['the oldest, in the old form', { target: 'oldest_asg', capacity: { desired: 1 } }, 'v000 ×1'],
    ['a named group', { serverGroupName: 'foo-dev-v001', capacity: { desired: 1 } }, 'v001 ×1'],
    ['a group named as before', { asgName: 'foo-dev-v001', capacity: { desired: 1 } }, 'v001 ×1'],
    [
      'a named group whose cluster goes without saying',
      { serverGroupName: 'foo-dev-v001', cluster: undefined, capacity: { desired: 0 } },
      'v001 ×0',
    ],
  ])('resizes %s', async (_title, context, expected) => {
    const { done, sizes } = await run(context);
    expect(stageOf(done, '1').failure?.message).toBeUndefined();
    expect(sizes).toContain(expected);
  });

  it('is known as resizeAsg too, and finds the cluster of a moniker', async () => {
    const { sizes } = await run(
      { capacity: { desired: 1 }, cluster: undefined, moniker: { cluster: 'foo-dev' } },
      'resizeAsg',
    );
    expect(sizes).toContain('v002 ×1');
  });

  it('reads the place as Spinnaker writes it', async () => {
    const bench = createStageBench();
    const place = { account: 'nonprod', region: 'np1/east', dcosCluster: 'np1', group: 'east' };
    bench.serverGroups.seed({ location: place, name: 'foo-dev-v000', desired: 2 });
    const where = { locations: undefined, account: 'nonprod', region: 'np1/east' };
    const done = await bench.run(resize({ ...where, capacity: { desired: 3 } }));
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(place)).toEqual(['foo-dev-v000 ×3']);
  });

  it('puts out the size before, and tells of all three sizes', async () => {
    const { done } = await run({ action: 'scale_up', scaleNum: 3 });
    const worker = stageOf(done, '1<0');
    expect(worker.context.capacity).toEqual({ min: 7, desired: 7, max: 7 });
    expect(worker.outputs['originalCapacity.foo-dev-v002']).toEqual({ min: 4, desired: 4, max: 4 });
  });

  it('tells of the smallest size that a copied one had before it was pinned', async () => {
    const copy = {
      action: 'scale_to_server_group',
      source: { serverGroupName: 'foo-dev-v001' },
      unpinMinimumCapacity: true,
    };
    const { done } = await run({ ...copy, 'originalCapacity.foo-dev-v001': { min: 0 }, savedCapacity: { min: 3 } });
    expect(stageOf(done, '1<0').context.capacity).toEqual({ min: 0, desired: 6, max: 6 });
    const { done: other } = await run({ ...copy, savedCapacity: { min: 3 } });
    expect(stageOf(other, '1<0').context.capacity).toEqual({ min: 3, desired: 6, max: 6 });
  });

  it('is about itself, not about the group that a stage before it put out', async () => {
    const bench = createStageBench();
    seed(bench);
    const variables = [
      { key: 'serverGroupName', value: 'foo-dev-v000' },
      { key: 'location', value: west },
      { key: 'cluster', value: 'bar' },
    ];
    const [only] = resize({ capacity: { desired: 1 } }).stages;
    const before = buildPipeline([{ ref: '0', type: 'evaluateVariables', context: { variables } }]);
    const stages = [...before.stages, ...(only === undefined ? [] : [{ ...only, requisiteStageRefIds: ['0'] }])];
    const done = await bench.run({ ...before, stages });
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toContain('foo-dev-v002 ×1');
  });

  it.each([
    [
      { serverGroupName: 'foo-dev-v009' },
      'There is no foo-dev-v009 in cluster foo-dev in nonprod/east: it has foo-dev-v002, foo-dev-v001, foo-dev-v000.',
    ],
    [{ cluster: 'bar' }, 'There is no current_asg_dynamic in cluster bar in nonprod/east: it has no server groups.'],
    [{ target: undefined }, 'Name a target or a serverGroupName'],
    [
      { target: 'newest' },
      "There is no target 'newest'. Use current_asg_dynamic, ancestor_asg_dynamic, oldest_asg_dynamic.",
    ],
    [{ cluster: undefined }, "Stage 'Resize in nonprod/east' names no cluster. Give one"],
    [{ locations: undefined }, 'names no place. Give credentials and regions'],
    [{ action: 'scale_to_server_group' }, 'copies the size of no server group. Name one'],
    [
      { action: 'scale_to_server_group', source: { serverGroupName: 'foo-dev-v009' } },
      'There is no foo-dev-v009 in nonprod/east to copy the size of.',
    ],
    [{ action: 'scale_up', scaleNum: 'many' }, 'scaleNum'],
    [{ capacity: { desired: -1 } }, 'desired'],
  ])('fails with what is wrong: %j', async (context, message) => {
    const { done, sizes } = await run({ capacity: { desired: 1 }, ...context });
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure?.message).toContain(message);
    expect(sizes).toEqual(['v000 ×2', 'v001 ×6', 'v002 ×4']);
  });

  it.each([
    ['a percentage', { action: 'scale_down', scalePct: 100 }],
    ['the size of a group out of service', { action: 'scale_to_server_group', source: { asgName: 'foo-dev-v001' } }],
  ])('asks the traffic guard before it takes the last one out by %s', async (_title, context) => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 0 });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v002', desired: 4 });
    const done = await bench.run(resize(context));
    expect(stageOf(done, '1').failure).toMatchObject({ code: 'TRAFFIC_GUARD' });
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('fails when its instances do not come up within the time of the stage, and resizes anew when it is retried', async () => {
    const bench = createStageBench();
    seed(bench);
    bench.serverGroups.sickNames.add('foo-dev-v002');
    const failed = await bench.run(resize({ capacity: { desired: 5 }, stageTimeoutMs: 60_000 }));
    expect(stageOf(failed, '1').failure).toMatchObject({ code: 'TASK_TIMEOUT' });
    bench.serverGroups.sickNames.clear();
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UBOB' })).toBe('');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(bench.serverGroups.effects).toEqual(['resize nonprod/east/foo-dev-v002 4→5']);
  });

  it('goes back to the size before when it is canceled, also where its cluster goes without saying', async () => {
    const bench = createStageBench();
    seed(bench);
    const named = { serverGroupName: 'foo-dev-v002', cluster: undefined, action: 'scale_to_cluster' };
    await bench.start(resize(named));
    await driveUntil(bench, () => bench.serverGroups.sizes(east).includes('foo-dev-v002 ×6'));
    await sendSignal(bench, { type: 'cancel', user: 'UBOB' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toContain('foo-dev-v002 ×4');
  });

  it('resizes once wherever the process stops', async () => {
    const { end, points, differing } = await crashEverywhere({
      seed,
      execution: () => resize({ action: 'scale_up', scalePct: 50 }),
      end: ({ status }, { serverGroups }) => [status, serverGroups.effects],
    });
    expect(end).toEqual(['SUCCEEDED', ['resize nonprod/east/foo-dev-v002 4→6']]);
    expect(points).toBeGreaterThan(10);
    expect(differing).toEqual([]);
  });
});
