import { join } from 'node:path';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';
import { resolvePipeline } from '../../src/definitions/resolve-pipeline';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;

/** An application whose line 7 is its first stage. */
const file = (stages: readonly string[]): string =>
  `application: foo
image: registry.example.com/demo/foo
environments:
  prod: { regions: [nonprod/east, nonprod/west], instances: 1, pipeline: quick }
pipelines:
  quick:
${stages.map((stage) => `    - ${stage}\n`).join('')}`;
const parse = (...stages: readonly string[]) =>
  parseApplication({ file: 'foo.yaml', text: file(stages), accounts, stageTypes: stageRegistry });
const told = (...stages: readonly string[]) =>
  parse(...stages).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

/** The stages of a run of these regions. */
function resolve(stages: readonly string[], regions: readonly string[] = ['east', 'west']) {
  const { application, problems } = parse(...stages);
  expect(problems).toEqual([]);
  const environment = application?.environments.get('prod');
  if (application === undefined || environment === undefined) throw new Error('nothing was read');
  const locations = environment.locations.filter(({ region }) => regions.includes(region));
  return resolvePipeline(application, environment, { image: 'registry.example.com/demo/foo:1.1', locations });
}

const contextOf = (stage: string, regions?: readonly string[]) => resolve([stage], regions)[0]?.context;
const east: unknown = accounts.get('nonprod/east');
const west: unknown = accounts.get('nonprod/west');
const cluster = 'foo-prod';

describe('a stage on server groups in a file', () => {
  it.each([
    'resizeServerGroup, target: current_asg_dynamic, scaleNum: 1, action: scale_up',
    'resizeAsg, target: current_asg_dynamic, source: { serverGroupName: bar-prod-v001 }, action: scale_to_server_group',
    'enableServerGroup, target: ancestor_asg_dynamic',
    'disableServerGroup, target: oldest_asg_dynamic',
    'destroyServerGroup, target: oldest_asg_dynamic',
    'disableCluster',
    'scaleDownCluster',
    'shrinkCluster, shrinkToSize: 2',
    'rollbackCluster',
    'createServerGroup, desiredCapacity: 2',
    'findImage, onlyEnabled: true',
    'cloneServerGroup, target: current_asg_dynamic',
  ])('is about the cluster of its environment in every place of the run: %s', (written) => {
    expect(contextOf(`{ type: ${written} }`)).toMatchObject({ cluster, locations: [east, west] });
    expect(contextOf(`{ type: ${written} }`, ['west'])).toMatchObject({ cluster, locations: [west] });
  });

  it('is about those of its regions that the run is about', () => {
    const written = '{ type: shrinkCluster, regions: [nonprod/west, nonprod/east] }';
    expect(contextOf(written)).toEqual({ cluster, locations: [east, west] });
    expect(contextOf(written, ['east'])).toEqual({ cluster, locations: [east] });
  });

  it('is dropped where none of its regions is left, and what waited for it waits for what it waited for', () => {
    const stages = resolve(
      [
        '{ type: deploy, strategy: redblack }',
        '{ type: shrinkCluster, regions: [nonprod/west] }',
        '{ type: wait, for: 5s }',
      ],
      ['east'],
    );
    expect(stages.map(({ refId, type, requisiteStageRefIds }) => [refId, type, requisiteStageRefIds])).toEqual([
      ['1', 'deploy', []],
      ['2', 'wait', ['1']],
    ]);
  });

  it.each([
    ['disableCluster, cluster: bar-prod', { cluster: 'bar-prod' }],
    ['disableCluster, moniker: { app: bar, cluster: bar-prod }', { moniker: { app: 'bar', cluster: 'bar-prod' } }],
    ['enableServerGroup, serverGroupName: bar-prod-v003', { serverGroupName: 'bar-prod-v003' }],
    ['enableServerGroup, asgName: bar-prod-v003', { asgName: 'bar-prod-v003' }],
    ['terminateInstances, instanceIds: [a]', { instanceIds: ['a'] }],
    ['terminateInstanceAndDecrementServerGroup, instance: a', { instance: 'a' }],
    ['cloneServerGroup, targetCluster: bar-prod', { targetCluster: 'bar-prod' }],
    ['rollbackCluster, serverGroup: bar-v003', { serverGroup: 'bar-v003' }],
    ['cloneServerGroup, stack: dev', { stack: 'dev' }],
    ['cloneServerGroup, source: { serverGroupName: bar-v003 }', { source: { serverGroupName: 'bar-v003' } }],
  ])('keeps the cluster that it names: %s', (written, kept) => {
    expect(contextOf(`{ type: ${written} }`)).toEqual({ ...kept, locations: [east, west] });
  });

  it('gives a clone the cluster of its environment where only the place of its source is named', () => {
    const context = contextOf('{ type: cloneServerGroup, source: { account: nonprod, region: np1_east } }');
    expect(context).toMatchObject({ cluster, locations: [east, west] });
  });

  it.each([
    [
      'credentials: prod, regions: [dc1_web, "${parameters.b}"]',
      { credentials: 'prod', regions: ['dc1_web', '${parameters.b}'] },
    ],
    ['account: prod, regions: [dc1/web]', { account: 'prod', regions: ['dc1/web'] }],
    ["credentials: '${parameters.a}', region: dc1_web", { credentials: '${parameters.a}', region: 'dc1_web' }],
    [
      'location: { account: a, region: b, dcosCluster: c, group: d }',
      { location: { account: 'a', region: 'b', dcosCluster: 'c', group: 'd' } },
    ],
  ])('stays as it is in the spelling of Spinnaker: %s', (written, context) => {
    expect(contextOf(`{ type: disableCluster, ${written} }`, ['west'])).toEqual(context);
  });

  it.each([
    ['{ type: shrinkCluster, regions: [nonprod/wst] }', '7:40', "Did you mean 'nonprod/west'?"],
    ['{ type: shrinkCluster, regions: [np1_east] }', '7:40', "Unknown region 'np1_east'"],
    ["{ type: shrinkCluster, regions: '${parameters.a}' }", '7:39', 'Write a list'],
    ["{ type: shrinkCluster, regions: ['${parameters.a}'] }", '7:40', 'Write account/region'],
    ['{ type: shrinkCluster, regions: nonprod/east }', '7:39', 'must be a list'],
    ['{ type: shrinkCluster, region: np1_east }', '7:30', "'region' needs 'credentials'"],
    ["{ type: disableCluster, comments: '${regions}', regions: [nonprod/east] }", '7:44', "called 'regions'"],
    ['{ type: rollbackCluster, credentials: prod, regions: [dc1_web] }', '7:7', 'cluster'],
  ])('is refused where it makes no sense: %s', (stage, place, message) => {
    expect(told(stage)).toEqual([expect.stringContaining(message)]);
    expect(told(stage)[0]).toMatch(new RegExp(`^${place} `));
  });

  it('may speak of what it gets from the run', () => {
    expect(told("{ type: disableCluster, comments: '${cluster} in ${locations[0].region}' }")).toEqual([]);
    expect(told("{ type: disableCluster, comments: '${cluster}' }")).toEqual([]);
    expect(told("{ type: disableCluster, comments: '${locations}' }")).toEqual([]);
  });
});

describe('a clusterSize precondition in a file', () => {
  const sizes = (...contexts: readonly string[]): string =>
    `{ type: checkPreconditions, preconditions: [${contexts.map((context) => `{ type: clusterSize, context: ${context} }`).join(', ')}] }`;

  it('counts the cluster of its environment in every place of the run', () => {
    expect(contextOf(sizes('{ expected: 2 }'))).toEqual({
      preconditions: [{ type: 'clusterSize', context: { expected: 2, cluster, locations: [east, west] } }],
    });
  });

  it('counts what it names, in those of its regions that the run is about', () => {
    expect(
      contextOf(sizes('{ cluster: bar, regions: [nonprod/west] }', '{ regions: [nonprod/east] }'), ['west']),
    ).toEqual({ preconditions: [{ type: 'clusterSize', context: { cluster: 'bar', locations: [west] } }] });
  });

  it('goes without the others only where none of its regions is left, and the stage with the last', () => {
    const written = `{ type: checkPreconditions, preconditions: [{ type: clusterSize, context: { regions: [nonprod/west] } }, { type: expression, context: { expression: 'true' } }] }`;
    expect(contextOf(written, ['east'])).toEqual({
      preconditions: [{ type: 'expression', context: { expression: 'true' } }],
    });
    expect(resolve([sizes('{ regions: [nonprod/west] }')], ['east'])).toEqual([]);
  });

  it('stays as it is in the spelling of Spinnaker', () => {
    const context = { cluster: 'foo-prod', credentials: 'prod', regions: ['dc1_web'], comparison: '>=' };
    expect(contextOf(sizes(JSON.stringify(context)))).toEqual({ preconditions: [{ type: 'clusterSize', context }] });
  });

  it('is refused where it names a region that no account has', () => {
    const message = "7:93 Unknown region 'nonprod/wst'. Did you mean 'nonprod/west'?";
    expect(told(sizes('{ regions: [nonprod/wst] }'))).toEqual([expect.stringContaining(message)]);
  });
});
