import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench, west } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

/** `foo-dev-v000` with 1 instance and `foo-dev-v001` with 3; `bar-v000` with 1. Instances are called `<group>.<n>`. */
function seed({ serverGroups }: Bench): void {
  serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 1 });
  serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 3 });
  serverGroups.seed({ location: east, name: 'bar-v000', desired: 1 });
}

const types = ['terminateInstances', 'terminateInstanceAndDecrementServerGroup'] as const;
const terminate = (type: string, context: StageContext) =>
  buildPipeline([{ ref: '1', type, context: { locations: [east], ...context } }]);

async function run(type: string, context: StageContext, prepare: (bench: Bench) => void = () => undefined) {
  const bench = createStageBench();
  seed(bench);
  prepare(bench);
  const done = await bench.run(terminate(type, context));
  const { effects } = bench.serverGroups;
  return { bench, done, effects, failure: stageOf(done, '1').failure, sizes: bench.serverGroups.sizes(east) };
}

describe('terminateInstances', () => {
  it('kills by id, and others take their place', async () => {
    const { done, effects, sizes } = await run('terminateInstances', {
      instanceIds: ['foo-dev-v001.1', 'foo-dev-v001.0', 'foo-dev-v001.1'],
    });
    expect(done.status).toBe('SUCCEEDED');
    expect(effects).toEqual(['kill foo-dev-v001.1', 'kill foo-dev-v001.0']);
    expect(sizes).toContain('foo-dev-v001 ×3');
  });

  it('kills in several groups of one cluster', async () => {
    const { effects } = await run('terminateInstances', { instanceIds: ['foo-dev-v001.1', 'foo-dev-v000.0'] });
    expect(effects).toHaveLength(2);
  });
});

describe('terminateInstanceAndDecrementServerGroup', () => {
  it.each([
    ['several', { instanceIds: ['foo-dev-v001.1', 'foo-dev-v001.2'] }, 'foo-dev-v001 ×1'],
    ['one', { instance: 'foo-dev-v001.1' }, 'foo-dev-v001 ×2'],
    ['one of a named group', { instanceId: 'foo-dev-v001.1', asgName: 'foo-dev-v001' }, 'foo-dev-v001 ×2'],
  ])('kills %s for good', async (_title, context, size) => {
    const { done, sizes } = await run('terminateInstanceAndDecrementAsg', context);
    expect(done.status).toBe('SUCCEEDED');
    expect(sizes).toContain(size);
  });

  it('waits for a lock, naming its holder', async () => {
    const { bench, done } = await run(
      'terminateInstanceAndDecrementServerGroup',
      { instanceIds: ['foo-dev-v001.1'], stageTimeoutMs: 60_000 },
      ({ serverGroups }) => serverGroups.lock(east, 'foo-dev-v001', 'dep-17'),
    );
    expect(stageOf(done, '1').failure?.message).toContain('dep-17');
    bench.serverGroups.lock(east, 'foo-dev-v001', undefined);
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UBOB' })).toBe('');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toContain('foo-dev-v001 ×2');
  });
});

describe.each(types)('%s', (type) => {
  it('kills in several places the instances of each', async () => {
    const prepare = ({ serverGroups }: Bench) =>
      serverGroups.seed({ location: west, name: 'foo-dev-v002', desired: 2 });
    const instanceIds = ['foo-dev-v001.1', 'foo-dev-v002.0'];
    const { done, effects } = await run(type, { locations: [east, west], instanceIds }, prepare);
    expect(stageOf(done, '1').failure).toBeUndefined();
    expect(effects.map((effect) => effect.replace(' for good', ''))).toEqual(instanceIds.map((id) => `kill ${id}`));
  });

  it('asks where an instance is that may be of several places', async () => {
    const prepare = ({ serverGroups }: Bench) => {
      serverGroups.seed({ location: west, name: 'foo-dev-v001', desired: 3 });
      const get = serverGroups.get.bind(serverGroups);
      serverGroups.get = async (place, name) => {
        const group = await get(place, name);
        return group === undefined || place.region !== 'east' ? group : { ...group, instances: [] };
      };
    };
    const { done } = await run(type, { locations: [east, west], instanceIds: ['foo-dev-v001.1'] }, prepare);
    expect(done.stages.map(({ name }) => name)).toEqual(['Stage 1', 'Terminate in nonprod/west']);
  });

  it('fails once, before any is killed, where one is of none of several places', async () => {
    const instanceIds = ['foo-dev-v001.1', 'baz-v000.0'];
    const { done, effects, failure } = await run(type, { locations: [east, west], instanceIds });
    expect(failure?.message).toContain('Instance baz-v000.0 is not one of nonprod/east, nonprod/west.');
    expect([done.stages.length, effects]).toEqual([1, []]);
  });

  it.each([
    ['an instance that is gone', ['foo-dev-v001.77']],
    ['an instance of a group that is gone', ['foo-dev-v000.0']],
  ])('counts %s as killed', async (_title, instanceIds) => {
    const { done, effects } = await run(type, { instanceIds }, (bench) => {
      const get = bench.serverGroups.get.bind(bench.serverGroups);
      bench.serverGroups.get = (place, name) =>
        name === 'foo-dev-v000' ? Promise.resolve(undefined) : get(place, name);
      const look = bench.serverGroups.look.bind(bench.serverGroups);
      bench.serverGroups.look = async (...call) => {
        const seen = await look(...call);
        const group: typeof seen.value.group = (place, name) =>
          name === 'foo-dev-v000' ? undefined : seen.value.group(place, name);
        return { ...seen, value: { ...seen.value, group } };
      };
    });
    expect([done.status, effects]).toEqual(['SUCCEEDED', []]);
  });

  it.each([
    [{ instanceIds: [] }, 'instanceIds'],
    [{ instanceIds: ['baz-v000.1'] }, 'Instance baz-v000.1 is not one of nonprod/east.'],
    [{ instanceIds: ['bar-v000.0'], serverGroupName: 'foo-dev-v001' }, 'is not one of foo-dev-v001.'],
    [{ instanceIds: ['bar-v000.0', 'foo-dev-v001.1'] }, 'of several clusters: bar, foo-dev.'],
    [{}, 'The stage names no instance.'],
  ])('fails with what is wrong: %j', async (context, message) => {
    const { done, effects, failure } = await run(type, context);
    expect([done.status, effects]).toEqual(['TERMINAL', []]);
    expect(failure?.message).toContain(message);
  });

  it('never kills all that serve of the last group that does', async () => {
    const { effects, failure } = await run(type, { instanceIds: ['bar-v000.0'] });
    expect(failure).toMatchObject({ code: 'TRAFFIC_GUARD' });
    expect(failure?.message).toContain('Terminating the requested instance(s) in bar-v000 would leave cluster bar');
    expect(effects).toEqual([]);
  });

  it('kills all of a group beside which another serves', async () => {
    const { done } = await run(type, { instanceIds: ['foo-dev-v000.0'] });
    expect(done.status).toBe('SUCCEEDED');
  });

  it('fails when its instances do not go within the time of the stage', async () => {
    const { done, failure } = await run(type, { instanceIds: ['foo-dev-v001.0'], stageTimeoutMs: 30_000 }, (bench) => {
      bench.serverGroups.terminate = () => Promise.resolve({ deploymentId: undefined });
    });
    expect([done.status, failure?.code]).toEqual(['TERMINAL', 'TASK_TIMEOUT']);
    expect(failure?.message).toContain('foo-dev-v001.0 still there');
  });

  it('ends where it is canceled', async () => {
    const bench = createStageBench();
    seed(bench);
    bench.serverGroups.terminate = () => Promise.resolve({ deploymentId: undefined });
    await bench.start(terminate(type, { instanceIds: ['foo-dev-v001.0'] }));
    await driveUntil(bench, ({ stages }) =>
      stages.some(({ tasks }) => tasks.some(({ name, status }) => name.startsWith('waitFor') && status === 'RUNNING')),
    );
    await sendSignal(bench, { type: 'cancel', user: 'UBOB' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
  });

  it('kills each once wherever the process stops, and where the reply is lost', async () => {
    const crashing = {
      seed,
      execution: () => terminate(type, { instanceIds: ['foo-dev-v001.0', 'foo-dev-v001.2'] }),
      end: ({ status }: { readonly status: string }, { serverGroups }: Bench) => [
        status,
        serverGroups.effects,
        serverGroups.sizes(east),
      ],
    };
    const { end, points, differing } = await crashEverywhere(crashing);
    expect(end).toMatchObject(['SUCCEEDED', { length: 2 }, { 1: `foo-dev-v001 ×${type === types[0] ? 3 : 1}` }]);
    expect(points).toBeGreaterThan(10);
    expect(differing).toEqual([]);
    const lost = await run(type, { instanceIds: ['foo-dev-v001.0', 'foo-dev-v001.2'] }, ({ serverGroups }) =>
      serverGroups.fail('terminate', 'TIMED_OUT', true),
    );
    expect([lost.done.status, lost.effects, lost.sizes]).toEqual(end);
  });
});
