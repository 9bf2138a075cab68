import type { Environment, Pipeline, PipelineStage } from '../../src/model/application';
import type { Execution, StageContext } from '../../src/model/execution';
import { holderOf, lockCluster } from '../../src/engine/cluster-lock';
import { executionKind, messageKind } from '../../src/engine/document-kinds';
import { east } from '../dcos/builders';
import { childIn, childrenIn } from '../support/child-kit';
import { createCommandBench, wordsOf } from '../support/command-kit';

const stage = (type: string, context: StageContext, refId = '1', after: string[] = []): PipelineStage => ({
  refId,
  requisiteStageRefIds: after,
  type,
  name: `The ${type}`,
  context,
});
const pipeline = (name: string, ...stages: readonly PipelineStage[]): Pipeline => ({ name, stages });

const place = { credentials: 'nonprod', regions: ['east'] };
/** Fails until a second server group of dev stands there. */
const twoInDev = stage('checkPreconditions', {
  preconditions: [{ type: 'clusterSize', context: { ...place, cluster: 'foo-dev', expected: 2 } }],
});
const shrinkProd = (refId: string, after: string[]) =>
  stage('shrinkCluster', { ...place, cluster: 'foo-prod', shrinkToSize: 1 }, refId, after);
const runs = (context: StageContext, refId = '1', after: string[] = []) => stage('pipeline', context, refId, after);

const mixed = pipeline('mixed', twoInDev, shrinkProd('2', ['1']));
const shrinking = pipeline('shrinking', shrinkProd('1', []));
const calling = pipeline('calling', twoInDev, runs({ pipeline: 'shrinking', environment: 'prod' }, '2', ['1']));
const between = pipeline('between', runs({ pipeline: 'shrinking', environment: 'prod' }));
const deeper = pipeline('deeper', twoInDev, runs({ pipeline: 'between' }, '2', ['1']));
const gently: Pipeline = { name: 'gently', strategy: true, stages: [shrinkProd('1', [])] };
const custom = pipeline(
  'custom',
  twoInDev,
  stage('deploy', { strategy: 'custom', strategyPipeline: 'gently' }, '2', ['1']),
);
const checking = pipeline('checking', twoInDev);
const above = [runs({ pipeline: 'checking', environment: 'dev' }), shrinkProd('2', ['1'])];
const all = [mixed, shrinking, calling, between, deeper, gently, custom, checking];

const both = ['foo-prod-v000 ×0', 'foo-prod-v001 ×2'];

/** `foo`, two server groups of which serve prod, only one dev, and what `text` starts, which failed at that. */
async function failed(text: string, user = 'UANN', stages?: readonly PipelineStage[]) {
  const bench = await createCommandBench(undefined, stages, undefined, all);
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2, image: 'repo/foo:1.0' });
  bench.serverGroups.seed({ location: east, name: 'foo-prod-v000', desired: 0, image: 'repo/foo:1.0' });
  bench.serverGroups.seed({ location: east, name: 'foo-prod-v001', desired: 2, image: 'repo/foo:1.0' });
  const said = await bench.say(text, user);
  const id = said.executionId ?? (await bench.press(said, 'confirm', user)).executionId ?? '';
  const { status } = await bench.drive(id);
  expect([status, prodSizes(bench)]).toEqual(['TERMINAL', both]);
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, image: 'repo/foo:1.0' });
  const retry = async (by: string, of = id): Promise<string> => {
    const { quiet, reply } = await bench.choose(of, 'retryStage', { stageId: '1', user: by });
    return quiet === true ? '' : wordsOf(reply);
  };
  return { bench, id, retry };
}
type Bench = Awaited<ReturnType<typeof failed>>['bench'];

const prodSizes = (bench: Bench) => bench.serverGroups.sizes(east).filter((size) => size.startsWith('foo-prod'));
const refusal = 'You may not change foo prod: only @crew may. Ask one of them.';

describe('a retry', () => {
  it('is refused to who may not change a cluster that a stage names', async () => {
    const { bench, id, retry } = await failed('pipeline run foo mixed dev');
    expect(await retry('UEVE')).toBe(`${refusal} Stage 'The shrinkCluster' names foo-prod.`);
    expect((await bench.drive(id)).status).toBe('TERMINAL');
    expect(prodSizes(bench)).toEqual(both);
  });

  it('is accepted from others who may change all that it reaches', async () => {
    const { bench, id, retry } = await failed('pipeline run foo mixed dev');
    expect(await retry('UBOB')).toBe('');
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    expect(prodSizes(bench)).toEqual(['foo-prod-v001 ×2']);
  });

  it.each([
    ['calling', "Stage 'The pipeline' runs foo/shrinking for foo prod."],
    ['deeper', "Stage 'The pipeline' of pipeline foo/between runs foo/shrinking for foo prod."],
    ['custom', "Stage 'The shrinkCluster' of pipeline foo/gently names foo-prod."],
  ])('is refused to who may not change what its pipelines reach: %s', async (name, why) => {
    const { bench, id, retry } = await failed(`pipeline run foo ${name} dev${name === 'custom' ? ' 2.0' : ''}`);
    expect(await retry('UEVE')).toBe(`${refusal} ${why}`);
    expect((await bench.drive(id)).status).toBe('TERMINAL');
    expect(await childrenIn(bench)).toEqual([]);
  });

  it('is of what has run, and of nothing else', async () => {
    const { bench, id, retry } = await failed('pipeline run foo mixed dev');
    const other = await bench.choose(id, 'retryStage', { stageId: '2', user: 'UANN' });
    expect(wordsOf(other.reply)).toContain(
      "Stage 'The shrinkCluster' has not run. Retry 'The checkPreconditions', which failed.",
    );
    expect(await retry('UANN')).toBe('');
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    expect(await retry('UEVE')).toContain(refusal);
  });

  it('lets those first who took the cluster before it began, and leaves alone what they have done', async () => {
    const { bench, id, retry } = await failed('pipeline run foo mixed dev');
    expect(await retry('UBOB')).toBe('');
    const said = await bench.say('resize foo dev 3');
    const other = said.executionId ?? (await bench.press(said, 'confirm')).executionId ?? '';
    const ended = await bench.drive(id);
    expect([ended.status, ended.admission, prodSizes(bench)]).toEqual([
      'TERMINAL',
      expect.objectContaining({ waited: true }),
      both,
    ]);
    expect((await bench.drive(other)).status).toBe('SUCCEEDED');
    const told = (await bench.store.list(messageKind)).map(({ document }) => document);
    expect(told.find(({ target }) => target.kind === 'direct' && target.user === 'UBOB')?.view.headline).toBe(
      'Run mixed of foo in dev was not retried: something newer has happened here meanwhile. Deploy again instead.',
    );
    expect(await retry('UBOB')).toContain('Something newer has happened here');
  });

  it('is refused while an execution of another environment has the cluster', async () => {
    const { bench, id, retry } = await failed('pipeline run foo mixed dev');
    const { definition, ...found } = (await bench.store.get(executionKind, id))?.document ?? {};
    if (definition === undefined) throw new Error('There is no execution.');
    const other = { ...found, definition: { ...definition, environment: 'prod', cluster: 'foo-prod' } } as Execution;
    await bench.store.create(executionKind, 'OTHER', { ...other, id: 'OTHER', status: 'RUNNING' });
    await lockCluster(bench.store, definition.cluster, holderOf({ ...other, id: 'OTHER' }));
    expect(await retry('UBOB')).not.toBe('');
    expect((await bench.store.get(executionKind, id))?.document.status).toBe('TERMINAL');
  });

  it('has children that are run for whoever retried', async () => {
    const { bench, id, retry } = await failed('pipeline run foo calling dev');
    expect(await retry('UBOB')).toBe('');
    const done = await bench.drive(id);
    expect([done.status, done.trigger.user, done.authentication]).toEqual(['SUCCEEDED', 'UANN', { user: 'UBOB' }]);
    expect((await childIn(bench)).trigger.user).toBe('UBOB');
    expect(prodSizes(bench)).toEqual(['foo-prod-v001 ×2']);
  });

  it('of a child is refused to nobody who may change what it is run for, but its parent does not go on then', async () => {
    const { bench, id, retry } = await failed('pipeline run foo p prod', 'UANN', above);
    const child = await childIn(bench);
    expect(await retry('UEVE')).toBe(refusal);
    expect(await retry('UEVE', child.id)).toBe('');
    expect((await bench.drive(child.id)).status).toBe('SUCCEEDED');
    expect((await bench.drive(id)).status).toBe('TERMINAL');
    expect(prodSizes(bench)).toEqual(both);
  });

  it('of a child lets its parent go on where the person may change what that reaches', async () => {
    const { bench, id, retry } = await failed('pipeline run foo p prod', 'UANN', above);
    const child = await childIn(bench);
    expect(await retry('UBOB', child.id)).toBe('');
    const done = await bench.drive(id);
    expect([done.status, done.authentication]).toEqual(['SUCCEEDED', { user: 'UBOB' }]);
    expect(prodSizes(bench)).toEqual(['foo-prod-v001 ×2']);
  });
});

describe('a retry after the file has changed', () => {
  /** Lets only these groups change dev from now on. */
  function tighten(bench: Bench, deployers: readonly string[]) {
    const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const dev = environments.get('dev');
    if (dev !== undefined) environments.set('dev', { ...dev, policy: { ...dev.policy, deployers } });
  }

  it('is judged by who may deploy today', async () => {
    const { bench, id, retry } = await failed('pipeline run foo checking dev', 'UEVE');
    tighten(bench, ['crew']);
    expect(await retry('UEVE')).toBe('You may not change foo dev: only @crew may. Ask one of them.');
    expect((await bench.drive(id)).status).toBe('TERMINAL');
    expect(await retry('UANN')).toBe('');
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
  });
});
