import { executionRenderer } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import type { Environment } from '../../src/model/application';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { windowOf } from '../support/draw-window';
import { stageOf } from '../support/engine-kit';
import { west } from '../support/stage-kit';

const hourMs = 3_600_000;

/** The bench begins on Thursday, 1 January 2026, at 00:00 UTC; prod deploys to two regions, UBOB alone is an approver. */
const office = windowOf("{ days: Mon-Fri, hours: '09:00-16:00' }", 'UTC');

/** `foo`, whose environments have a window each; those who may approve in dev are as given. */
async function createBench(pipeline: Parameters<typeof createCommandBench>[4] = {}, dev: Partial<Environment> = {}) {
  const bench = await createCommandBench(undefined, undefined, undefined, [], pipeline);
  const { environments } = bench.world.definitions().applications.get('foo') ?? {};
  for (const [name, environment] of environments ?? []) {
    const over = name === 'dev' ? dev : {};
    (environments as Map<string, Environment>).set(name, { ...environment, window: office, ...over });
  }
  for (const location of [east, west]) {
    for (const name of ['foo-prod-v000', 'foo-dev-v000']) bench.serverGroups.seed({ location, name, desired: 2 });
  }
  const stored = async (id: string) => {
    const found = await bench.store.get(executionKind, id);
    if (found === undefined) throw new Error('It is gone.');
    return found.document;
  };
  return { ...bench, stored };
}

type Bench = Awaited<ReturnType<typeof createBench>>;

async function deploying(bench: Bench, user?: string): Promise<string> {
  const planned = await bench.say('deploy foo prod 2.0', user);
  const id = (await bench.press(planned, 'confirm', user)).executionId ?? '';
  await bench.drive(id, 1000);
  return id;
}

const headlineOf = async (bench: Bench, id: string) => plainText((await bench.live(id))?.headline ?? '');

describe('the window of an environment', () => {
  it('is told by the plan, closed and open', async () => {
    const bench = await createBench();
    expect(wordsOf((await bench.say('deploy foo prod 2.0')).reply)).toContain(
      'Window: closed; opens 2026-01-01 09:00 UTC',
    );
    await bench.clock.advance(10 * hourMs);
    expect(wordsOf((await bench.say('deploy foo prod 2.0')).reply)).toContain(
      'Window: open until 2026-01-01 16:00 UTC',
    );
    expect(wordsOf((await bench.say('pipeline run foo p prod 2.0')).reply)).toContain('Window: open until');
  });

  it.each([
    ["{ freeze: ['Thu 15:00/Fri 08:00'] }", 'open until 2026-01-01 15:00 UTC'],
    ["{ days: Thu, hours: '09:00-24:00' }", 'open until 2026-01-01 23:59 UTC'],
    [
      "{ hours: '09:00-16:00', jitter: { minDelay: 0, maxDelay: 600 } }",
      'until 2026-01-01 16:00 UTC, then a random wait of up to 10 min',
    ],
    ["{ hours: '11:00-16:00', jitter: 90s }", 'closed; opens 2026-01-01 11:00 UTC, then a random wait of up to 90 s'],
    [
      "{ hours: '09:00-16:00', jitter: { minDelay: 0, maxDelay: 600, skipManual: true } }",
      'open until 2026-01-01 16:00 UTC',
    ],
  ])('%s is told at ten as: %s', async (text, told) => {
    const bench = await createBench({}, { window: windowOf(text, 'UTC'), confirm: true });
    await bench.clock.advance(10 * hourMs);
    const card = wordsOf((await bench.say('deploy foo dev 2.0')).reply);
    expect(card.split('\n').find((line) => line.includes('Window'))).toMatch(new RegExp(`${told}$`));
  });

  it('that never opens together with that of the pipeline leaves nothing to confirm, and the answer says what to change', async () => {
    const bench = await createBench({ window: windowOf("{ hours: '20:00-21:00' }", 'UTC') });
    for (const words of ['deploy foo prod 2.0', 'pipeline run foo p prod 2.0', 'deploy foo dev 2.0']) {
      const planned = await bench.say(words);
      expect([planned.plan, planned.executionId, planned.reply?.choices]).toEqual([undefined, undefined, undefined]);
      const told = wordsOf(planned.reply);
      expect(told).toContain('Window: never opens');
      expect(told).toMatch(
        /environment (prod|dev) and pipeline p never open together\. Change them in the file of foo, and ask again\. Nothing was started\./,
      );
    }
  });

  it('holds a deployment back, and /cox status says so first', async () => {
    const bench = await createBench();
    const id = await deploying(bench);
    expect(await headlineOf(bench, id)).toBe('Deploy foo 2.0 to prod · waiting for its window');
    const status = wordsOf((await bench.say('status foo')).reply);
    expect(status.split('\n')[0]).toBe('Deploy foo 2.0 to prod waits for its window, begins 2026-01-01 09:00 UTC');
    expect(bench.serverGroups.effects).toEqual([]);
    expect((await bench.drive(id, 12 * hourMs)).status).toBe('SUCCEEDED');
  });

  it('holds back what a pipeline changes, and nothing else', async () => {
    const stages: Environment['pipeline']['stages'] = [
      { refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'Wait', context: { waitTime: 1 } },
      {
        refId: '2',
        requisiteStageRefIds: ['1'],
        type: 'rollbackCluster',
        name: 'Back',
        context: { regions: ['nonprod/east'], cluster: 'foo-prod' },
      },
      { refId: '3', requisiteStageRefIds: ['2'], type: 'deploy', name: 'Deploy', context: { strategy: 'redblack' } },
      { refId: '4', requisiteStageRefIds: ['3'], type: 'pipeline', name: 'Others', context: { pipeline: 'q' } },
    ];
    const bench = await createBench({ stages, window: windowOf("{ hours: '10:00-11:00' }", 'UTC') });
    const planned = await bench.say('deploy foo prod 2.0');
    const held = planned.plan?.draft.stages.map(({ type, windows = [] }) => [type, ...windows.map(({ of }) => of)]);
    expect(held).toEqual([
      ['wait'],
      ['rollbackCluster'],
      ['deploy', 'environment prod', 'pipeline p'],
      ['pipeline', 'pipeline p'],
    ]);
  });

  describe('once a deployment has begun', () => {
    const stages = (deploy: object = {}): Environment['pipeline']['stages'] => [
      {
        refId: '1',
        requisiteStageRefIds: [],
        type: 'deploy',
        name: 'Deploy',
        context: { strategy: 'none', ...deploy },
      },
      { refId: '2', requisiteStageRefIds: ['1'], type: 'wait', name: 'Look', context: { waitTime: 12 * 3600 } },
      {
        refId: '3',
        requisiteStageRefIds: ['2'],
        type: 'resizeServerGroup',
        name: 'Old size',
        leavesOpen: ['places', 'cluster'],
        context: { target: 'ancestor_asg_dynamic', action: 'scale_exact', capacity: { min: 3, max: 3, desired: 3 } },
      },
      {
        refId: '4',
        requisiteStageRefIds: ['3'],
        type: 'destroyServerGroup',
        name: 'Away',
        leavesOpen: ['places', 'cluster'],
        context: { target: 'current_asg_dynamic' },
      },
    ];
    const begin = async (bench: Bench) => {
      const planned = await bench.say('deploy foo prod 2.0');
      return (await bench.press(planned, 'confirm')).executionId ?? '';
    };

    it('does not hold back its way back that a pipeline writes as a branch', async () => {
      const bench = await createBench({ stages: stages(), window: office });
      await bench.clock.advance(10 * hourMs);
      const id = await begin(bench);
      const done = await bench.drive(id, 13 * hourMs);
      expect(done.status).toBe('SUCCEEDED');
      for (const location of [east, west])
        expect(bench.serverGroups.sizes(location)).toEqual(['foo-prod-v000 ×3', 'foo-dev-v000 ×2']);
    });

    it('may go on in a window that does not meet that of the environment', async () => {
      const night = [{ of: 'this stage', window: windowOf("{ hours: '22:00-23:00' }", 'UTC') }];
      const own = stages().map((stage) => (stage.refId === '3' ? { ...stage, windows: night } : stage));
      const bench = await createBench({ stages: own });
      await bench.clock.advance(10 * hourMs);
      const done = await bench.drive(await begin(bench), 24 * hourMs);
      expect(new Date(stageOf(done, '3<0').endTime ?? NaN).toISOString()).toMatch(/T22:\d\d/);
      expect(done.status).toBe('SUCCEEDED');
    });

    it('is told once by its plan', async () => {
      const bench = await createBench({ stages: stages() });
      expect(wordsOf((await bench.say('deploy foo prod 2.0')).reply).match(/Window/g)).toHaveLength(1);
    });

    it('holds back what changes a place where nothing has begun, or in which the deployment was skipped', async () => {
      const skipped = { stageEnabled: { type: 'expression', expression: 'false' } };
      for (const deploy of [{ regions: ['nonprod/east'] }, skipped]) {
        const bench = await createBench({ stages: stages(deploy) });
        await bench.clock.advance(10 * hourMs);
        const waiting = await bench.drive(await begin(bench), 13 * hourMs);
        expect([stageOf(waiting, '3').status, stageOf(waiting, '3<0').status]).toEqual(['RUNNING', 'RUNNING']);
      }
    });
  });

  it('holds back a clone, but neither a rollback nor a change of size', async () => {
    const bench = await createBench();
    const windowsOf = async (words: string) =>
      (await bench.say(words)).plan?.draft.stages.flatMap(({ windows = [] }) => windows.map(({ of }) => of));
    expect(await windowsOf('clone foo prod')).toEqual(['environment prod', 'environment prod']);
    expect(await windowsOf('resize foo prod 3')).toEqual([]);
    bench.serverGroups.seed({
      location: east,
      name: 'foo-prod-v001',
      desired: 2,
      createdTime: 1,
      image: 'repo/foo:1.1',
    });
    bench.serverGroups.seed({
      location: west,
      name: 'foo-prod-v001',
      desired: 2,
      createdTime: 1,
      image: 'repo/foo:1.1',
    });
    expect(await windowsOf('rollback foo prod v000')).toEqual([]);
  });

  it('does not hold back the rollback of a deployment that waits for it', async () => {
    const bench = await createBench();
    const id = await deploying(bench);
    await bench.choose(id, 'cancelExecution', { user: 'UBOB' });
    expect((await bench.drive(id, 1000)).status).toBe('CANCELED');
    expect(bench.serverGroups.effects).toEqual([]);
  });
});

describe('Start now', () => {
  it('is for approvers, with a reason, and is shown', async () => {
    const bench = await createBench();
    const id = await deploying(bench);
    const { choices = [] } = executionRenderer.live(await bench.stored(id));
    expect(choices.map(({ name }) => name)).toEqual(['startNow', 'pause', 'cancelExecution']);
    const stageId = '1<0';
    const forRequester = await bench.choose(id, 'startNow', { stageId, answer: 'urgent' });
    expect([forRequester.quiet, wordsOf(forRequester.reply)]).toEqual([
      undefined,
      expect.stringContaining('You cannot decide on your own deployment. Ask @managers.'),
    ]);
    const forStranger = await bench.choose(id, 'startNow', { stageId, answer: 'urgent', user: 'UEVE' });
    expect(wordsOf(forStranger.reply)).toContain('only @managers may');
    const forNobody = await bench.choose(id, 'startNow', { stageId, user: 'UBOB' });
    expect(wordsOf(forNobody.reply)).toContain('Say why');
    expect(stageOf(await bench.stored(id), stageId).status).toBe('RUNNING');
    expect((await bench.choose(id, 'startNow', { stageId, answer: 'urgent', user: 'UBOB' })).quiet).toBe(true);
    const done = await bench.drive(id);
    expect(done.status).toBe('SUCCEEDED');
    const step = executionRenderer.live(done).steps?.find(({ name }) => name === 'Execution window');
    expect(plainText(step?.detail ?? '')).toBe('started before its time by @UBOB: urgent');
  });

  it('is for deployers where the environment names no approvers', async () => {
    const policy: Environment['policy'] = {
      deployers: ['crew'],
      approvers: { groups: [], anyone: true, count: 1, excludeRequester: false },
    };
    const bench = await createBench({}, { policy, confirm: false });
    const id = (await bench.say('deploy foo dev 2.0')).executionId ?? '';
    await bench.drive(id, 1000);
    const forStranger = await bench.choose(id, 'startNow', { stageId: '1<0', answer: 'urgent', user: 'UEVE' });
    expect(wordsOf(forStranger.reply)).toContain('only @crew may');
    await bench.choose(id, 'startNow', { stageId: '1<0', answer: 'urgent', user: 'UANN' });
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
  });

  it('is /cox pipeline skip in words, with or without the name of the stage', async () => {
    for (const stage of ['', ' Deploy', ' "Execution window"']) {
      const bench = await createBench();
      const id = await deploying(bench);
      const unexplained = await bench.say(`pipeline skip foo prod${stage}`, 'UBOB');
      expect(wordsOf(unexplained.reply)).toContain('Say why');
      const skipped = await bench.say(`pipeline skip foo prod${stage} reason="login is broken"`, 'UBOB');
      expect(wordsOf(skipped.reply)).toContain('waits no longer');
      expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    }
  });
});
