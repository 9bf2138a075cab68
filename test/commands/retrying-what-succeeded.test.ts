import type { Pipeline, PipelineStage } from '../../src/model/application';
import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { childIn, childrenIn } from '../support/child-kit';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { stageOf, statuses } from '../support/engine-kit';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

const stage = (type: string, context: StageContext, refId = '1', after: readonly string[] = []): PipelineStage => ({
  refId,
  requisiteStageRefIds: after,
  type,
  name: `The ${type} ${refId}`,
  context,
});
const rests = (refId: string, after: readonly string[] = []) => stage('wait', { waitTime: 5 }, refId, after);
const deploys = (refId = '1', after: readonly string[] = []) =>
  stage('deploy', { strategy: 'redblack', regions: ['nonprod/east'], maxRemainingAsgs: 9 }, refId, after);
const asks = (refId: string, after: readonly string[]) => stage('manualJudgment', {}, refId, after);
const child: Pipeline = { name: 'child', stages: [rests('1'), rests('2', ['1'])] };

async function benchOf(stages: readonly PipelineStage[], others: readonly Pipeline[] = []): Promise<Bench> {
  const bench = await createCommandBench(undefined, stages, undefined, others);
  bench.serverGroups.seed({ location: east, name: 'foo-prod-v000', desired: 2, image: 'repo/foo:1.0' });
  return bench;
}

async function start(bench: Bench): Promise<string> {
  const { executionId = '' } = await bench.press(await bench.say('pipeline run foo p prod/east 2.0'), 'confirm');
  await bench.drive(executionId);
  return executionId;
}

async function finish(bench: Bench, id: string) {
  const done = await bench.drive(id);
  expect(done.status).toBe('SUCCEEDED');
  return done;
}

const sizes = ({ serverGroups }: Bench) => serverGroups.sizes(east).map((line) => line.replace('foo-prod-', ''));
const say = async (bench: Bench, text: string, user?: string) => wordsOf((await bench.say(text, user)).reply);

describe('a stage that succeeded', () => {
  it('runs again with all that follows it, and nothing else does', async () => {
    const bench = await benchOf([rests('1'), deploys('2', ['1']), rests('3', ['2']), rests('4', ['1'])]);
    const id = await start(bench);
    await finish(bench, id);
    expect(await say(bench, `pipeline retry ${id} The deploy 2`)).toContain('is under way again');
    const done = await finish(bench, id);
    expect(
      done.stages.filter(({ parentStageId }) => parentStageId === undefined).map(({ attempt }) => attempt),
    ).toEqual([1, 2, 2, 1]);
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×0', 'v002 ×2']);
    expect(stageOf(done, '2<0').outputs.servedBefore).toMatchObject({ serverGroupName: 'foo-prod-v001' });
  });

  it('may be rolled back from to what it had deployed before, whatever came of the second attempt', async () => {
    const bench = await benchOf([deploys()]);
    const id = await start(bench);
    await say(bench, `pipeline retry ${id} 1`);
    await finish(bench, id);
    expect(await say(bench, 'rollback foo prod/east')).toContain('(v001)');
  });

  it('leaves what it had deployed a version like any other where the second attempt is canceled', async () => {
    const bench = await benchOf([deploys()]);
    const id = await start(bench);
    await say(bench, `pipeline retry ${id} 1`);
    await bench.drive(id, 0);
    await bench.say(`pipeline cancel ${id}`);
    expect((await bench.drive(id)).status).toBe('CANCELED');
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×2', 'v002 ×0']);
    const other = await bench.press(await bench.say('pipeline run foo p prod/east 3.0'), 'confirm');
    await finish(bench, other.executionId ?? '');
    expect(await say(bench, 'rollback foo prod/east')).toContain('(v001)');
  });

  it('has those asked anew who decide after it', async () => {
    const bench = await benchOf([rests('1'), asks('2', ['1'])]);
    const id = await start(bench);
    await bench.choose(id, 'approve', { stageId: '2', user: 'UBOB' });
    await finish(bench, id);
    expect(await say(bench, `pipeline retry ${id} 1`)).toContain('is under way again');
    expect(stageOf(await bench.drive(id), '2').status).toBe('RUNNING');
    await bench.choose(id, 'approve', { stageId: '2', user: 'UBOB' });
    await finish(bench, id);
  });

  it('stays as it is where a judgment was rejected', async () => {
    const bench = await benchOf([rests('1'), asks('2', ['1'])]);
    const id = await start(bench);
    await bench.choose(id, 'reject', { stageId: '2', user: 'UBOB', answer: 'bad' });
    expect((await bench.drive(id)).status).toBe('TERMINAL');
    expect(await say(bench, `pipeline retry ${id} 1`)).toContain('was rejected, and that decision stands');
    expect(stageOf(await bench.drive(id), '1').attempt).toBe(1);
  });

  it('is refused to whoever may not change what it reaches, and where something newer has happened', async () => {
    const bench = await benchOf([deploys()]);
    const id = await start(bench);
    expect(await say(bench, `pipeline retry ${id} 1`, 'UEVE')).toContain('You may not change foo prod');
    const { executionId = '' } = await bench.press(await bench.say('pipeline run foo p prod/east 3.0'), 'confirm');
    await finish(bench, executionId);
    expect(await say(bench, `pipeline retry ${id} 1`)).toContain('Something newer has happened here');
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×0', 'v002 ×2']);
  });

  it('has no button of its own: the words name it', async () => {
    const bench = await benchOf([rests('1')]);
    const id = await start(bench);
    expect((await bench.live(id))?.choices).toEqual([]);
    expect(await say(bench, `pipeline retry ${id}`)).toContain(
      `Name the stage that is to run again: /cox pipeline retry ${id} The wait 1`,
    );
  });
});

describe('a stage that succeeded in a pipeline that another has run', () => {
  const main = [stage('pipeline', { pipeline: 'child' }), rests('2', ['1'])];

  it('has the other wait for it again, and go on from there', async () => {
    const bench = await benchOf(main, [child]);
    const id = await start(bench);
    await finish(bench, id);
    const { id: childId } = await childIn(bench);
    expect(await say(bench, `pipeline retry ${childId} 2`)).toContain('is under way again');
    await finish(bench, childId);
    const done = await finish(bench, id);
    expect(done.stages.map(({ attempt }) => attempt)).toEqual([2, 2]);
    expect((await childIn(bench)).stages.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('is refused while the other has gone on', async () => {
    const bench = await benchOf([stage('pipeline', { pipeline: 'child' }), asks('2', ['1'])], [child]);
    const id = await start(bench);
    const { id: childId } = await childIn(bench);
    const said = await say(bench, `pipeline retry ${childId} 2`);
    expect(said).toContain('Run p of foo 2.0 in prod has gone on from Run foo/child for prod and is under way.');
    expect(statuses(await bench.drive(id))).toEqual(['1 SUCCEEDED', '2 RUNNING']);
  });

  it('leaves the other alone that had not waited for it', async () => {
    const bench = await benchOf([stage('pipeline', { pipeline: 'child', waitForCompletion: false })], [child]);
    const id = await start(bench);
    const { id: childId } = await childIn(bench);
    await finish(bench, childId);
    expect(await say(bench, `pipeline retry ${childId} 2`)).toContain('is under way again');
    await finish(bench, childId);
    expect(stageOf(await bench.drive(id), '1').attempt).toBe(1);
  });

  it('is no way to run the strategy of a deploy by itself', async () => {
    const gently: Pipeline = { name: 'gently', strategy: true, stages: [stage('deploy', {}), rests('2', ['1'])] };
    const own = stage('deploy', { strategy: 'custom', strategyPipeline: 'gently', regions: ['nonprod/east'] });
    const bench = await benchOf([own], [gently]);
    const id = await start(bench);
    await finish(bench, id);
    const [run] = await childrenIn(bench);
    expect(await say(bench, `pipeline retry ${run?.id ?? ''} 2`)).toContain('is a part of Run p of foo 2.0 in prod');
    expect(await say(bench, `pipeline retry ${id} 1`)).toContain('is under way again');
    await finish(bench, id);
    expect(await childrenIn(bench)).toHaveLength(2);
    expect(await say(bench, 'rollback foo prod/east')).toContain('(v001)');
  });
});

describe('whoever retried', () => {
  it('may not decide on what goes on by that, as who asked may not', async () => {
    const bench = await benchOf([rests('1'), asks('2', ['1'])]);
    const id = await start(bench);
    await bench.choose(id, 'approve', { stageId: '2', user: 'UBOB' });
    await finish(bench, id);
    await bench.say(`pipeline retry ${id} 1`, 'UBOB');
    await bench.drive(id);
    for (const user of ['UBOB', 'UANN']) {
      const said = await bench.choose(id, 'approve', { stageId: '2', user });
      expect(wordsOf(said.reply)).toContain('You cannot decide on your own deployment.');
    }
    expect(stageOf(await bench.drive(id), '2').status).toBe('RUNNING');
  });

  it('may not decide either on what a pipeline asks that goes on by that', async () => {
    const asking: Pipeline = { name: 'asking', stages: [asks('1', [])] };
    const bench = await benchOf([rests('1'), stage('pipeline', { pipeline: 'asking' }, '2', ['1'])], [asking]);
    const id = await start(bench);
    const [first] = await childrenIn(bench);
    await bench.choose(first?.id ?? '', 'approve', { stageId: '1', user: 'UBOB' });
    await bench.drive(first?.id ?? '');
    await finish(bench, id);
    await bench.say(`pipeline retry ${id} 1`, 'UBOB');
    await bench.drive(id);
    const second = (await childrenIn(bench)).find(({ status }) => status === 'RUNNING');
    for (const user of ['UBOB', 'UANN']) {
      const said = await bench.choose(second?.id ?? '', 'approve', { stageId: '1', user });
      expect(wordsOf(said.reply)).toContain('You cannot decide on your own deployment.');
    }
  });
});
