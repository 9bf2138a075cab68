import type { Pipeline, PipelineStage } from '../../src/model/application';
import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { childIn } from '../support/child-kit';
import { createCommandBench, wordsOf } from '../support/command-kit';

const stage = (type: string, context: StageContext): PipelineStage => ({
  refId: '1',
  requisiteStageRefIds: [],
  type,
  name: `The ${type}`,
  context,
});
const pipeline = (name: string, ...stages: readonly PipelineStage[]): Pipeline => ({ name, stages });

const place = { credentials: 'nonprod', regions: ['east'] };
const shrink = { ...place, cluster: 'foo-prod', shrinkToSize: 1 };
const named = pipeline('named', stage('shrinkCluster', shrink));
const runsNamed = pipeline('parent', stage('pipeline', { pipeline: 'named' }));
const runsQuiet = pipeline('above', stage('pipeline', { pipeline: 'quiet' }));
const quiet = pipeline('quiet', stage('wait', { waitTime: 600 }));
const killing = pipeline('killing', stage('terminateInstances', { ...place, instanceIds: ['foo-dev-v000.1'] }));
const all = [named, runsNamed, runsQuiet, quiet, killing];

/** `foo` with those pipelines; `first` is in the place of the one that deploys to dev and prod. */
async function bench(first: Partial<Pipeline> = {}) {
  const it = await createCommandBench(undefined, undefined, undefined, all, first);
  for (const environment of ['dev', 'prod'])
    it.serverGroups.seed({ location: east, name: `foo-${environment}-v000`, desired: 2, image: 'repo/foo:1.0' });
  return it;
}
type Bench = Awaited<ReturnType<typeof bench>>;

const confirmed = async (it: Bench, text: string): Promise<string> => {
  const said = await it.say(text);
  return said.executionId ?? (await it.press(said, 'confirm')).executionId ?? wordsOf(said.reply);
};

describe('a pipeline whose stages name a cluster of another environment', () => {
  it('is refused to who may not change that one, and says which stage names it', async () => {
    const it = await bench();
    const said = await it.say('pipeline run foo named dev', 'UEVE');
    expect(wordsOf(said.reply)).toBe(
      "You may not change foo prod: only @crew may. Ask one of them.\nStage 'The shrinkCluster' of pipeline named names foo-prod, though it is run for dev.",
    );
    expect([said.plan, await it.executions()]).toEqual([undefined, []]);
  });

  it('is refused to a deployment by it as well', async () => {
    const it = await bench({ stages: [stage('shrinkCluster', shrink)] });
    expect(wordsOf((await it.say('deploy foo dev 1.1', 'UEVE')).reply)).toContain('You may not change foo prod');
    expect(await it.executions()).toEqual([]);
  });

  it('waits for a confirmation of who may, as that environment wants', async () => {
    const it = await bench();
    const said = await it.say('pipeline run foo named dev');
    expect(said.executionId).toBeUndefined();
    expect(wordsOf(said.reply)).toContain("It changes foo prod too: stage 'The shrinkCluster' names its cluster.");
    const deploying = await (await bench({ stages: [stage('shrinkCluster', shrink)] })).say('deploy foo dev 1.1');
    expect(deploying.executionId).toBeUndefined();
    expect(wordsOf(deploying.reply)).toContain('It changes foo prod too');
  });

  it('is refused while somebody is at work there', async () => {
    const it = await bench();
    await it.drive(await confirmed(it, 'deploy foo prod 1.1'), 1000);
    const said = await it.say('pipeline run foo named dev');
    expect(wordsOf(said.reply)).toContain('Deploy foo 1.1 to prod is under way, asked by @UANN.');
  });

  it('is refused as a child as well, whoever asked for its parent', async () => {
    const it = await bench();
    const { executionId = '' } = await it.say('pipeline run foo parent dev', 'UEVE');
    const done = await it.drive(executionId);
    expect([done.status, done.stages[0]?.failure?.message]).toEqual([
      'TERMINAL',
      "@UEVE, who asked for 'Run parent of foo in dev', may not change foo prod: only @crew may. Ask one of them. Stage 'The shrinkCluster' of pipeline foo/named names foo-prod.",
    ]);
  });

  it('waits as a child while somebody is at work there', async () => {
    const it = await bench();
    await it.drive(await confirmed(it, 'deploy foo prod 1.1'), 1000);
    const parent = await confirmed(it, 'pipeline run foo parent dev');
    await it.drive(parent, 1000);
    expect(JSON.stringify((await it.live(parent))?.steps)).toContain('Deploy foo 1.1 to prod');
  });
});

describe('a pipeline that touches server groups by the names that it spells out', () => {
  it('takes the cluster of its environment', async () => {
    const it = await bench();
    await it.drive(await confirmed(it, 'deploy foo dev 1.1'), 1000);
    expect(wordsOf((await it.say('pipeline run foo killing dev')).reply)).toContain('is under way, asked by @UANN');
  });
});

describe('a child that touches no cluster', () => {
  it('runs beside a deployment', async () => {
    const it = await bench();
    await it.drive(await confirmed(it, 'deploy foo dev 1.1'), 1000);
    await it.drive(await confirmed(it, 'pipeline run foo above dev'), 1000);
    expect((await childIn(it)).definition.regions).toEqual([]);
  });
});
