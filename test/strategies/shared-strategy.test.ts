import type { Application, Pipeline, PipelineStage } from '../../src/model/application';
import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { applicationOf, childrenIn, parentOf, startLocked } from '../support/child-kit';
import { createStageBench, describeCluster } from '../support/stage-kit';

const stage = (type: string, context: StageContext, refId = '1', after: readonly string[] = []): PipelineStage => ({
  refId,
  requisiteStageRefIds: after,
  type,
  name: `The ${type}`,
  context,
});
const smokeOf = (cmd: string): NonNullable<Application['jobs']> =>
  new Map([['smoke', { general: { cmd, cpus: 0.1, mem: 32 } }]]);

/** `foo`, which deploys by the strategy `gently` of `shared`; both have a job `smoke`, and `shared` a pipeline `checks`. */
async function deploysWith(...stages: readonly PipelineStage[]) {
  const wait = { ref: '1', type: 'wait', context: { waitTime: 1 } };
  const [, foo] = applicationOf('foo', { other: [wait] });
  const [, shared] = applicationOf('shared', { checks: [wait] });
  const deploys = stage('deploy', {});
  const gently: Pipeline = { name: 'gently', strategy: true, stages: [deploys, ...stages] };
  const pipelines = new Map([...shared.pipelines, ['gently', gently] as const]);
  const applications = new Map<string, Application>([
    ['foo', { ...foo, jobs: smokeOf('of foo') }],
    ['shared', { ...shared, pipelines, jobs: smokeOf('of shared') }],
  ]);
  const bench = createStageBench(undefined, applications);
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3, image: 'repo/foo:1.0' });
  const strategy = { strategy: 'custom', strategyApplication: 'shared', strategyPipeline: 'gently' } as const;
  await startLocked(
    bench,
    parentOf([{ ref: '1', type: 'deploy', context: { clusters: [describeCluster(strategy)] } }]),
  );
  return { bench, done: await bench.drive('E1') };
}

describe('a strategy of another application', () => {
  it("deploys the user's application in the user's place", async () => {
    const disables = { ...stage('disableCluster', {}, '2', ['1']), leavesOpen: ['places', 'cluster'] as const };
    const { bench, done } = await deploysWith(disables);
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
    const [child] = await childrenIn(bench);
    expect([child?.application, child?.pipelineConfigId]).toEqual(['foo', 'shared/gently']);
  });

  it('runs the jobs of its own file, as jobs of the user', async () => {
    const { bench, done } = await deploysWith(stage('runJob', { job: 'smoke' }, '2', ['1']));
    expect(done.status).toBe('SUCCEEDED');
    const [child] = await childrenIn(bench);
    const ran = child?.stages.find(({ type }) => type === 'runJob');
    expect(ran?.context).toMatchObject({
      application: 'foo',
      general: { cmd: 'of shared', id: 'nonprod.east.foo-dev-shared-smoke' },
    });
  });

  it('runs the pipelines of its own file', async () => {
    const { bench, done } = await deploysWith(stage('pipeline', { pipeline: 'checks' }, '2', ['1']));
    expect(done.status).toBe('SUCCEEDED');
    expect((await childrenIn(bench)).map(({ pipelineConfigId }) => pipelineConfigId)).toEqual([
      'shared/gently',
      'shared/checks',
    ]);
  });

  it('runs those of another file that it names', async () => {
    const named = stage('pipeline', { application: 'foo', pipeline: 'other' }, '2', ['1']);
    const { bench, done } = await deploysWith(named);
    expect(done.status).toBe('SUCCEEDED');
    expect((await childrenIn(bench)).at(-1)?.pipelineConfigId).toBe('foo/other');
  });
});
