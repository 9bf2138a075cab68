import { join } from 'node:path';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';
import { resolvePipeline } from '../../src/definitions/resolve-pipeline';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;

/** The first stages of a pipeline as they are run in prod of two regions. */
function resolved(...stages: readonly string[]) {
  const text = `application: foo
image: registry.example.com/demo/foo
jobs:
  smoke: { image: 'smoke:3', timeout: 5m }
environments:
  prod: { regions: [prod/east, prod/west], instances: 6, pipeline: release }
pipelines:
  release:
${stages.map((stage) => `    - ${stage}`).join('\n')}
`;
  const { application, problems } = parseApplication({ text, file: 'foo.yaml', accounts, stageTypes: stageRegistry });
  expect(problems).toEqual([]);
  const environment = application?.environments.get('prod');
  if (application === undefined || environment === undefined) throw new Error('No prod.');
  return resolvePipeline(application, environment, { image: 'registry.example.com/demo/foo:2' });
}

const clustersOf = (stage: string) => resolved(stage)[0]?.context.clusters as readonly Record<string, unknown>[];

it('reads the fields of rolling red/black', () => {
  const validation =
    "pipelineBeforeCleanup: { application: bar, pipelineId: check, pipelineParameters: { level: '2' } }";
  const [east, west] = clustersOf(
    `{ type: deploy, strategy: rollingredblack, targetPercentages: [25, 50], judgmentBeforeCleanup: true, ${validation}, onFailure: rollback }`,
  );
  expect(east).toMatchObject({
    strategy: 'rollingredblack',
    desiredCapacity: 6,
    targetPercentages: [25, 50],
    judgmentBeforeCleanup: true,
    pipelineBeforeCleanup: { application: 'bar', pipelineId: 'check', pipelineParameters: { level: '2' } },
    maxRemainingAsgs: 2,
    rollback: { onFailure: true },
  });
  expect(west).toMatchObject({ strategy: 'rollingredblack', region: 'lab_west' });
});

it('reads the steps of a canary, its job made whole in each place', () => {
  const [east, west] = clustersOf(
    '{ type: deploy, strategy: canary, canary: [{ instances: 1, for: 10m, checks: [healthy], tolerance: 1m }, { percentage: 50, job: smoke, expression: replicas > 1, judgment: true }] }',
  );
  const job = { docker: { image: { imageId: 'smoke:3' } }, application: 'foo', stageTimeoutMs: 300_000 };
  expect(east?.canary).toMatchObject([
    { instances: 1, durationSec: 600, checks: ['healthy'], toleranceSec: 60 },
    {
      percentage: 50,
      judgment: true,
      expression: 'replicas > 1',
      job: { ...job, location: { account: 'prod', region: 'east' } },
    },
  ]);
  expect(west?.canary).toMatchObject([{}, { job: { ...job, location: { account: 'prod', region: 'west' } } }]);
  expect(clustersOf('{ type: deploy, strategy: canary, canary: { instances: 2 } }')[0]?.canary).toEqual([
    { instances: 2 },
  ]);
});

it('reads how much of the new group must be healthy', () => {
  const written = 'targetHealthyDeployPercentage: 75, interestingHealthProviderNames: [], backoffPeriodMs: 20000';
  const [stage] = resolved(`{ type: deploy, ${written} }`);
  const wish = { targetHealthyDeployPercentage: 75, interestingHealthProviderNames: [], backoffPeriodMs: 20000 };
  expect(stage?.context.clusters).toMatchObject([wish, wish]);
});

it.each([
  ['oneByOne: true', 0],
  ['waitBetweenRegions: 10m', 600],
  ['waitTimeBetweenRegions: 30', 30],
  ['oneByOne: true, waitBetweenRegions: 1m', 60],
  ['oneByOne: false', undefined],
])('reads that regions follow one another: %s', (written, seconds) => {
  const [stage] = resolved(`{ type: deploy, ${written} }`);
  expect(stage?.context.waitTimeBetweenRegions).toBe(seconds);
  expect((stage?.context.clusters as readonly object[]).map((cluster) => 'waitTimeBetweenRegions' in cluster)).toEqual([
    false,
    false,
  ]);
});

it.each([
  ['for: 10m, checks: [noRestarts], tolerance: 5s, onFailure: rollback, regions: [prod/east]'],
  ['durationSec: 600, checks: [noRestarts], toleranceSec: 5, rollback: { onFailure: true }, regions: [prod/east]'],
])('reads what is watched: %s', (written) => {
  expect(resolved('{ type: deploy }', `{ type: verify, ${written} }`)[1]?.context).toMatchObject({
    durationSec: 600,
    checks: ['noRestarts'],
    toleranceSec: 5,
    rollback: { onFailure: true },
    regions: ['prod/east'],
  });
});
