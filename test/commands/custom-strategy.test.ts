import type { Pipeline, PipelineStage } from '../../src/model/application';
import type { Execution, StageContext } from '../../src/model/execution';
import type { View } from '../../src/model/view';
import { east } from '../dcos/builders';
import { childrenIn } from '../support/child-kit';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

const stage = (type: string, context: StageContext, refId = '1', after: readonly string[] = []): PipelineStage => ({
  refId,
  requisiteStageRefIds: after,
  type,
  name: `The ${type}`,
  context,
});
const disables: PipelineStage = { ...stage('disableCluster', {}, '2', ['1']), leavesOpen: ['places', 'cluster'] };
const gently = (...more: readonly PipelineStage[]): Pipeline => ({
  name: 'gently',
  strategy: true,
  stages: [stage('deploy', {}), disables, ...more],
});
const deploys = (over: StageContext = {}) =>
  stage('deploy', { strategy: 'custom', strategyPipeline: 'gently', ...over });
const asks = stage('manualJudgment', { onReject: 'rollback' }, '2', ['1']);

async function prodBench(stages: readonly PipelineStage[], ...others: readonly Pipeline[]): Promise<Bench> {
  const bench = await createCommandBench(undefined, stages, undefined, others);
  for (const location of [east, west])
    bench.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 2, image: 'repo/foo:1.0' });
  return bench;
}

const sizes = (bench: Bench) =>
  [east, west].map((location) => bench.serverGroups.sizes(location).map((text) => text.replace('foo-prod-', '')));

async function run(bench: Bench, text: string): Promise<Execution> {
  const { executionId = '' } = await bench.press(await bench.say(text), 'confirm');
  return bench.drive(executionId);
}

/** Deploys a version and has its judgment decided. */
async function judge(bench: Bench, version: string, name: 'approve' | 'reject'): Promise<Execution> {
  const { id } = await run(bench, `deploy foo prod ${version}`);
  await bench.choose(id, name, { stageId: '2', user: 'UBOB', ...(name === 'reject' ? { answer: 'bad' } : {}) });
  return bench.drive(id);
}

describe('a rollback', () => {
  it.each([
    ['custom', { strategy: 'custom', strategyPipeline: 'gently' }],
    ['redblack', { strategy: 'redblack', maxRemainingAsgs: 5 }],
  ])('never goes to a version that was rejected, with %s', async (_name, over) => {
    const bench = await prodBench([stage('deploy', over), asks], gently());
    expect((await judge(bench, '2.0', 'reject')).status).toBe('TERMINAL');
    expect(sizes(bench)).toEqual([
      ['v000 ×2', 'v001 ×0'],
      ['v000 ×2', 'v001 ×0'],
    ]);
    expect((await judge(bench, '3.0', 'approve')).status).toBe('SUCCEEDED');
    const words = wordsOf((await bench.say('rollback foo prod')).reply);
    expect(words).toContain('(v000)');
    expect(words).not.toContain('(v001)');
  });

  it('never goes to what an attempt left that another has followed', async () => {
    // The check passes from the second attempt on.
    const once = stage('checkPreconditions', { preconditions: [west2] }, '3', ['2']);
    const bench = await prodBench([deploys({ regions: ['nonprod/east'] })], gently(once));
    const failed = await run(bench, 'deploy foo prod/east 2.0');
    expect(failed.status).toBe('TERMINAL');
    bench.serverGroups.seed({ location: west, name: 'foo-prod-v005', desired: 1, image: 'repo/foo:1.0' });
    await bench.choose(failed.id, 'retryStage', { stageId: '1' });
    expect((await bench.drive(failed.id)).status).toBe('SUCCEEDED');
    expect(sizes(bench)[0]).toEqual(['v000 ×0', 'v001 ×0', 'v002 ×2']);
    expect(wordsOf((await bench.say('rollback foo prod/east')).reply)).toContain('(v000)');
  });

  it('goes to a version that a pipeline has deployed which another waits for', async () => {
    const child: Pipeline = { name: 'child', stages: [stage('deploy', { strategy: 'redblack', maxRemainingAsgs: 5 })] };
    const bench = await prodBench([stage('pipeline', { pipeline: 'child' }), asks], child);
    const { id } = await run(bench, 'pipeline run foo p prod 2.0');
    await bench.choose(id, 'approve', { stageId: '2', user: 'UBOB' });
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    const again = await run(bench, 'pipeline run foo p prod 3.0');
    await bench.choose(again.id, 'approve', { stageId: '2', user: 'UBOB' });
    await bench.drive(again.id);
    expect(wordsOf((await bench.say('rollback foo prod')).reply)).toContain('(v001)');
  });
});

/** Passes where there are two server groups in the west. */
const west2 = {
  type: 'clusterSize',
  context: { cluster: 'foo-prod', credentials: 'nonprod', regions: ['west'], expected: 2 },
};

describe('a strategy run', () => {
  it('is not retried where its deploy went back', async () => {
    const once = stage('checkPreconditions', { preconditions: [west2] }, '3', ['2']);
    const bench = await prodBench([deploys({ rollback: { onFailure: true } })], gently(once));
    expect((await run(bench, 'deploy foo prod/east 2.0')).status).toBe('TERMINAL');
    expect(sizes(bench)[0]).toEqual(['v000 ×2', 'v001 ×0']);
    bench.serverGroups.seed({ location: west, name: 'foo-prod-v005', desired: 1, image: 'repo/foo:1.0' });
    const [child] = await childrenIn(bench);
    const said = await bench.choose(child?.id ?? '', 'retryStage', { stageId: '3' });
    expect(wordsOf(said.reply)).toContain('went back');
    const offered = offers(await bench.live(child?.id ?? '')).map(([label]) => label);
    expect(offered.filter((label) => label?.startsWith('Retry'))).toEqual([]);
    expect((await childrenIn(bench)).map(({ status }) => status)).toEqual(['TERMINAL']);
  });

  it('is not retried where its deploy has run another since', async () => {
    const once = stage('checkPreconditions', { preconditions: [west2] }, '3', ['2']);
    const bench = await prodBench([deploys()], gently(once));
    const { id } = await run(bench, 'deploy foo prod/east 2.0');
    bench.serverGroups.seed({ location: west, name: 'foo-prod-v005', desired: 1, image: 'repo/foo:1.0' });
    await bench.choose(id, 'retryStage', { stageId: '1' });
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    const [first] = await childrenIn(bench);
    const said = await bench.choose(first?.id ?? '', 'retryStage', { stageId: '3' });
    expect(wordsOf(said.reply)).toContain('has deployed again since');
    const offered = offers(await bench.live(first?.id ?? '')).map(([label]) => label);
    expect(offered.filter((label) => label?.startsWith('Retry'))).toEqual([]);
    expect((await childrenIn(bench)).map(({ status }) => status)).toEqual(['TERMINAL', 'SUCCEEDED']);
  });
});

const offers = (view: View | undefined) =>
  (view?.choices ?? []).map(({ label, target }) => [label, target.kind === 'run' ? target.text : '']);
const fails = stage(
  'checkPreconditions',
  { preconditions: [{ type: 'expression', context: { expression: 'false' } }] },
  '3',
  ['2'],
);

describe('a deploy whose strategy run failed', () => {
  it('offers the way back from what serves, the stage again, and the output', async () => {
    const bench = await prodBench([deploys()], gently(fails));
    const failed = await run(bench, 'deploy foo prod/east 2.0');
    expect([failed.status, sizes(bench)[0]]).toEqual(['TERMINAL', ['v000 ×0', 'v001 ×2']]);
    expect(offers(await bench.live(failed.id))).toEqual([
      ['Retry The deploy', ''],
      ['Roll back', 'rollback foo prod/east v000'],
      ['Logs', 'logs foo prod/east group=v001'],
    ]);
    await run(bench, 'rollback foo prod/east v000');
    expect(sizes(bench)[0]).toEqual(['v000 ×2', 'v001 ×0']);
  });

  it('offers the way back in the one of several regions that it reached', async () => {
    const bench = await prodBench([deploys()], gently(fails));
    const failed = await run(bench, 'deploy foo prod 2.0');
    expect(offers(await bench.live(failed.id))).toContainEqual(['Roll back', 'rollback foo prod/east v000']);
  });

  /** Fails in the second region only. */
  const failsInWest = stage(
    'checkPreconditions',
    { preconditions: [{ type: 'expression', context: { expression: "parameters.region == 'np1_east'" } }] },
    '3',
    ['2'],
  );

  it('offers the way back of the region that it left changed beside that of the one that it finished', async () => {
    const bench = await prodBench([deploys()], gently(failsInWest));
    const failed = await run(bench, 'deploy foo prod 2.0');
    expect([failed.status, ...sizes(bench)]).toEqual(['TERMINAL', ['v000 ×0', 'v001 ×2'], ['v000 ×0', 'v001 ×2']]);
    const told = offers(await bench.live(failed.id)).filter(([label = '']) => /^(Undo|Finish)/.test(label));
    expect(told).toEqual([
      ['Finish west', 'deploy foo prod/west 2.0'],
      ['Undo east', 'rollback foo prod/east v000'],
      ['Undo west', 'rollback foo prod/west v000'],
    ]);
    await run(bench, 'rollback foo prod/west v000');
    expect(sizes(bench)).toEqual([
      ['v000 ×0', 'v001 ×2'],
      ['v000 ×2', 'v001 ×0'],
    ]);
  });

  it('offers no way back of a region where it left nothing in service', async () => {
    const bench = await prodBench([deploys()], gently());
    bench.serverGroups.onEffect = (moment) => {
      if (moment === 'after' && bench.serverGroups.effects.at(-1)?.includes('west') === true)
        bench.serverGroups.sickNames.add('foo-prod-v001');
    };
    const failed = await run(bench, 'deploy foo prod 2.0');
    const told = offers(await bench.live(failed.id)).filter(([label = '']) => label.startsWith('Undo'));
    expect([failed.status, told]).toEqual(['TERMINAL', [['Undo east', 'rollback foo prod/east v000']]]);
  });

  it.each([
    ['went back', [deploys({ rollback: { onFailure: true } })], gently(fails), '2.0'],
    ['brought nothing up', [deploys()], gently(), 'sick'],
    ['went back in its strategy', [deploys()], gently({ ...asks, refId: '3', requisiteStageRefIds: ['2'] }), '2.0'],
  ] as const)('offers no way back where it %s', async (_what, stages, strategy, version) => {
    const bench = await prodBench(stages, strategy);
    const { id } = await run(bench, `deploy foo prod/east ${version}`);
    const [child] = await childrenIn(bench);
    await bench.choose(child?.id ?? '', 'reject', { stageId: '3', user: 'UBOB', answer: 'bad' });
    expect((await bench.drive(id)).status).toBe('TERMINAL');
    expect(offers(await bench.live(id)).map(([label]) => label)).not.toContain('Roll back');
  });
});

describe('a run that a stage started', () => {
  it('is not offered again by the history, and its message tells no parameters that nobody gave', async () => {
    const bench = await prodBench([deploys({ pipelineParameters: { size: 'small' } })], gently());
    const { id } = await run(bench, 'deploy foo prod/east 2.0');
    const [child] = await childrenIn(bench);
    const words = wordsOf(await bench.live(child?.id ?? ''));
    expect(words).toContain('Parameters: size = small');
    expect(words).not.toContain('parentPipelineId');
    const listed = offers((await bench.say('history foo prod')).reply).map(([, text]) => text);
    expect(listed.filter((text) => text?.startsWith('pipeline'))).toEqual([]);
    expect(listed).toContain('deploy foo prod/east 2.0');
    expect((await bench.executions()).map((execution) => execution.id)).toContain(id);
  });
});
