import { failureOf } from '../../src/engine/failure-of';
import { executionRenderer } from '../../src/app';
import { CoxswainError } from '../../src/model/errors';
import { plainText } from '../../src/model/text';
import { renderChoices } from '../../src/slack/choice-buttons';
import { east } from '../dcos/builders';
import { parentOf } from '../support/child-kit';
import { buildPipeline } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench, describeCluster } from '../support/stage-kit';

/** Changes a server group that a Marathon deployment locks for so long, and notes in which second each try came. */
async function locked(type: string, minutes: number, context: Readonly<Record<string, unknown>> = {}) {
  const bench = createStageBench();
  const { serverGroups, clock } = bench;
  for (const name of ['foo-dev-v000', 'foo-dev-v001']) serverGroups.seed({ location: east, name, desired: 2 });
  serverGroups.lock(east, 'foo-dev-v000', 'dep-17');
  const began = clock.now();
  const tries: number[] = [];
  serverGroups.onEffect = (when) => {
    if (when === 'before') tries.push(Math.round((clock.now() - began) / 1000));
  };
  const place = { cluster: 'foo-dev', serverGroupName: 'foo-dev-v000', credentials: 'nonprod', location: east };
  await bench.start(parentOf([{ ref: '1', type, context: { ...place, ...context } }]));
  await bench.drive('E1', minutes * 60_000);
  const gaps = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
  const view = async () => executionRenderer.live(await bench.drive('E1', 0));
  const force = async () => {
    const target = (await view()).choices?.find(({ name }) => name === 'force')?.target;
    if (target?.kind !== 'execution') throw new Error('Nothing can be forced.');
    const { stageId = '', hash = '' } = target;
    return sendSignal(bench, { type: 'force', stageId, hash, user: 'UBOB', reason: 'urgent' });
  };
  const free = () => serverGroups.lock(east, 'foo-dev-v000', undefined);
  return { bench, tries, gaps, free, view, force };
}

describe('a step that a Marathon deployment keeps from its server group', () => {
  it.each(['disableServerGroup', 'destroyServerGroup'])(
    'tries ever more rarely, a minute apart at most: %s',
    async (type) => {
      const { gaps, tries, bench, free } = await locked(type, 20);
      expect(gaps[0]).toBeLessThanOrEqual(4);
      expect(gaps.every((gap, index) => gap >= (gaps[index - 1] ?? 0) && gap <= 61)).toBe(true);
      expect(gaps.at(-1)).toBeGreaterThanOrEqual(60);
      expect(tries.length).toBeLessThan(35);
      free();
      expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    },
  );

  it('fails at the end of its time, and says who has the lock', async () => {
    const { bench } = await locked('disableServerGroup', 60, { stageTimeoutMs: 600_000 });
    const done = await bench.drive('E1');
    expect(failureOf(done)?.code).toBe('TASK_TIMEOUT');
    expect(failureOf(done)?.message).toContain(
      'Last seen: Marathon is busy with deployment dep-17, which changes /nonprod/east/foo-dev-v000.',
    );
  });

  it('asks nobody when it is refused for the first time', async () => {
    const { view, tries, bench } = await locked('disableServerGroup', 1 / 60);
    expect(tries).toHaveLength(1);
    expect((await view()).choices?.map(({ name }) => name)).not.toContain('force');
    await bench.drive('E1', 5000);
    expect(tries).toHaveLength(2);
    expect((await view()).choices?.map(({ name }) => name)).toContain('force');
  });

  it.each([
    ['disableServerGroup', {}],
    ['destroyServerGroup', { skipDisableBeforeDestroy: true }],
    ['enableServerGroup', { capacity: { desired: 4 } }],
    ['resizeServerGroup', { action: 'scale_exact', capacity: { min: 1, max: 1, desired: 1 } }],
    ['terminateInstanceAndDecrementServerGroup', { instanceIds: ['foo-dev-v000.0'] }],
  ])('is forced by people, and by nothing else: %s', async (type, context) => {
    const { bench, force } = await locked(type, 10, context);
    expect(bench.serverGroups.effects).toEqual([]);
    await force();
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(bench.serverGroups.effects).toHaveLength(1);
  });

  it('is forced once, and says who was first', async () => {
    const { force, view } = await locked('disableServerGroup', 1);
    expect(await force()).toBe('');
    await expect(force()).rejects.toThrow('Nothing can be forced');
    expect((await view()).choices?.map(({ name }) => name)).not.toContain('force');
  });

  it('takes nothing that was pressed for an attempt before, although the same deployment holds it', async () => {
    const { bench, view } = await locked('disableServerGroup', 1, { stageTimeoutMs: 120_000 });
    const target = (await view()).choices?.find(({ name }) => name === 'force')?.target;
    const { stageId = '', hash = '' } = target?.kind === 'execution' ? target : {};
    expect((await bench.drive('E1')).status).toBe('TERMINAL');
    await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UANN' });
    await bench.drive('E1', 60_000);
    const said = await sendSignal(bench, { type: 'force', stageId, hash, user: 'UBOB', reason: 'urgent' });
    expect(said).toContain('PLAN_CHANGED Something has changed since: Marathon is busy with deployment dep-17');
    expect((await bench.drive('E1')).status).toBe('TERMINAL');
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('is forced while its execution is paused only once that goes on', async () => {
    const { bench, force } = await locked('disableServerGroup', 1);
    await sendSignal(bench, { type: 'pause', user: 'UANN' });
    expect(await force()).toBe('');
    await bench.drive('E1', 10 * 60_000);
    expect(bench.serverGroups.effects).toEqual([]);
    await sendSignal(bench, { type: 'resume', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(bench.serverGroups.effects).toHaveLength(1);
  });

  it('asks anew in another attempt, whatever was said in the one before', async () => {
    const { bench, force } = await locked('disableServerGroup', 1, { stageTimeoutMs: 120_000 });
    bench.serverGroups.fail('resize', 'REQUEST_REFUSED');
    await force();
    const failed = await bench.drive('E1');
    expect(failed.status).toBe('TERMINAL');
    await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UANN' });
    await bench.drive('E1', 60_000);
    expect(bench.serverGroups.effects).toEqual([]);
    const view = executionRenderer.live(await bench.drive('E1', 0));
    expect(view.choices?.map(({ name }) => name)).toContain('force');
    expect(JSON.stringify(view.steps?.map(({ detail }) => plainText(detail ?? '')))).toContain('Marathon is busy with');
  });
});

describe('a form that asks whether deployments are to be broken off', () => {
  const pathOf = (index: number) => `/${'department/'.repeat(9)}foo-dev-v00${index}`;

  it.each([1, 4])('names the apps, and asks why, however long their paths are: %i deployments', async (count) => {
    const { bench, view } = await locked('disableServerGroup', 0);
    const deployments = Array.from({ length: count }, (_, index) => `2c5f1f1e-8c3b-4f63-9d3a-90c2a4e6b0a${index}`);
    bench.serverGroups.resize = () =>
      Promise.reject(new CoxswainError('MARATHON_LOCKED', { message: 'It is locked.', fields: { deployments } }));
    const changes = Array.from({ length: 9 }, (_, index) => pathOf(index));
    bench.serverGroups.lockHolders = () =>
      Promise.resolve(deployments.map((deploymentId) => ({ deploymentId, changes })));
    await bench.drive('E1', 60_000);
    const choice = (await view()).choices?.find(({ name }) => name === 'force');
    if (choice === undefined) throw new Error('Nothing can be forced.');
    const form = JSON.stringify(renderChoices([choice], 3000));
    for (const index of [0, 1, 2]) expect(form).toContain(`department/foo-dev-v00${index}`);
    const named = count === 1 ? `deployment ${deployments.join('')}` : '4 deployments';
    expect(form).toContain(` and 6 more may be left half way: Marathon cancels ${named}. Why can it not wait?`);
  });
});

describe('a way back that a Marathon deployment keeps from its server group', () => {
  it.each(['canceled', 'rejected'])('is forced by people, and goes on: %s', async (how) => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    await bench.run(
      buildPipeline([
        { ref: '1', type: 'deploy', context: { clusters: [describeCluster()] } },
        { ref: '2', type: 'manualJudgment', after: ['1'], context: { onReject: 'rollback' } },
      ]),
      600_000,
    );
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
    bench.serverGroups.lock(east, 'foo-dev-v000', 'dep-17');
    const user = 'UANN';
    const stops = { type: 'judge', decision: 'stop', stageId: '2', user, reason: 'it is slow' } as const;
    expect(await sendSignal(bench, how === 'canceled' ? { type: 'cancel', user } : stops)).toBe('');
    const { choices = [], ...view } = executionRenderer.live(await bench.drive('E1', 60_000));
    expect(JSON.stringify(view.steps)).toContain('Marathon is busy with deployment dep-17');
    expect(choices.filter(({ name }) => name === 'force').map(({ label }) => label)).toEqual(['Force']);
    const target = choices.find(({ name }) => name === 'force')?.target;
    const { stageId = '', hash = '' } = target?.kind === 'execution' ? target : {};
    expect(await sendSignal(bench, { type: 'force', stageId, hash, user: 'UBOB', reason: 'urgent' })).toBe('');
    expect((await bench.drive('E1')).status).toBe(how === 'canceled' ? 'CANCELED' : 'TERMINAL');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
  });

  it('is the only thing that is forced where an execution is ending', async () => {
    const { bench, view } = await locked('disableServerGroup', 1);
    const target = (await view()).choices?.find(({ name }) => name === 'force')?.target;
    const { stageId = '', hash = '' } = target?.kind === 'execution' ? target : {};
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    const said = await sendSignal(bench, { type: 'force', stageId, hash, user: 'UBOB', reason: 'urgent' });
    expect(said).toContain('Nothing to force');
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.effects).toEqual([]);
  });
});
