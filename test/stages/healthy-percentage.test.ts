import type { StageContext } from '../../src/model/execution';
import type { Instance } from '../../src/model/server-group';
import { east } from '../dcos/builders';
import { buildPipeline, statuses } from '../support/engine-kit';
import { createStageBench, describeCluster } from '../support/stage-kit';

const described = (over: StageContext): StageContext => ({
  ...describeCluster({ strategy: 'none', desiredCapacity: 4 }),
  cluster: 'foo-dev',
  ...over,
});

/** Of group v001 so many serve, in the middle of a Marathon deployment, during which none is up by Spinnaker's rule. */
function benchServing(serving: number) {
  const bench = createStageBench();
  const { serverGroups } = bench;
  const sick = (instance: Instance, index: number): Instance => ({
    ...instance,
    health: 'Down',
    serving: index < serving,
  });
  serverGroups.look = (
    (look) =>
    async (...asked: Parameters<typeof look>) => {
      const { at, value } = await look(...asked);
      const group: typeof value.group = (location, name) => {
        const found = value.group(location, name);
        return found === undefined || !name.endsWith('v001') || found.desired === 0
          ? found
          : { ...found, instances: found.instances.map(sick) };
      };
      return { at, value: { ...value, group } };
    }
  )(serverGroups.look.bind(serverGroups));
  serverGroups.list = (
    (list) =>
    async (...asked: Parameters<typeof list>) =>
      (await list(...asked)).map((found) =>
        found.name.endsWith('v001') && found.desired > 0 ? { ...found, instances: found.instances.map(sick) } : found,
      )
  )(serverGroups.list.bind(serverGroups));
  serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 4 });
  return bench;
}

async function run(serving: number, context: StageContext, type = 'createServerGroup') {
  const bench = benchServing(serving);
  const done = await bench.run(buildPipeline([{ ref: '1', type, context: { stageTimeoutMs: 60_000, ...context } }]));
  return { bench, done, failure: done.stages.flatMap(({ failure }) => failure?.code ?? []) };
}

describe('targetHealthyDeployPercentage', () => {
  it.each<[string, number, StageContext, string]>([
    ['all without it', 3, {}, 'TERMINAL'],
    ['as many as it says', 3, { targetHealthyDeployPercentage: 75 }, 'SUCCEEDED'],
    ['no fewer than it says', 2, { targetHealthyDeployPercentage: 75 }, 'TERMINAL'],
    ['it as a text too', 2, { targetHealthyDeployPercentage: '50' }, 'SUCCEEDED'],
    ['at least one', 0, { targetHealthyDeployPercentage: 1 }, 'TERMINAL'],
    ['none of 0 percent', 0, { targetHealthyDeployPercentage: 0 }, 'SUCCEEDED'],
    ['all of null', 3, { targetHealthyDeployPercentage: null }, 'TERMINAL'],
    ['no health where no provider of health is of interest', 0, { interestingHealthProviderNames: [] }, 'SUCCEEDED'],
    ['all where providers are named', 3, { interestingHealthProviderNames: ['DcosService'] }, 'TERMINAL'],
    ['all where null stands for them', 3, { interestingHealthProviderNames: null }, 'TERMINAL'],
  ])('makes a creation wait for %s', async (_what, serving, over, status) => {
    const { done } = await run(serving, described(over));
    expect(done.status).toBe(status);
  });

  it('is refused above 100', async () => {
    const { done } = await run(4, described({ targetHealthyDeployPercentage: 101 }));
    expect(done.status).toBe('TERMINAL');
  });

  it('says how many are enough while it waits', async () => {
    const bench = benchServing(2);
    const context = described({ targetHealthyDeployPercentage: 75 });
    const waiting = await bench.run(buildPipeline([{ ref: '1', type: 'createServerGroup', context }]), 60_000);
    expect(waiting.stages[0]?.context.progress).toContain('2/4 healthy, 3 are enough');
  });

  it.each([
    [75, 3, ['foo-dev-v000 ×0', 'foo-dev-v001 ×4']],
    [75, 2, ['foo-dev-v000 ×4', 'foo-dev-v001 ×0']],
  ])('of %s %% with %s healthy decides whether the new group takes over', async (percentage, serving, sizes) => {
    const over = { strategy: 'redblack', targetHealthyDeployPercentage: percentage, rollback: { onFailure: true } };
    const { bench } = await run(serving, { clusters: [described({ ...over, stageTimeoutMs: 60_000 })] }, 'deploy');
    expect(bench.serverGroups.sizes(east)).toEqual(sizes);
  });

  it('counts at every step of a rolling red/black', async () => {
    const over = { strategy: 'rollingredblack', targetPercentages: [50, 100], targetHealthyDeployPercentage: 50 };
    const { bench, done } = await run(2, { clusters: [described(over)] }, 'deploy');
    expect([done.status, ...bench.serverGroups.sizes(east)]).toEqual([
      'SUCCEEDED',
      'foo-dev-v000 ×0',
      'foo-dev-v001 ×4',
    ]);
  });

  it('is for bringing a group back and for resizing one, too', async () => {
    for (const type of ['enableServerGroup', 'resizeServerGroup']) {
      const bench = benchServing(2);
      bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 0, lastSize: 4 });
      const context = {
        credentials: 'nonprod',
        location: east,
        serverGroupName: 'foo-dev-v001',
        capacity: { desired: 4 },
        targetHealthyDeployPercentage: 50,
        stageTimeoutMs: 60_000,
      };
      const done = await bench.run(buildPipeline([{ ref: '1', type, context }]));
      expect([type, done.status, ...statuses(done)]).toEqual([type, 'SUCCEEDED', '1 SUCCEEDED']);
    }
  });

  it('says nothing of a group that goes out of service: that is over when nothing is left', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 4 });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 4 });
    const context = {
      location: east,
      serverGroupName: 'foo-dev-v000',
      action: 'scale_exact',
      capacity: { desired: 0 },
      interestingHealthProviderNames: [],
    };
    const done = await bench.run(buildPipeline([{ ref: '1', type: 'resizeServerGroup', context }]));
    expect(done.status).toBe('SUCCEEDED');
    expect(done.stages[0]?.context.capacityNow).toMatchObject({ present: 0, wanted: 0 });
  });
});
