import { executionKind } from '../../src/engine/document-kinds';
import type { PipelineStage } from '../../src/model/application';
import type { StageContext } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { childIn, childrenIn } from '../support/child-kit';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

const stage = (type: string, context: StageContext, refId = '1'): PipelineStage => ({
  refId,
  requisiteStageRefIds: [],
  type,
  name: `The ${type}`,
  context,
});
const broken = stage('checkPreconditions', {
  preconditions: [{ type: 'expression', context: { expression: 'false' } }],
});

/** `foo`, whose pipeline for prod runs `child`, which is this stage, and a deployment by it that was confirmed. */
async function deploying(child: PipelineStage, context: StageContext = {}, user = 'UANN') {
  const runs = stage('pipeline', { pipeline: 'child', ...context });
  const bench = await createCommandBench(undefined, [runs], undefined, [{ name: 'child', stages: [child] }]);
  const id = (await bench.press(await bench.say('deploy foo prod 2.0', user), 'confirm', user)).executionId ?? '';
  await bench.drive(id, 20_000);
  return { bench, id };
}

describe('a pipeline that a deployment runs', () => {
  it('may be skipped by those who may deploy', async () => {
    const { bench, id } = await deploying(stage('wait', { waitTime: 600 }), { skippable: true });
    const skip = (user: string) => bench.choose(id, 'skipStage', { stageId: '1', user });
    expect((await bench.live(id))?.choices?.map(({ name }) => name)).toContain('skipStage');
    expect(wordsOf((await skip('UEVE')).reply)).toContain('You may not change foo prod');
    expect((await skip('UANN')).quiet).toBe(true);
    expect((await bench.drive(id, 1000)).stages.map(({ status }) => status)).toEqual(['SKIPPED']);
  });

  it.each([
    ['prod', 'UEVE', 'You cannot decide here: only @managers may.'],
    ['prod', 'UBOB', ''],
    ['dev', 'UEVE', ''],
  ])('is judged under the policy of what it is run for: %s by %s', async (environment, user, refusal) => {
    const { bench, id } = await deploying(stage('manualJudgment', {}), { environment });
    const child = await childIn(bench);
    const command = await bench.choose(child.id, 'approve', { stageId: '1', user });
    expect(command.quiet === true ? '' : wordsOf(command.reply)).toBe(refusal);
    expect((await bench.drive(id, 1000)).status).toBe(refusal === '' ? 'SUCCEEDED' : 'RUNNING');
  });

  it('keeps others from the cluster that its parent has, where it touches none itself', async () => {
    const { bench } = await deploying(stage('wait', { waitTime: 600 }));
    const { reply } = await bench.say('deploy foo prod 3.0');
    expect(wordsOf(reply)).toContain('Deploy foo 2.0 to prod is under way, asked by @UANN');
  });

  it('does not keep its parent from being retried, though it is newer', async () => {
    const { bench, id } = await deploying(broken);
    expect((await bench.choose(id, 'retryStage', { stageId: '1' })).quiet).toBe(true);
    expect((await bench.drive(id)).status).toBe('TERMINAL');
    expect(await childrenIn(bench)).toHaveLength(2);
  });

  it('may be retried itself, and its parent with it', async () => {
    const { bench, id } = await deploying(broken);
    const child = await childIn(bench);
    expect((await bench.choose(child.id, 'retryStage', { stageId: '1' })).quiet).toBe(true);
    const done = await bench.drive(id);
    expect([done.stages[0]?.attempt, done.stages[0]?.context.executionId]).toEqual([2, child.id]);
    expect(await childrenIn(bench)).toHaveLength(1);
  });

  it('is not retried where somebody else has deployed since', async () => {
    const { bench } = await deploying({ ...broken, context: { ...broken.context, cluster: 'foo-prod' } });
    const child = await childIn(bench);
    const trigger = { type: 'manual', user: 'UBOB', parameters: {}, correlationId: 'C9' } as const;
    await bench.store.create(executionKind, 'Z9', { ...child, id: 'Z9', trigger });
    const { reply } = await bench.choose(child.id, 'retryStage', { stageId: '1' });
    expect(wordsOf(reply)).toContain('Something newer has happened here');
  });
});

describe('/rollback', () => {
  /** A deployment of 2.0 over 1.1, after which its pipeline runs `child`, which this stage is. */
  async function deployed(child: PipelineStage) {
    const runs = { ...stage('pipeline', { pipeline: 'child' }, '2'), requisiteStageRefIds: ['1'] };
    const stages = [stage('deploy', { strategy: 'redblack' }), runs];
    const bench = await createCommandBench(undefined, stages, undefined, [{ name: 'child', stages: [child] }]);
    for (const location of [east, west])
      bench.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, image: 'repo/foo:1.1' });
    const id = (await bench.press(await bench.say('deploy foo prod 2.0'), 'confirm')).executionId ?? '';
    await bench.drive(id, 600_000);
    return { bench, id };
  }
  const sizesIn = (bench: Awaited<ReturnType<typeof deployed>>['bench']) =>
    [east, west].map((location) => bench.serverGroups.sizes(location));

  it('cancels a deployment together with what it runs, and restores what served', async () => {
    const { bench, id } = await deployed(stage('wait', { waitTime: 6000 }));
    const before = ['foo-prod-v001 ×0', 'foo-prod-v002 ×2'];
    expect(sizesIn(bench)).toEqual([before, before]);
    const rollback = await bench.press(await bench.say('rollback foo prod'), 'confirm');
    expect((await bench.drive(rollback.executionId ?? '')).status).toBe('SUCCEEDED');
    const after = ['foo-prod-v001 ×2', 'foo-prod-v002 ×0'];
    expect(sizesIn(bench)).toEqual([after, after]);
    expect((await childIn(bench)).status).toBe('CANCELED');
    expect((await bench.drive(id)).status).toBe('CANCELED');
  });

  it('restores what served before a child replaced it', async () => {
    const runs = stage('pipeline', { pipeline: 'child' });
    const child = [
      stage('deploy', { strategy: 'redblack' }),
      { ...stage('wait', { waitTime: 6000 }, '2'), requisiteStageRefIds: ['1'] },
    ];
    const bench = await createCommandBench(undefined, [runs], undefined, [{ name: 'child', stages: child }]);
    for (const location of [east, west])
      bench.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, image: 'repo/foo:1.1' });
    const id = (await bench.press(await bench.say('deploy foo prod 2.0'), 'confirm')).executionId ?? '';
    await bench.drive(id, 600_000);
    const rollback = await bench.press(await bench.say('rollback foo prod'), 'confirm');
    expect((await bench.drive(rollback.executionId ?? '')).status).toBe('SUCCEEDED');
    const after = ['foo-prod-v001 ×2', 'foo-prod-v002 ×0'];
    expect(sizesIn(bench)).toEqual([after, after]);
    expect((await childIn(bench)).status).toBe('CANCELED');
  });

  it('is not kept back by what only waits for its turn', async () => {
    const { bench, id } = await deployed(stage('wait', { waitTime: 1 }));
    const { document } = (await bench.store.get(executionKind, id)) ?? {};
    if (document === undefined) throw new Error('It is gone.');
    const admission = { round: 0, state: 'waiting', place: 1 } as const;
    const definition = { ...document.definition, kind: 'pipeline' } as const;
    const waiting = { ...document, id: 'Z9', status: 'NOT_STARTED', stages: [], admission, definition } as const;
    await bench.store.create(executionKind, 'Z9', waiting);
    const rollback = await bench.press(await bench.say('rollback foo prod'), 'confirm');
    expect((await bench.drive(rollback.executionId ?? '')).status).toBe('SUCCEEDED');
  });
});

describe('/cox why', () => {
  it('tells of the deployment that failed, not only of what it ran', async () => {
    const { bench } = await deploying(broken);
    const { reply } = await bench.say('why foo prod');
    expect(wordsOf(reply)).toContain('Deploy foo 2.0 to prod failed');
    expect(wordsOf(reply)).toContain('Run foo/child for prod (');
    expect(reply?.choices?.map(({ label }) => plainText(label))).toEqual(['Retry The pipeline']);
  });
});
