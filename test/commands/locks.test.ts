import { messageKind } from '../../src/engine/document-kinds';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { wordsOf } from '../support/command-kit';
import { choiceOf, createLockBench as createBench, startIn as start } from '../support/lock-kit';
import { west } from '../support/stage-kit';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe('/cox lock', () => {
  it('says until when and why, and that its holder is not locked out', async () => {
    const it = await createBench();
    const said = await it.say('lock foo prod 2h migration of users');
    expect(wordsOf(said.reply)).toContain('foo prod is locked until 2026-01-01 02:00 UTC by @UANN: migration of users');
    const plan = await it.say('deploy foo prod 2.0');
    expect(plan.plan?.state).toBe('open');
    expect(wordsOf(plan.reply)).toContain(
      'Lock: locked by @UANN since 2026-01-01 00:00 UTC until 2026-01-01 02:00 UTC',
    );
  });

  it.each([
    ['lock foo prod', 'Say how long and why: /cox lock foo prod 2h migration'],
    ['lock foo prod 2h', 'Say why: /cox lock foo prod 2h migration'],
    ['lock foo prod migration', "'migration' says not how long. Write 30m, 2h or 1d, then why"],
    ['lock foo prod 30d migration', 'A lock ends after 7 days at the latest'],
    ['lock foo prod/east 2h migration', 'A lock is of a whole environment'],
    ['lock foo nowhere 2h migration', "There is no environment of foo 'nowhere'"],
    ['lock take foo prod', 'Say how long and why'],
    ['unlock foo prod', 'Nobody holds a lock of foo prod.'],
    ['unlock foo prod now', "I do not understand 'now'"],
    ['locks foo', "I do not understand 'foo'"],
  ])('%s is answered: %s', async (text, answer) => {
    const it = await createBench();
    expect(wordsOf((await it.say(text)).reply)).toContain(answer);
    expect(wordsOf((await it.say('locks')).reply)).toBe('Nothing is locked.');
  });

  it.each(['lock foo prod 2h x', 'lock take foo prod 2h x', 'unlock foo prod'])(
    '%s is for those who may deploy there',
    async (text) => {
      const it = await createBench();
      await it.say('lock foo prod 1h migration');
      const said = await it.say(text, 'UEVE');
      expect([wordsOf(said.reply), said.reply?.denied]).toEqual([
        expect.stringContaining('You may not change foo prod'),
        true,
      ]);
      expect(wordsOf((await it.say('locks')).reply)).toContain('@UANN');
    },
  );

  it.each([
    'deploy foo prod 2.0',
    'resize foo prod 3',
    'clone foo prod',
    'destroy foo prod v000',
    'disable foo prod v000',
    'terminate foo prod foo-prod-v000.1',
    'pipeline run foo p prod 2.0',
  ])('keeps others from: %s', async (text) => {
    const it = await createBench();
    for (const location of [east, west])
      it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, createdTime: 9 });
    await it.say('lock foo prod 2h migration');
    const said = await it.say(text, 'UBOB');
    expect(wordsOf(said.reply)).toMatch(/^foo prod is locked by @UANN .*: migration\nNothing was started/);
    expect([said.plan, (await it.executions()).length]).toEqual([undefined, 0]);
  });

  it('is of one environment: another is open', async () => {
    const it = await createBench();
    await it.say('lock foo prod 2h migration');
    expect((await it.say('deploy foo dev 2.0', 'UBOB')).executionId).toBeDefined();
  });

  it('is listed with age and end until it is lifted by its holder, and told to the audit log', async () => {
    const it = await createBench();
    await it.say('lock foo prod 2h migration');
    await it.clock.advance(90_000);
    expect(wordsOf((await it.say('locks', 'UEVE')).reply)).toBe(
      '1 locked, the first to end first\nfoo prod · @UANN · 90 s old, until 2026-01-01 02:00 UTC · migration',
    );
    expect(wordsOf((await it.say('unlock foo prod', 'UBOB')).reply)).toContain('is locked by @UANN');
    expect(wordsOf((await it.say('unlock foo prod')).reply)).toContain('foo prod is unlocked');
    expect(wordsOf((await it.say('locks')).reply)).toBe('Nothing is locked.');
    expect((await it.say('deploy foo prod 2.0', 'UBOB')).plan).toBeDefined();
    expect(await it.audited('foo', 'lock')).toEqual([
      ['unlock', 'UANN', undefined],
      ['lock', 'UANN', 'migration'],
    ]);
  });

  it('warns its holder shortly before its end, and falls by itself', async () => {
    const it = await createBench();
    await it.say('lock foo prod 2h migration');
    await it.clock.advance(110 * minuteMs - 1);
    await it.settle();
    expect(await it.told('UANN')).toEqual([]);
    await it.clock.advance(1);
    await it.settle();
    expect(await it.told('UANN')).toEqual([
      'Your lock of foo prod ends 2026-01-01 02:00 UTC: migration\nIt falls by itself, and what waits for it starts then.',
    ]);
    await it.clock.advance(10 * minuteMs);
    expect((await it.say('deploy foo prod 2.0', 'UBOB')).plan).toBeDefined();
    await it.settle();
    expect((await it.told('UANN')).at(-1)).toContain('Your lock of foo prod has ended: migration');
    expect(await it.audited('foo', 'background')).toEqual([['expired', 'coxswain', 'migration']]);
  });

  it('is prolonged by its holder, and warned of anew', async () => {
    const it = await createBench();
    await it.say('lock foo prod 1h migration');
    await it.clock.advance(55 * minuteMs);
    await it.settle();
    await it.say('lock foo prod 1h "migration, part two"');
    await it.clock.advance(30 * minuteMs);
    await it.settle();
    expect(wordsOf((await it.say('locks')).reply)).toContain('until 2026-01-01 01:55 UTC · migration, part two');
    await it.clock.advance(24 * minuteMs);
    await it.settle();
    expect((await it.told('UANN')).map((words) => words.split('\n')[0])).toEqual([
      'Your lock of foo prod ends 2026-01-01 01:00 UTC: migration',
      'Your lock of foo prod ends 2026-01-01 01:55 UTC: migration, part two',
    ]);
  });
});

describe('taking a lock', () => {
  it('by the button of the refusal tells who held it, and carries on with what was asked for', async () => {
    const it = await createBench();
    await it.say('lock foo prod 2h migration');
    const refused = await it.say('deploy foo prod 2.0 reason="fix \\"login\\""', 'UBOB');
    expect(choiceOf(refused, 'Take the lock').asks?.required).toBe(true);
    const planned = await it.pressRun(refused, 'Take the lock', 'login is broken', 'UBOB');
    expect(wordsOf(planned.reply)).toContain('Deploy foo to prod: 1.0 → 2.0');
    expect(wordsOf(planned.reply)).toContain('Lock: locked by @UBOB');
    expect(wordsOf(planned.reply)).toContain('Reason: fix "login"');
    expect(await it.told('UANN')).toEqual([
      '@UBOB took your lock of foo prod: login is broken\nYours was for: migration',
    ]);
    const { executionId = '' } = await it.press(planned, 'confirm', 'UBOB');
    expect((await it.drive(executionId, 1000)).status).toBe('RUNNING');
    expect(wordsOf((await it.say('locks')).reply)).toContain('foo prod · @UBOB, taken from @UANN');
    expect(await it.audited('foo', 'lock')).toEqual([
      ['take', 'UBOB', 'login is broken'],
      ['lock', 'UANN', 'migration'],
    ]);
  });

  it('starts at once what needs no confirmation', async () => {
    const it = await createBench();
    await it.say('lock foo dev 2h migration');
    const refused = await it.say('deploy foo dev 2.0', 'UBOB');
    const { executionId } = await it.pressRun(refused, 'Take the lock', 'urgent', 'UBOB');
    expect((await it.drive(executionId ?? '')).status).toBe('SUCCEEDED');
  });

  it('takes only the lock that was seen', async () => {
    const it = await createBench();
    await it.say('lock foo dev 2h migration');
    const refused = await it.say('deploy foo dev 2.0', 'UBOB');
    await it.say('lock take foo dev 1h mine now', 'UEVE');
    const again = await it.pressRun(refused, 'Take the lock', 'urgent', 'UBOB');
    expect(wordsOf(again.reply)).toContain('foo dev is locked by @UEVE');
    expect(again.executionId).toBeUndefined();
    expect((await it.pressRun(again, 'Take the lock', 'urgent', 'UBOB')).executionId).toBeDefined();
  });

  it('that has ended meanwhile just carries on', async () => {
    const it = await createBench();
    await it.say('lock foo dev 2h migration');
    const refused = await it.say('deploy foo dev 2.0', 'UBOB');
    await it.say('unlock foo dev');
    const pressed = await it.pressRun(refused, 'Take the lock', 'a=b is broken', 'UBOB');
    expect((await it.drive(pressed.executionId ?? '')).status).toBe('SUCCEEDED');
    expect(wordsOf((await it.say('locks')).reply)).not.toContain('@UBOB');
  });

  it('in words keeps its end where none is given, and needs a reason', async () => {
    const it = await createBench();
    await it.say('lock foo prod 2h migration');
    expect(wordsOf((await it.say('lock take foo prod', 'UBOB')).reply)).toContain('Say why');
    expect(wordsOf((await it.say('lock take foo prod hotfix first', 'UBOB')).reply)).toContain(
      'foo prod is locked until 2026-01-01 02:00 UTC by @UBOB: hotfix first\nTaken from @UANN, who is told.',
    );
  });

  it('is not done by a lock, which is refused with the button', async () => {
    const it = await createBench();
    await it.say('lock foo prod 2h migration');
    const refused = await it.say('lock foo prod 1h mine', 'UBOB');
    expect(wordsOf(refused.reply)).toContain('is locked by @UANN');
    const taken = await it.pressRun(refused, 'Take the lock', 'urgent', 'UBOB');
    expect(wordsOf(taken.reply)).toContain('foo prod is locked until 2026-01-01 01:00 UTC by @UBOB: mine');
  });

  it('unlocks for good where that was asked for', async () => {
    const it = await createBench();
    await it.say('lock foo prod 2h migration');
    await it.pressRun(await it.say('unlock foo prod', 'UBOB'), 'Take the lock', 'she is ill', 'UBOB');
    expect(wordsOf((await it.say('locks')).reply)).toBe('Nothing is locked.');
  });
});

describe('a plan', () => {
  it('is refused at its confirmation where somebody locked meanwhile, and shown anew where its own lock changed', async () => {
    const it = await createBench();
    const planned = await it.say('deploy foo prod 2.0');
    await it.say('lock foo prod 1h mine');
    const moved = await it.press(planned, 'confirm');
    expect(wordsOf(moved.reply)).toContain('Something moved since the plan was shown');
    expect(wordsOf(moved.reply)).toContain('lock of foo prod: was nothing, is UANN until');
    await it.say('lock take foo prod 1h his', 'UBOB');
    expect(wordsOf((await it.press(moved, 'confirm')).reply)).toContain('foo prod is locked by @UBOB');
    expect(await it.executions()).toEqual([]);
  });
});

describe('an execution that starts while a lock of another holds', () => {
  it('waits, says who and until when, and starts when the lock falls', async () => {
    const it = await createBench();
    const id = await start(it, 'deploy foo prod 2.0');
    await it.say('lock foo prod 1h migration', 'UBOB');
    expect((await it.drive(id, 10 * minuteMs)).status).toBe('NOT_STARTED');
    expect(plainText((await it.live(id))?.headline ?? '')).toBe(
      'Deploy foo 2.0 to prod · waiting: locked by @UBOB since 2026-01-01 00:00 UTC until 2026-01-01 01:00 UTC: migration',
    );
    expect((await it.drive(id, 2 * hourMs)).status).toBe('SUCCEEDED');
    expect(it.clock.now()).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 1, 1));
  });

  it('keeps nothing from the holder: neither its turn nor its cluster', async () => {
    const it = await createBench(undefined, undefined, undefined, [], {
      limitConcurrent: true,
      keepWaitingPipelines: true,
    });
    const id = await start(it, 'deploy foo prod 2.0');
    await it.say('lock foo prod 1h migration', 'UBOB');
    await it.drive(id, minuteMs);
    const other = await start(it, 'deploy foo prod 3.0', 'UBOB');
    expect((await it.drive(other, 30 * minuteMs)).status).toBe('SUCCEEDED');
    expect((await it.execution(id)).status).toBe('NOT_STARTED');
  });

  it('starts when the lock is lifted, and gives up when it is canceled', async () => {
    const it = await createBench();
    const id = await start(it, 'deploy foo prod 2.0');
    await it.say('lock foo prod 5h migration', 'UBOB');
    await it.drive(id, minuteMs);
    await it.say('unlock foo prod', 'UBOB');
    expect((await it.drive(id, hourMs)).status).toBe('SUCCEEDED');
    const second = await start(it, 'deploy foo prod 3.0');
    await it.say('lock foo prod 5h migration', 'UBOB');
    await it.drive(second, minuteMs);
    await it.choose(second, 'cancelExecution');
    expect((await it.drive(second, 1000)).status).toBe('CANCELED');
  });

  it('is not begun anew by a retry either', async () => {
    const it = await createBench();
    const id = await start(it, 'deploy foo prod sick');
    expect((await it.drive(id, 3 * hourMs)).status).toBe('TERMINAL');
    await it.say('lock foo prod 5h migration', 'UBOB');
    const { reply } = await it.choose(id, 'retryStage', { stageId: '1' });
    expect(wordsOf(reply)).toContain('No: locked by @UBOB');
    expect((await it.execution(id)).status).toBe('TERMINAL');
  });
});

describe('a rollback', () => {
  async function rolledBack(user = 'UANN') {
    const it = await createBench();
    for (const location of [east, west])
      it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    const id = await start(it, 'rollback foo prod v000', user);
    return { it, id };
  }

  it('goes through under the lock of another, whose plan says so', async () => {
    const it = await createBench();
    for (const location of [east, west])
      it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    await it.say('lock foo prod 5h migration', 'UBOB');
    const planned = await it.say('rollback foo prod v000');
    expect(wordsOf(planned.reply)).toContain('Lock: locked by @UBOB');
    const { executionId = '' } = await it.press(planned, 'confirm');
    expect((await it.drive(executionId)).status).toBe('SUCCEEDED');
    expect(wordsOf((await it.say('locks')).reply)).toContain('foo prod · @UBOB');
  });

  it('locks its environment when it has succeeded, for its requester', async () => {
    const { it, id } = await rolledBack();
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
    expect(wordsOf((await it.say('locks')).reply)).toMatch(/foo prod · @UANN .* · Roll back foo prod to /);
    expect(wordsOf((await it.say('deploy foo prod 2.0', 'UBOB')).reply)).toContain('is locked by @UANN');
    expect((await it.say('deploy foo prod 2.0')).plan).toBeDefined();
    const threads = (await it.store.list(messageKind)).filter(({ document }) => document.target.kind === 'thread');
    expect(threads.map(({ document }) => wordsOf(document.view)).join('\n')).toContain(
      'so that nothing rolls forward at once',
    );
    await it.clock.advance(2 * hourMs);
    expect((await it.say('deploy foo prod 2.0', 'UBOB')).plan).toBeDefined();
  });
});

describe('a rollback by who holds a lock for longer', () => {
  it('keeps its end and its reason', async () => {
    const it = await createBench();
    for (const location of [east, west])
      it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    await it.say('lock foo prod 2d migration');
    const id = await start(it, 'rollback foo prod v000');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
    expect(wordsOf((await it.say('locks')).reply)).toContain('migration; Roll back foo prod');
    await it.clock.advance(3 * hourMs);
    expect(wordsOf((await it.say('deploy foo prod 2.0', 'UBOB')).reply)).toContain('is locked by @UANN');
  });
});

describe('/cox stop', () => {
  it('that comes before a lift is carried out leaves nothing paused for ever', async () => {
    const it = await createBench();
    const id = await start(it, 'deploy foo prod 2.0');
    await it.drive(id, 1000);
    await it.say('stop');
    await it.handle(await it.receive({ type: 'text', text: 'stop lift over' }));
    await it.say('stop again');
    await it.say('stop lift over again');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
  });

  it('is not lifted by who may deploy only where anybody may', async () => {
    const it = await createBench();
    await it.say('stop', 'UEVE');
    const said = await it.say('stop lift over', 'UEVE');
    expect([said.reply?.denied, wordsOf(said.reply)]).toEqual([true, expect.stringContaining('You may not lift this')]);
    expect(wordsOf((await it.say('stop lift over')).reply)).toContain('Lifted by @UANN');
  });

  it('holds what is new back, pauses what runs, and lets it go on when it is lifted with a reason', async () => {
    const it = await createBench();
    const running = await start(it, 'deploy foo prod 2.0');
    await it.drive(running, 1000);
    const said = await it.say('stop the database is down', 'UBOB');
    expect(wordsOf(said.reply)).toContain('Stopped: nothing new starts; 1 running is paused; chaos is off.');
    await it.drive(running, hourMs);
    expect((await it.execution(running)).status).toBe('PAUSED');
    expect(plainText((await it.live(running))?.headline ?? '')).toContain('paused: everything is stopped by @UBOB');
    expect((await it.live(running))?.choices?.map(({ name }) => name)).toEqual(['cancelExecution']);
    expect(wordsOf((await it.choose(running, 'resume')).reply)).toContain('No: everything is stopped by @UBOB');
    const refused = await it.say('deploy foo dev 2.0');
    expect(wordsOf(refused.reply)).toContain('No: everything is stopped by @UBOB since 2026-01-01');
    expect(wordsOf((await it.say('stop lift')).reply)).toContain('Say why everything may go on');
    const lifted = await it.pressRun(refused, 'Lift', 'it is back', 'UANN');
    expect(wordsOf(lifted.reply)).toContain('Lifted by @UANN: it is back');
    expect((await it.drive(running)).status).toBe('SUCCEEDED');
    expect((await it.say('deploy foo dev 2.0')).executionId).toBeDefined();
    expect(await it.audited('@coxswain', 'lock')).toEqual([
      ['lift', 'UANN', 'it is back'],
      ['stop', 'UBOB', 'the database is down'],
    ]);
  });

  it('leaves paused what people had paused', async () => {
    const it = await createBench();
    const id = await start(it, 'deploy foo prod 2.0');
    await it.drive(id, 1000);
    await it.choose(id, 'pause');
    await it.say('stop');
    await it.say('stop lift over');
    await it.drive(id, hourMs);
    expect((await it.execution(id)).status).toBe('PAUSED');
    await it.choose(id, 'resume');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
  });

  it('holds back what had been started and has not begun', async () => {
    const it = await createBench();
    const id = await start(it, 'deploy foo prod 2.0');
    await it.say('stop', 'UBOB');
    await it.drive(id, hourMs);
    expect(plainText((await it.live(id))?.headline ?? '')).toContain('waiting: everything is stopped by @UBOB');
    await it.say('stop lift over', 'UBOB');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
  });

  it('holds back what waits for a lock that ends meanwhile, until it is lifted as well', async () => {
    const it = await createBench();
    const id = await start(it, 'deploy foo prod 2.0');
    await it.say('lock foo prod 1h migration', 'UBOB');
    await it.drive(id, minuteMs);
    await it.say('stop storm', 'UBOB');
    expect((await it.drive(id, 3 * hourMs)).status).toBe('NOT_STARTED');
    await it.settle();
    expect(wordsOf((await it.say('locks')).reply)).toContain('Nothing is locked.');
    expect(plainText((await it.live(id))?.headline ?? '')).toContain('waiting: everything is stopped by @UBOB');
    await it.say('stop lift over');
    expect((await it.drive(id, hourMs)).status).toBe('SUCCEEDED');
  });

  it('lets a rollback through, which asks and says that everything is stopped', async () => {
    const it = await createBench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    await it.say('stop the database is down', 'UBOB');
    const planned = await it.say('rollback foo dev v000');
    expect([planned.executionId, wordsOf(planned.reply)]).toEqual([
      undefined,
      expect.stringContaining('Stop: everything is stopped by @UBOB'),
    ]);
    const { executionId = '' } = await it.press(planned, 'confirm');
    await it.say('stop', 'UBOB');
    expect((await it.drive(executionId)).status).toBe('SUCCEEDED');
  });

  it('lets a cancel go back, and pauses nothing that goes back', async () => {
    const it = await createBench();
    const id = await start(it, 'deploy foo prod sick');
    await it.drive(id, 20_000);
    await it.say('stop', 'UBOB');
    await it.choose(id, 'cancelExecution');
    expect((await it.drive(id)).status).toBe('CANCELED');
  });

  it('says who was first, and is for those who may deploy something', async () => {
    const it = await createBench();
    const { environments } = it.world.definitions().applications.get('foo') ?? {};
    const dev = environments?.get('dev');
    const prod = environments?.get('prod');
    if (dev === undefined || prod === undefined) throw new Error('No environments.');
    (environments as Map<string, typeof dev>).set('dev', { ...dev, policy: prod.policy });
    expect((await it.say('stop', 'UEVE')).reply?.denied).toBe(true);
    await it.say('stop one', 'UBOB');
    expect(wordsOf((await it.say('stop two')).reply)).toContain('Already: everything is stopped by @UBOB');
    expect((await it.say('stop lift x', 'UEVE')).reply?.denied).toBe(true);
    expect(wordsOf((await it.say('locks')).reply)).toContain('everything is stopped by @UBOB');
    await it.say('stop lift x');
    expect(wordsOf((await it.say('stop lift x')).reply)).toBe('Nothing is stopped.');
  });
});

it('all of it stands in the help', async () => {
  const it = await createBench();
  const help = wordsOf((await it.say('help')).reply);
  for (const verb of ['lock', 'unlock', 'locks', 'stop']) expect(help).toContain(`/cox ${verb}`);
});
