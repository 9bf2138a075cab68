import { executionKind } from '../../src/engine/document-kinds';
import { startExecution } from '../../src/engine/start-execution';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Pipeline, PipelineStage } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { stopKind } from '../../src/policy/stop';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { createCrashPoints } from '../support/crash-points';
import { west } from '../support/stage-kit';

const hourMs = 3_600_000;

const stage = (type: string, name: string, context: PipelineStage['context'], refId: string): PipelineStage => ({
  refId,
  requisiteStageRefIds: refId === '1' ? [] : [String(Number(refId) - 1)],
  type,
  name,
  context,
});
const deploys = (refId: string) => stage('deploy', 'Deploy', { strategy: 'redblack' }, refId);
const rests = (refId: string, name = 'Rest') => stage('wait', name, { waitTime: 6000 }, refId);
const enables = (refId: string) =>
  stage(
    'enableServerGroup',
    'Open',
    { cluster: 'foo-prod', serverGroupName: 'foo-prod-v001', credentials: 'nonprod', location: east },
    refId,
  );
const others: readonly Pipeline[] = [
  { name: 'release', stages: [deploys('1'), rests('2')] },
  { name: 'idle', stages: [rests('1', 'Think'), deploys('2')] },
  {
    name: 'far',
    stages: [rests('1', 'Ponder'), enables('2'), rests('3')],
  },
];

/** `foo prod` on 1.1 after 1.0, with pipelines that take their time. */
async function createBench(wrap?: (store: DocumentStore) => DocumentStore) {
  const it = await createCommandBench(wrap, [deploys('1'), rests('2')], undefined, others);
  for (const location of [east, west]) {
    it.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 0, lastSize: 2, image: 'repo/foo:1.0' });
    it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
  }
  it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
  /** Presses a button of an answer by what stands on it. */
  const push = async (command: Command, label: string, user?: string): Promise<Command> => {
    const choice = command.reply?.choices?.find((each) => each.label === label);
    if (choice === undefined) throw new Error(`No '${label}' on: ${wordsOf(command.reply)}`);
    return it.handle(await it.receive({ type: 'choice', name: choice.name, target: choice.target }, user, true));
  };
  const start = async (text: string, user?: string): Promise<string> => {
    const said = await it.say(text, user);
    const { executionId } = said.executionId === undefined ? await it.press(said, 'confirm', user) : said;
    if (executionId === undefined) throw new Error(wordsOf(said.reply));
    return executionId;
  };
  return {
    ...it,
    push,
    start,
    labels: ({ reply }: Command) => (reply?.choices ?? []).map(({ label }) => label),
    get: async (id: string): Promise<Execution> => {
      const found = await it.store.get(executionKind, id);
      if (found === undefined) throw new Error(`No execution ${id}.`);
      return found.document;
    },
    /** Starts something and lets it work for a minute. */
    begin: async (text: string, user?: string): Promise<string> => {
      const id = await start(text, user);
      await it.drive(id, 60_000);
      return id;
    },
    sizes: () => it.serverGroups.sizes(west).join(),
    settleStop: async () => {
      const claimed = await it.store.claimDue({
        kinds: [stopKind],
        owner: 'stopper',
        now: it.clock.now(),
        leaseMs: 10_000,
        limit: 10,
      });
      for (const one of claimed) await it.handlers.stop(one, 'stopper');
    },
  };
}

describe('a rollback that waits for its cluster', () => {
  it('goes before all that merely wait there, and these say so', async () => {
    const it = await createBench();
    const holder = await it.begin('pipeline run foo idle prod 2.0');
    const resize = await it.start('resize foo prod 3', 'UBOB');
    await it.drive(resize, 10_000);
    expect((await it.get(resize)).admission).toMatchObject({ state: 'blocked', place: 1 });
    const planned = await it.say('rollback foo prod');
    expect(wordsOf(planned.reply)).toContain('This waits for it, 1st in the queue');
    const { executionId: rollback = '' } = await it.push(planned, 'Wait for it');
    await it.drive(rollback, 10_000);
    expect([(await it.get(rollback)).admission?.place, (await it.get(resize)).admission?.place]).toEqual([1, 2]);
    expect(wordsOf((await it.say('deploy foo prod 3.0')).reply)).toContain('3rd in the queue');
    await it.choose(holder, 'cancelExecution');
    const done = await it.drive(rollback, hourMs / 2);
    expect(done.status).toBe('SUCCEEDED');
    // The rollback locks the environment for who asked; what waits behind it is held.
    expect((await it.get(resize)).status).toBe('NOT_STARTED');
  });

  it('goes in the order in which they were asked for among rollbacks', async () => {
    const it = await createBench();
    await it.begin('pipeline run foo idle prod 2.0');
    const ids = [];
    for (const text of ['rollback foo prod', 'rollback foo prod v000']) {
      ids.push((await it.push(await it.say(text), 'Wait for it')).executionId ?? '');
      await it.clock.advance(1000);
    }
    await it.drive(ids[1] ?? '', 10_000);
    expect(await Promise.all(ids.map(async (id) => (await it.get(id)).admission?.place))).toEqual([1, 2]);
  });
});

describe('what a stage starts', () => {
  /** Starts `foo prod` again as the child of some execution. */
  const startBelow = async (it: Awaited<ReturnType<typeof createBench>>, parentId: string, like: string) => {
    const { application, name, definition, stages } = await it.get(like);
    return startExecution(it.world, {
      id: `${parentId}-child`,
      teamId: 'T1',
      draft: { application, name, definition: { ...definition, kind: 'pipeline' }, stages },
      trigger: {
        type: 'pipeline',
        user: 'UANN',
        parameters: {},
        correlationId: `${parentId}-child`,
        parentExecutionId: parentId,
        parentStageId: '1',
      },
      ancestorIds: [parentId],
    });
  };

  it('lets a rollback go first that waits for the cluster, unless it works under whoever has that', async () => {
    const it = await createBench();
    const holder = await it.begin('pipeline run foo idle prod 2.0');
    const { executionId: rollback = '' } = await it.push(await it.say('rollback foo prod'), 'Wait for it');
    expect((await startBelow(it, holder, holder)).refusal).toBeUndefined();
    await it.store.delete(executionKind, `${holder}-child`);
    await it.choose(holder, 'cancelExecution');
    await it.store.update(executionKind, holder, (execution) => ({ ...execution, status: 'CANCELED' as const }));
    const elsewhere = await startBelow(it, 'elsewhere', holder);
    expect([elsewhere.refusal, (await it.executions()).map(({ id }) => id).includes('elsewhere-child')]).toEqual([
      { executionId: rollback },
      false,
    ]);
  });
});

describe('a plan to roll back while somebody holds the cluster', () => {
  it('says who, at which stage, and offers to cancel that or to wait', async () => {
    const it = await createBench();
    await it.begin('pipeline run foo idle prod 2.0');
    const planned = await it.say('rollback foo prod');
    expect(wordsOf(planned.reply)).toContain("Run idle of foo 2.0 in prod holds foo-prod: it is at stage 'Think'.");
    expect(it.labels(planned)).toEqual(['Cancel idle and roll back', 'Wait for it', 'Neither']);
    expect(await it.executions()).toHaveLength(1);
    expect(wordsOf((await it.push(planned, 'Neither')).reply)).toContain('Canceled. Nothing was started.');
  });

  it('cancels it, waits until that has gone back, and does what the plan named', async () => {
    const it = await createBench();
    const holder = await it.begin('pipeline run foo release prod 2.0');
    expect(it.sizes()).toBe('foo-prod-v001 ×0,foo-prod-v002 ×2');
    const planned = await it.say('rollback foo prod');
    expect(wordsOf(planned.reply)).toContain('2.0 → 1.1 (v001)');
    const pushed = await it.push(planned, 'Cancel release and roll back');
    expect(wordsOf(pushed.reply)).toContain('Run release of foo 2.0 in prod goes back first.');
    const rollback = await it.drive(pushed.executionId ?? '');
    const canceled = await it.get(holder);
    expect([canceled.status, canceled.canceled?.by, rollback.status]).toEqual(['CANCELED', 'UANN', 'SUCCEEDED']);
    expect(rollback.startTime).toBeGreaterThanOrEqual(canceled.endTime ?? Number.NaN);
    expect(it.sizes()).toBe('foo-prod-v001 ×2,foo-prod-v002 ×0');
    // The other button comes too late.
    expect(wordsOf((await it.push(planned, 'Wait for it')).reply)).toContain('This plan was confirmed already');
  });

  it('does what it named also where nothing had been changed, though it waited', async () => {
    const it = await createBench();
    await it.begin('pipeline run foo idle prod 2.0');
    const resize = await it.start('resize foo prod 3', 'UBOB');
    await it.drive(resize, 10_000);
    const pushed = await it.push(await it.say('rollback foo prod'), 'Cancel idle and roll back');
    const rollback = await it.drive(pushed.executionId ?? '', hourMs / 2);
    expect([rollback.status, (await it.get(resize)).status]).toEqual(['SUCCEEDED', 'NOT_STARTED']);
    expect(it.sizes()).toBe('foo-prod-v000 ×2,foo-prod-v001 ×0');
  });

  it('cancels an operation, in words too', async () => {
    const it = await createBench();
    const resize = await it.start('resize foo prod 4', 'UBOB');
    await it.drive(resize, 1000);
    expect((await it.get(resize)).status).toBe('RUNNING');
    expect(it.labels(await it.say('rollback foo prod'))).toContain('Cancel it and roll back');
    const planned = await it.say('rollback foo prod cancel=yes');
    expect(it.labels(planned)).toEqual(['Cancel it and roll back', 'Cancel']);
    const { executionId = '' } = await it.press(planned, 'confirm');
    expect((await it.drive(executionId)).status).toBe('SUCCEEDED');
    expect([(await it.get(resize)).status, it.sizes()]).toEqual(['CANCELED', 'foo-prod-v000 ×2,foo-prod-v001 ×0']);
  });

  it('starts the other way at no press of an old button: whoever holds the cluster is another by then', async () => {
    const it = await createBench();
    const first = await it.begin('pipeline run foo idle prod 2.0');
    const planned = await it.say('rollback foo prod');
    await it.choose(first, 'cancelExecution');
    await it.drive(first, 60_000);
    const second = await it.begin('pipeline run foo far prod');
    const pushed = await it.push(planned, 'Cancel idle and roll back');
    expect(wordsOf(pushed.reply)).toContain('Something moved');
    expect((await it.get(second)).canceled).toBeUndefined();
  });

  it('is first after what goes back already, with no need to cancel it', async () => {
    const it = await createBench();
    const holder = await it.begin('pipeline run foo release prod 2.0');
    await it.choose(holder, 'cancelExecution', { user: 'UBOB' });
    const planned = await it.say('rollback foo prod');
    expect(wordsOf(planned.reply)).toContain('Run release of foo 2.0 in prod holds foo-prod: it is on its way back.');
    expect(it.labels(planned)).toEqual(['Roll back', 'Cancel']);
    const { executionId = '' } = await it.press(planned, 'confirm');
    expect((await it.drive(executionId)).status).toBe('SUCCEEDED');
    expect([(await it.get(holder)).canceled?.by, it.sizes()]).toEqual(['UBOB', 'foo-prod-v001 ×2,foo-prod-v002 ×0']);
  });

  it('asks where nobody else is asked either, since something else is called off', async () => {
    const it = await createBench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    await it.begin('pipeline run foo idle dev 2.0');
    expect((await it.say('rollback foo dev')).executionId).toBeUndefined();
    const said = await it.say('rollback foo dev cancel=yes');
    expect((await it.drive(said.executionId ?? '')).status).toBe('SUCCEEDED');
  });

  it('offers no cancel to whom it is not allowed, and says why', async () => {
    const it = await createBench();
    const { environments } = it.world.definitions().applications.get('foo') ?? {};
    const dev = environments?.get('dev');
    if (dev === undefined) throw new Error('No environment.');
    const policy = { ...dev.policy, deployers: ['UBOB'] };
    (environments as Map<string, typeof dev>).set('dev', { ...dev, policy });
    const holder = await it.begin('pipeline run foo far dev', 'UBOB');
    await it.drive(holder, 6_060_000);
    const planned = await it.say('rollback foo prod');
    expect(it.labels(planned)).toEqual(['Wait for it', 'Cancel']);
    expect(wordsOf(planned.reply)).toContain(
      'You cannot cancel it from here. You may not change foo dev: only @UBOB may. Ask one of them.',
    );
    const said = await it.say('rollback foo prod cancel=yes');
    expect([said.reply?.denied, said.plan, it.labels(said)]).toEqual([true, undefined, ['Wait for it']]);
  });
});

describe('a rollback that was confirmed past one, where another has the cluster before it', () => {
  /** Confirms to cancel a pipeline first; that ends, and what waits there begins, before the rollback has its place. */
  async function overtaken(words: string, workMs: number) {
    let meanwhile: (() => Promise<unknown>) | undefined;
    const it = await createBench((store) => ({
      ...store,
      create: async (...call) => {
        const [kind] = call;
        const act = kind.name === executionKind.name ? meanwhile : undefined;
        if (act !== undefined) meanwhile = undefined;
        await act?.();
        return store.create(...call);
      },
    }));
    const holder = await it.begin('pipeline run foo idle prod 2.0');
    const deploy = await it.start('deploy foo prod 3.0', 'UBOB');
    await it.drive(deploy, 10_000);
    const planned = await it.say(words);
    meanwhile = async () => {
      await it.choose(holder, 'cancelExecution');
      await it.drive(holder, 60_000);
      await it.drive(deploy, workMs);
    };
    const pushed = await it.push(planned, 'Cancel idle and roll back');
    return { it, deploy, pushed, id: pushed.executionId ?? '' };
  }

  it.each(['rollback foo prod', 'rollback foo prod cancel=yes'])(
    'is asked again instead of undoing what that has done: %s',
    async (words) => {
      const { it, deploy, pushed, id } = await overtaken(words, 60_000);
      expect((await it.get(deploy)).status).toBe('RUNNING');
      expect(wordsOf(pushed.reply)).toContain('Deploy foo 3.0 to prod is under way, asked by @UBOB');
      expect(wordsOf(pushed.reply)).not.toContain('goes back first');
      const done = await it.drive(id, 3 * hourMs);
      expect([done.status, done.canceled?.reason]).toEqual([
        'CANCELED',
        expect.stringContaining('Something moved while it waited'),
      ]);
      expect([(await it.get(deploy)).status, it.sizes()]).toEqual(['SUCCEEDED', 'foo-prod-v001 ×0,foo-prod-v002 ×2']);
      const again = await it.handle(`${id}/again`);
      expect([again.executionId, it.labels(again)]).toEqual([undefined, ['Roll back', 'Cancel']]);
    },
  );

  it('is asked again also where that is over before its first look', async () => {
    const { it, deploy, id } = await overtaken('rollback foo prod', 3 * hourMs);
    expect((await it.get(deploy)).status).toBe('SUCCEEDED');
    expect((await it.drive(id)).status).toBe('CANCELED');
    expect(it.sizes()).toBe('foo-prod-v001 ×0,foo-prod-v002 ×2');
  });
});

describe('a rollback that is asked about again', () => {
  it('is not started by itself, where nobody is asked who types it either', async () => {
    const it = await createBench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    const holder = await it.begin('pipeline run foo release dev 2.0');
    const { executionId = '' } = await it.push(await it.say('rollback foo dev'), 'Wait for it');
    await it.drive(executionId, 10_000);
    it.serverGroups.seed({ location: east, name: 'foo-dev-v009', desired: 2, createdTime: 99, image: 'repo/foo:9' });
    await it.choose(holder, 'cancelExecution');
    expect((await it.drive(executionId, 3 * hourMs)).status).toBe('CANCELED');
    const again = await it.handle(`${executionId}/again`);
    expect([again.executionId, it.labels(again)]).toEqual([undefined, ['Roll back', 'Cancel']]);
  });
});

describe('a rollback while everything is stopped', () => {
  it.each(['pipeline run foo release prod 2.0', 'deploy foo prod 2.0'])(
    'gets past what the stop has paused, which a lift does not bring back: %s',
    async (text) => {
      const it = await createBench();
      const holder = await it.start(text);
      await it.drive(holder, 60_000);
      await it.say('stop the database is down', 'UBOB');
      await it.settleStop();
      expect((await it.get(holder)).status).toBe('PAUSED');
      const planned = await it.say('rollback foo prod');
      const isDeploy = text.startsWith('deploy');
      if (!isDeploy) expect(wordsOf(planned.reply)).toContain("at stage 'Rest', paused until the stop is lifted.");
      const pushed = await it.push(planned, isDeploy ? 'Roll back' : 'Cancel release and roll back');
      const done = await it.drive(pushed.executionId ?? '');
      expect([done.status, (await it.get(holder)).status]).toEqual(['SUCCEEDED', 'CANCELED']);
      const sizes = it.sizes();
      await it.say('stop lift it is back', 'UBOB');
      await it.settleStop();
      await it.drive(holder);
      expect([(await it.get(holder)).status, it.sizes()]).toEqual(['CANCELED', sizes]);
    },
  );

  it('leaves paused what it just waits for, and follows it after the lift', async () => {
    const it = await createBench();
    const holder = await it.begin('pipeline run foo idle prod 2.0');
    await it.say('stop', 'UBOB');
    await it.settleStop();
    const { executionId = '' } = await it.push(await it.say('rollback foo prod'), 'Wait for it');
    await it.drive(executionId, 60_000);
    expect([(await it.get(executionId)).status, (await it.get(holder)).status]).toEqual(['NOT_STARTED', 'PAUSED']);
    expect(plainText((await it.live(executionId))?.headline ?? '')).toContain('1st in the queue');
  });
});

describe('a crash while a rollback that cancels first is confirmed', () => {
  it('leaves one rollback and one cancel, at whichever write it comes', async () => {
    let passed = 0;
    let isCrashed = true;
    for (let at = 1; isCrashed; at += 1) {
      const crash = createCrashPoints(new Set());
      const points = new Set<number>();
      const during = createCrashPoints(points);
      let isConfirming = false;
      const it = await createBench((store) => {
        const [plain, counted] = [crash.wrap(store), during.wrap(store)];
        return {
          ...store,
          create: (...call) => (isConfirming ? counted : plain).create(...call),
          update: (...call) => (isConfirming ? counted : plain).update(...call),
          delete: (...call) => (isConfirming ? counted : plain).delete(...call),
          touch: (...call) => (isConfirming ? counted : plain).touch(...call),
        };
      });
      const holder = await it.begin('pipeline run foo release prod 2.0');
      const planned = await it.say('rollback foo prod');
      const other = planned.reply?.choices?.find(({ name }) => name === 'confirmOther');
      if (other === undefined) throw new Error(wordsOf(planned.reply));
      const id = await it.receive({ type: 'choice', name: other.name, target: other.target }, 'UANN', true);
      points.add(at);
      isConfirming = true;
      await it.handle(id).catch(() => undefined);
      isCrashed = during.isDown();
      during.boot();
      isConfirming = false;
      passed = Math.max(passed, during.passed());
      // What is due goes on before the command is taken up again.
      await it.drive(holder, 2000);
      const { executionId = '' } = await it.handle(id);
      const rollback = await it.drive(executionId);
      const all = await it.executions();
      const told = `crash at ${at}`;
      expect([told, rollback.status, all.map(({ status }) => status).toSorted()]).toEqual([
        told,
        'SUCCEEDED',
        ['CANCELED', 'SUCCEEDED'],
      ]);
      expect(it.sizes()).toBe('foo-prod-v001 ×2,foo-prod-v002 ×0');
    }
    expect(passed).toBeGreaterThan(8);
  });
});
