import type { StageContext } from '../../src/model/execution';
import type { Location } from '../../src/model/server-group';
import { locationOfRegion } from '../../src/stages/server-group/place';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { createStageBench, describeCluster, west } from '../support/stage-kit';
import { east } from '../dcos/builders';

const described = (): StageContext => {
  const { location, serviceEndpoints, healthChecks, ...description } = describeCluster({ strategy: 'highlander' });
  return description;
};

async function run(context: StageContext) {
  const bench = createStageBench();
  const spelled = locationOfRegion('nonprod', 'np1_east');
  for (const location of [east, west, spelled]) bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 1 });
  const done = await bench.run(buildPipeline([{ ref: '1', type: 'createServerGroup', context }]));
  expect(done.stages.flatMap(({ failure }) => failure?.message ?? [])).toEqual([]);
  return { done, sizes: (place: Location) => bench.serverGroups.sizes(place), spelled };
}

describe('createServerGroup as a stage of its own', () => {
  it('makes the server group that it describes, in the place that it spells as Spinnaker does', async () => {
    const { done, sizes, spelled } = await run(described());
    expect(done.status).toBe('SUCCEEDED');
    expect(sizes(spelled)).toEqual(['foo-dev-v001 ×2']);
    expect(stageOf(done, '1<0').outputs).toMatchObject({ 'deploy.server.groups': { np1_east: ['foo-dev-v001'] } });
  });

  it('makes one in every place that a run gives it', async () => {
    const { account, region, dcosCluster, group, application, stack, freeFormDetails, ...rest } = described();
    const { sizes } = await run({ ...rest, cluster: 'foo-dev', locations: [east, west] });
    expect([sizes(east), sizes(west)]).toEqual([['foo-dev-v001 ×2'], ['foo-dev-v001 ×2']]);
  });

  it('takes null for what is not there', async () => {
    const { done } = await run({
      ...described(),
      freeFormDetails: null,
      stack: 'dev',
      healthChecks: null,
      labels: null,
    });
    expect(done.status).toBe('SUCCEEDED');
  });
});
