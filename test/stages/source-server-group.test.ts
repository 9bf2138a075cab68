import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { stageOf, type Step } from '../support/engine-kit';
import { writtenPipeline } from '../support/expression-kit';
import { createStageBench, describeCluster, west } from '../support/stage-kit';

type Seeds = Readonly<Record<string, number>>;

/** Server groups by the number of their version, each a minute younger than the one before; 0 is out of service. */
const usual: Seeds = { v000: 5, v001: 3, v002: 0 };

async function run(
  over: StageContext,
  { seeds = usual, more = [] as readonly Step[], type = 'createServerGroup' } = {},
) {
  const bench = createStageBench();
  Object.entries(seeds).forEach(([version, desired], index) => {
    const lastSize = desired === 0 ? { lastSize: 2 } : {};
    bench.serverGroups.seed({
      location: east,
      name: `foo-dev-${version}`,
      desired,
      createdTime: index * 60_000,
      ...lastSize,
    });
  });
  bench.serverGroups.seed({ location: west, name: 'foo-dev-v007', desired: 7 });
  const context = { ...describeCluster({ strategy: 'none' }), cluster: 'foo-dev', ...over };
  const done = await bench.run(writtenPipeline([{ ref: '1', type, context }, ...more]));
  return { bench, done, stage: stageOf(done, '1') };
}

const follows = (name: string, over: StageContext = {}) => ({
  asgName: name,
  serverGroupName: name,
  account: 'nonprod',
  region: 'np1_east',
  useSourceCapacity: false,
  ...over,
});

describe('the source of a new server group', () => {
  it.each<[string, StageContext, StageContext, Seeds | undefined]>([
    ['the newest in service', {}, follows('foo-dev-v001'), undefined],
    ['the newest where none is in service', {}, follows('foo-dev-v001'), { v000: 0, v001: 0 }],
    ['none where there is none', {}, {}, {}],
    ['the one named', { source: { serverGroupName: 'foo-dev-v000' } }, follows('foo-dev-v000'), undefined],
    ['the one of its old name', { source: { asgName: 'foo-dev-v002' } }, follows('foo-dev-v002'), undefined],
    [
      'one of another place',
      { source: { serverGroupName: 'foo-dev-v007', account: 'nonprod', location: west } },
      follows('foo-dev-v007', { region: 'np1_west' }),
      undefined,
    ],
    ['the target', { target: 'oldest_asg_dynamic' }, follows('foo-dev-v000'), undefined],
    ['none where there is no such target', { target: 'ancestor_asg_dynamic' }, {}, { v000: 1 }],
    [
      'the largest in service for its size',
      { useSourceCapacity: true },
      follows('foo-dev-v000', { useSourceCapacity: true }),
      undefined,
    ],
  ])('is %s', async (_which, over, source, seeds) => {
    const { stage } = await run(over, seeds === undefined ? {} : { seeds });
    expect(stage.outputs.source).toEqual(
      Object.keys(source).length === 0 ? {} : (expect.objectContaining(source) as unknown),
    );
  });

  it('fails where the one named is not there', async () => {
    const { stage } = await run({ source: { serverGroupName: 'foo-dev-v009' } });
    expect(stage.failure).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('foo-dev-v009') as string,
    });
  });

  it.each<[string, StageContext, number, Seeds | undefined]>([
    ['the size given', {}, 2, undefined],
    ['the size of the largest', { useSourceCapacity: true }, 5, undefined],
    ['the size of the source, as a text says', { useSourceCapacity: 'true' }, 5, undefined],
    [
      'the size of the one named',
      { source: { serverGroupName: 'foo-dev-v001', useSourceCapacity: true } },
      3,
      undefined,
    ],
    ['its last size where it is out of service', { useSourceCapacity: true, target: 'current_asg' }, 2, undefined],
    ['the size given where there is no source', { useSourceCapacity: true, preferSourceCapacity: true }, 2, {}],
    ['the source before the size given', { useSourceCapacity: true, preferSourceCapacity: true }, 5, undefined],
  ])('gives %s', async (_what, over, size, seeds) => {
    const { bench, done } = await run(over, seeds === undefined ? {} : { seeds });
    expect(done.status).toBe('SUCCEEDED');
    const name = String(stageOf(done, '1').outputs.serverGroupName);
    expect(bench.serverGroups.sizes(east)).toContain(`${name} ×${size}`);
  });

  it('is looked for three times, then its size is missed', async () => {
    const { bench, stage } = await run({ useSourceCapacity: true }, { seeds: {} });
    expect(stage.failure).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('preferSourceCapacity') as string,
    });
    expect((stage.endTime ?? 0) - (stage.startTime ?? 0)).toBe(10_000);
    expect(bench.serverGroups.sizes(east)).toEqual([]);
  });

  it('of another place is no way back: what serves is', async () => {
    const source = { serverGroupName: 'foo-dev-v007', location: west };
    const image = { docker: { image: { imageId: 'repo/foo:sick' } } };
    const over = { source, ...image, strategy: 'redblack', rollback: { onFailure: true }, stageTimeoutMs: 60_000 };
    const { bench } = await run(over);
    expect(bench.serverGroups.sizes(east)).toContain('foo-dev-v001 ×3');
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-dev-v007 ×7']);
  });

  it('that is out of service is no way back either', async () => {
    const { bench, done } = await run({ strategy: 'rollingredblack' }, { seeds: { v000: 0 } });
    expect([done.status, ...bench.serverGroups.sizes(east)]).toEqual([
      'SUCCEEDED',
      'foo-dev-v000 ×0',
      'foo-dev-v001 ×2',
    ]);
  });
});

describe('expressions that were written for Spinnaker', () => {
  const variables = [
    ["#stage('1')['context']['source']['asgName']", 'foo-dev-v001'],
    ["#stage('1').context.source.serverGroupName", 'foo-dev-v001'],
    ["source.account + '/' + source.region", 'nonprod/np1_east'],
    ["#stage('1').context['deploy.server.groups']['np1_east'][0]", 'foo-dev-v003'],
    ["#root['deploy.server.groups'].np1_east[0]", 'foo-dev-v003'],
    ["execution.stages[0].context['deploy.server.groups'].np1_east[0]", 'foo-dev-v003'],
    ["#stage('1').context['deploy.account.name']", 'nonprod'],
    ["execution.stages[0].context['deploy.account.name']", 'nonprod'],
    ["#stage('1').context['kato.tasks'][0].resultObjects[0].serverGroupNames[0]", 'np1_east:foo-dev-v003'],
    ["#stage('1').context['kato.tasks'][0].resultObjects[0].serverGroupNameByRegion.np1_east", 'foo-dev-v003'],
    ["#stage('1').context['kato.tasks'][0].status.completed", true],
    ['execution.stages[0].context.capacitySnapshot.desiredCapacity', 2],
    ["#stage('1').context.capacitySnapshot.minSize", 2],
    ["#stage('1').context.capacitySnapshot.maxSize", 2],
    ["#stage('1').context.lastCapacityCheck.up", 2],
    ["#stage('1').context.lastCapacityCheck.down", 0],
    ["#stage('1').context.lastCapacityCheck.outOfService", 0],
    ["#stage('1').context.lastCapacityCheck.starting", 0],
    ["#stage('1').context.lastCapacityCheck.succeeded", 0],
    ["#stage('1').context.lastCapacityCheck.failed", 0],
    ["#stage('1').context.lastCapacityCheck.unknown", 0],
    ["#stage('1').context.targetDesiredSize", 2],
    ['deployedServerGroups[0].serverGroup', 'foo-dev-v003'],
  ] as const;
  const evaluating: Step = {
    ref: '2',
    type: 'evaluateVariables',
    after: ['1'],
    context: { variables: variables.map(([expression], index) => ({ key: `v${index}`, value: `\${${expression}}` })) },
  };

  it.each(['createServerGroup', 'cloneServerGroup'])('find what %s put out', async (type) => {
    const { done } = await run({}, { type, more: [evaluating] });
    const { outputs } = stageOf(done, '2');
    expect(variables.map(([expression], index) => [expression, outputs[`v${index}`]])).toEqual(variables);
  });
});
