import type { StageContext } from '../../src/model/execution';
import { keyLabel } from '../../src/dcos/server-groups';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench, describeCluster, west } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

/** `foo-dev` in east: v000 with 3 instances, v001, out of service, had 5; in west v007 with 4. */
function seed({ serverGroups }: Bench): void {
  serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3, image: 'repo/foo:1.0', labels: { a: 'b' } });
  serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 0, image: 'repo/foo:1.1', lastSize: 5 });
  serverGroups.seed({ location: west, name: 'foo-dev-v007', desired: 4, image: 'repo/foo:west' });
}

const clone = (context: StageContext, type = 'cloneServerGroup') =>
  buildPipeline([{ ref: '1', type, context: { locations: [east], cluster: 'foo-dev', ...context } }]);

async function run(context: StageContext, type?: string) {
  const bench = createStageBench();
  seed(bench);
  const done = await bench.run(clone(context, type));
  return { done, bench, message: stageOf(done, '1').failure?.message };
}

describe('cloneServerGroup', () => {
  it.each([
    ['what is in service', {}, 'foo-dev-v000', 'foo-dev-v002', 3],
    ['the named source', { source: { serverGroupName: 'foo-dev-v000' } }, 'foo-dev-v000', 'foo-dev-v002', 3],
    ['the source by its old name', { source: { asgName: 'foo-dev-v001' } }, 'foo-dev-v001', 'foo-dev-v002', 5],
    ['the target', { target: 'current_asg_dynamic' }, 'foo-dev-v001', 'foo-dev-v002', 5],
    ['the target before it', { target: 'ancestor_asg_dynamic' }, 'foo-dev-v000', 'foo-dev-v002', 3],
    ['to a size that is a string', { desiredCapacity: '2' }, 'foo-dev-v000', 'foo-dev-v002', 2],
    ['to the desired capacity', { desiredCapacity: null, capacity: { desired: 7 } }, 'foo-dev-v000', 'foo-dev-v002', 7],
    ['into a cluster of its own', { cluster: 'bar', targetCluster: 'foo-dev' }, 'foo-dev-v000', 'bar-v000', 3],
    [
      'into another stack of the source',
      { cluster: undefined, stack: 'prod', source: { serverGroupName: 'foo-dev-v000' } },
      'foo-dev-v000',
      'foo-prod-v000',
      3,
    ],
    [
      'into no stack',
      { cluster: undefined, stack: '', freeFormDetails: 'x', source: { serverGroupName: 'foo-dev-v000' } },
      'foo-dev-v000',
      'foo--x-v000',
      3,
    ],
    [
      'into the cluster of its parts',
      { cluster: undefined, application: 'foo', stack: 'dev', freeFormDetails: '' },
      'foo-dev-v000',
      'foo-dev-v002',
      3,
    ],
  ])('clones %s', async (_title, context, from, name, size) => {
    const { bench, message } = await run(context);
    expect(message).toBeUndefined();
    expect(bench.serverGroups.effects).toEqual([`clone nonprod/east/${from} as nonprod/east/${name}`]);
    expect(bench.serverGroups.sizes(east).at(-1)).toBe(`${name} ×${size}`);
  });

  it('clones from another place', async () => {
    const { bench } = await run({ source: { serverGroupName: 'foo-dev-v007', location: west } });
    expect(bench.serverGroups.sizes(east).at(-1)).toBe('foo-dev-v002 ×4');
  });

  it('keeps what it does not give, and labels the clone with its key', async () => {
    const { bench, done } = await run({}, 'copyLastAsg');
    const group = await bench.serverGroups.get(east, 'foo-dev-v002');
    expect([group?.image, group?.labels]).toEqual(['repo/foo:1.0', { a: 'b', [keyLabel]: 'E1/1<0/1' }]);
    expect(stageOf(done, '1<0').outputs).toMatchObject({
      serverGroupName: 'foo-dev-v002',
      'deploy.server.groups': { np1_east: ['foo-dev-v002'] },
      cloneSource: { serverGroupName: 'foo-dev-v000' },
      source: { serverGroupName: 'foo-dev-v000', desired: 3 },
    });
  });

  it('gives what it gives', async () => {
    const { bench } = await run({ docker: { image: { imageId: 'repo/foo:2' } }, labels: { c: 'd' } });
    const group = await bench.serverGroups.get(east, 'foo-dev-v002');
    expect([group?.image, group?.labels]).toMatchObject(['repo/foo:2', { c: 'd' }]);
  });

  it.each([
    [{ source: { serverGroupName: 'foo-dev-v009' } }, 'There is no foo-dev-v009 in nonprod/east to clone.'],
    [{ cluster: 'bar' }, 'There is nothing to clone in cluster bar in nonprod/east: it has no server groups.'],
    [{ cluster: 'bar', target: 'current_asg' }, 'There is no current_asg in cluster bar in nonprod/east'],
    [{ cluster: undefined }, 'names no cluster'],
    [{ desiredCapacity: 0 }, 'Cannot clone foo-dev-v000 at size 0. Give one'],
    [{ docker: { image: {} } }, 'names no image'],
  ])('fails with what is wrong: %j', async (context, message) => {
    const { bench, done, message: said } = await run(context);
    expect(done.status).toBe('TERMINAL');
    expect(said).toContain(message);
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('asks for a size where nothing remembers one', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0 });
    const done = await bench.run(clone({}));
    expect(stageOf(done, '1').failure?.message).toContain('Cannot clone foo-dev-v000 at size 0. Give one');
  });

  it('is followed by its strategy', async () => {
    const { bench } = await run({ strategy: 'redblack', maxRemainingAsgs: 2 });
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v002 ×3']);
  });

  it('keeps what does not come up for diagnosis, and clones anew when it is retried', async () => {
    const bench = createStageBench();
    seed(bench);
    bench.serverGroups.sickNames.add('foo-dev-v002');
    const failed = await bench.run(clone({ stageTimeoutMs: 60_000 }));
    expect(failed.status).toBe('TERMINAL');
    expect(bench.serverGroups.sizes(east).at(-1)).toBe('foo-dev-v002 ×0');
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UBOB' })).toBe('');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toEqual([
      'foo-dev-v000 ×3',
      'foo-dev-v001 ×0',
      'foo-dev-v002 ×0',
      'foo-dev-v003 ×3',
    ]);
  });

  it('goes back where it is canceled', async () => {
    const bench = createStageBench();
    seed(bench);
    await bench.start(clone({ strategy: 'redblack', delayBeforeDisableSec: 60 }));
    await driveUntil(bench, () => bench.serverGroups.effects.length > 0);
    await sendSignal(bench, { type: 'cancel', user: 'UBOB' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×0', 'foo-dev-v002 ×0']);
  });

  it.each(['TIMED_OUT', 'SERVER_ERROR'] as const)('adopts its clone when the reply was lost (%s)', async (code) => {
    const bench = createStageBench();
    seed(bench);
    bench.serverGroups.fail('clone', code, true);
    expect((await bench.run(clone({}))).status).toBe('SUCCEEDED');
    expect(bench.serverGroups.effects).toHaveLength(1);
  });

  it('clones once wherever the process stops', async () => {
    const { end, points, differing } = await crashEverywhere({
      seed,
      execution: () => clone({ strategy: 'redblack' }),
      end: ({ status }, { serverGroups }) => [status, serverGroups.effects],
    });
    expect(end).toEqual([
      'SUCCEEDED',
      [
        'clone nonprod/east/foo-dev-v000 as nonprod/east/foo-dev-v002',
        'resize nonprod/east/foo-dev-v000 3→0',
        'destroy nonprod/east/foo-dev-v001',
      ],
    ]);
    expect(points).toBeGreaterThan(20);
    expect(differing).toEqual([]);
  });
});

describe('a deploy whose trigger has the parameter clone', () => {
  const deployOf = (clusters: readonly unknown[], parameters: StageContext) => {
    const execution = buildPipeline([{ ref: '1', type: 'deploy', context: { clusters } }]);
    return { ...execution, trigger: { ...execution.trigger, parameters } };
  };

  it.each([
    [{ clone: true }, 'clone nonprod/east/foo-dev-v000 as nonprod/east/foo-dev-v002'],
    [{ clone: 'true' }, 'clone nonprod/east/foo-dev-v000 as nonprod/east/foo-dev-v002'],
    [{ clone: false }, 'create nonprod/east/foo-dev-v002'],
    [{}, 'create nonprod/east/foo-dev-v002'],
  ])('%j', async (parameters, effect) => {
    const bench = createStageBench();
    seed(bench);
    const done = await bench.run(deployOf([describeCluster({ strategy: 'none' })], parameters));
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.effects).toEqual([effect]);
    expect((await bench.serverGroups.get(east, 'foo-dev-v002'))?.image).toBe('repo/foo:2.0');
  });

  it('reads the place of a cluster as Spinnaker writes it', async () => {
    const bench = createStageBench();
    const place = { account: 'nonprod', region: 'np1/east', dcosCluster: 'np1', group: 'east' };
    const { location, ...cluster } = describeCluster({ strategy: 'none', region: 'np1/east' });
    const done = await bench.run(deployOf([cluster], {}));
    expect(done.status).toBe('SUCCEEDED');
    expect(location).toBe(east);
    expect(bench.serverGroups.sizes(place)).toEqual(['foo-dev-v000 ×2']);
  });
});
