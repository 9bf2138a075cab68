import { join } from 'node:path';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';
import { resolvePipeline } from '../../src/definitions/resolve-pipeline';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;
const deploys = '{ type: deploy, strategy: custom, strategyPipeline: gently }';

/** A file with a strategy pipeline `gently` of these lines, from line 8 on. */
function parse(gently: readonly string[], { main = deploys, pipeline = 'main' } = {}) {
  const text = `application: foo
image: registry.example.com/demo/foo
environments:
  prod: { regions: [prod/east, prod/west], instances: 6, pipeline: ${pipeline} }
pipelines:
  main: [${main}]
  gently:
${gently.map((line) => `    ${line}`).join('\n')}
`;
  const { application, problems } = parseApplication({ text, file: 'foo.yaml', accounts, stageTypes: stageRegistry });
  return { application, told: problems.map(({ line, column, message }) => `${line}:${column} ${message}`) };
}

const strategy = ['strategy: true', 'stages: [{ type: deploy, timeout: 5m }, { type: disableCluster }]'];

describe('a strategy pipeline of a file', () => {
  it('is read, any number of runs at once, and its deploys are made of what runs it', () => {
    const { application, told } = parse(strategy);
    expect(told).toEqual([]);
    const gently = application?.pipelines.get('gently');
    expect(gently).toMatchObject({ strategy: true, limitConcurrent: false });
    const environment = application?.environments.get('prod');
    const location = environment?.locations[1];
    if (application === undefined || environment === undefined || gently === undefined || location === undefined)
      throw new Error('Something lacks.');
    const [main] = resolvePipeline(application, environment, { image: 'foo:2' });
    expect(main?.context.clusters).toMatchObject([{ strategy: 'custom', strategyPipeline: 'gently' }, {}]);
    const strategyRun = { cluster: 'foo-other', location, description: { cpus: 3, desiredCapacity: 4 } };
    expect(resolvePipeline(application, environment, { pipeline: gently, strategyRun })).toMatchObject([
      { context: { clusters: [{ cpus: 3, desiredCapacity: 4, strategy: 'none', stageTimeoutMs: 300_000 }] } },
      { context: { cluster: 'foo-other', locations: [location] } },
    ]);
  });

  it('knows the parameters that every strategy gets', () => {
    const stages = "stages: [{ type: manualJudgment, instructions: '${parameters.region} ${parameters.regoin}' }]";
    const { told } = parse(['strategy: true', 'parameters: [{ name: who }]', stages]);
    expect(told).toEqual([expect.stringContaining("has no parameter 'regoin'. Did you mean 'region'?")]);
  });

  it.each([
    [
      ['strategy: true', 'stages: [{ type: deploy, strategy: redblack }]'],
      {},
      "9:30 'strategy' cannot stand in a strategy",
    ],
    [['strategy: true', 'stages: [{ type: deploy, regions: [prod/east] }]'], {}, "9:30 'regions' cannot stand"],
    [
      ['strategy: true', 'parameters: [{ name: parentPipelineId }]', 'stages: [{ type: wait, for: 1s }]'],
      {},
      'No parameter can',
    ],
    [['stages: [{ type: deploy }]'], {}, '6:62 Pipeline foo/gently is no strategy. Mark it'],
    [strategy, { pipeline: 'gently' }, "4:68 Pipeline 'gently' is a strategy: it deploys nothing by itself"],
    [
      strategy,
      { main: '{ type: pipeline, pipeline: gently }' },
      '6:38 Pipeline foo/gently is a strategy: only a deploy',
    ],
    [strategy, { main: deploys.replace('gently', 'gentle') }, "Did you mean 'gently'?"],
  ])('with a mistake is refused: %j %j', (gently, others, message) => {
    const { application, told } = parse(gently, others);
    expect(application).toBeUndefined();
    expect(told).toContainEqual(expect.stringContaining(message));
  });
});
