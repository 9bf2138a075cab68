import { failureOf } from '../../src/engine/failure-of';
import type { Environment, PipelineStage } from '../../src/model/application';
import { east } from '../dcos/builders';
import { createJudgmentBench, type JudgmentBench } from '../support/judgment-kit';
import { entriesOf } from '../support/handled-choices';

const stage = (refId: string, after: readonly string[], type: string, context: object = {}): PipelineStage => ({
  refId,
  requisiteStageRefIds: after,
  type,
  name: refId,
  context: { ...context },
});

const judgment = (refId: string, after: readonly string[] = [], isPropagated = true) =>
  stage(refId, after, 'manualJudgment', { propagateAuthenticationContext: isPropagated });

/** Takes `foo dev` out, which another crew than that of prod may change. */
const disable = (after: readonly string[]) =>
  stage('take out', after, 'disableCluster', {
    cluster: "${'foo-' + 'dev'}",
    credentials: 'nonprod',
    locations: [east],
    remainingEnabledServerGroups: 1,
  });

/** `foo prod`, whose pipeline changes `foo dev`, which UBOB alone may; UANN asks, UBOB and UCID judge. */
async function createBench(stages: readonly PipelineStage[]) {
  const bench = await createJudgmentBench({ stages, groups: { 'dev-crew': ['UBOB'] } });
  const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
  const dev = environments.get('dev');
  if (dev === undefined) throw new Error('There is no dev.');
  environments.set('dev', { ...dev, policy: { ...dev.policy, deployers: ['dev-crew'] } });
  for (const cluster of ['foo-dev', 'foo-prod'])
    for (const version of ['v001', 'v002'])
      bench.serverGroups.seed({ location: east, name: `${cluster}-${version}`, desired: 2 });
  const approve = async (id: string, user: string, refId = '1') => {
    const answered = await bench.choose(id, 'approve', { stageId: refId, user });
    expect(answered).toMatchObject({ quiet: true });
    await bench.drive(id, 1000);
  };
  return { ...bench, approve };
}

const effects = async (bench: JudgmentBench) => (await entriesOf(bench)).filter(({ kind }) => kind === 'effect');

describe('authentication that a judgment hands on', () => {
  it('is that of who approved, for what follows, in the audit log too', async () => {
    const bench = await createBench([judgment('1'), disable(['1'])]);
    const id = await bench.started();
    await bench.approve(id, 'UBOB');
    const done = await bench.drive(id);
    expect([done.status, failureOf(done)?.message]).toEqual(['SUCCEEDED', undefined]);
    expect(bench.serverGroups.sizes(east)).toEqual(expect.arrayContaining(['foo-dev-v001 ×0', 'foo-dev-v002 ×2']));
    const told = await effects(bench);
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.map(({ who }) => who))).toEqual(new Set(['UBOB']));
  });

  it('gives nothing that who approved may not do, and the refusal names them', async () => {
    const bench = await createBench([judgment('1'), disable(['1'])]);
    const id = await bench.started();
    await bench.approve(id, 'UCID');
    const done = await bench.drive(id);
    expect(failureOf(done)?.message).toContain('@UCID, who approved a judgment of');
    expect(bench.serverGroups.effects).toEqual([]);
    const refusals = (await entriesOf(bench)).filter(({ kind }) => kind === 'refusal');
    expect(refusals).toMatchObject([{ who: 'UCID', outcome: 'NOT_ALLOWED' }]);
  });

  it('is not handed on where the stage does not say so', async () => {
    const bench = await createBench([judgment('1', [], false), disable(['1'])]);
    const id = await bench.started();
    await bench.approve(id, 'UBOB');
    expect(failureOf(await bench.drive(id))?.message).toContain("@UANN, who asked for 'Deploy foo 1.1 to prod',");
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('does not reach stages beside and before the judgment', async () => {
    const bench = await createBench([judgment('1'), disable([])]);
    const id = await bench.started();
    expect(failureOf(await bench.stored(id))?.message).toContain('@UANN, who asked for');
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it.each([
    ['UBOB', 'UCID', false],
    ['UCID', 'UBOB', true],
  ])('is that of the nearest judgment: %s, then %s', async (first, second, acts) => {
    const bench = await createBench([judgment('1'), judgment('2', ['1']), disable(['2'])]);
    const id = await bench.started();
    await bench.approve(id, first);
    await bench.approve(id, second, '2');
    const done = await bench.drive(id);
    expect(done.status).toBe(acts ? 'SUCCEEDED' : 'TERMINAL');
    if (!acts) expect(failureOf(done)?.message).toContain('@UCID, who approved');
  });

  it('is that of a judgment further up where the nearest hands nothing on', async () => {
    const bench = await createBench([judgment('1'), judgment('2', ['1'], false), disable(['2'])]);
    const id = await bench.started();
    await bench.approve(id, 'UBOB');
    await bench.approve(id, 'UCID', '2');
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
  });
});

it('the effects before and beside a judgment are told of who asked', async () => {
  const own = stage('own', [], 'disableCluster', {
    cluster: 'foo-prod',
    credentials: 'nonprod',
    locations: [east],
    remainingEnabledServerGroups: 1,
  });
  const bench = await createBench([{ ...own, refId: '1' }, judgment('2', ['1']), disable(['2'])]);
  const id = await bench.started(600_000);
  const before = await effects(bench);
  expect(new Set(before.map(({ who }) => who))).toEqual(new Set(['UANN']));
  await bench.approve(id, 'UBOB', '2');
  await bench.drive(id);
  const after = (await effects(bench)).slice(before.length);
  expect(new Set(after.map(({ who }) => who))).toEqual(new Set(['UBOB']));
});
