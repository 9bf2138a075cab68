import { messageKind } from '../../src/engine/document-kinds';
import type { Command } from '../../src/model/command';
import { quoteWord } from '../../src/model/quote-word';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { wordsOf } from '../support/command-kit';
import { choiceOf, createLockBench, startIn } from '../support/lock-kit';
import { west } from '../support/stage-kit';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe('/cox lock', () => {
  it('says until when and why, and that its holder is not locked out', async () => {
    const it = await createLockBench();
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
    const it = await createLockBench();
    expect(wordsOf((await it.say(text)).reply)).toContain(answer);
    expect(wordsOf((await it.say('locks')).reply)).toBe('Nothing is locked.');
  });

  it.each(['lock foo prod 2h x', 'lock take foo prod 2h x', 'unlock foo prod'])(
    '%s is for those who may deploy there',
    async (text) => {
      const it = await createLockBench();
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
    const it = await createLockBench();
    for (const location of [east, west])
      it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, createdTime: 9 });
    await it.say('lock foo prod 2h migration');
    const said = await it.say(text, 'UBOB');
    expect(wordsOf(said.reply)).toMatch(/^foo prod is locked by @UANN .*: migration\nNothing was started/);
    expect([said.plan, (await it.executions()).length]).toEqual([undefined, 0]);
  });

  it('is of one environment: another is open', async () => {
    const it = await createLockBench();
    await it.say('lock foo prod 2h migration');
    expect((await it.say('deploy foo dev 2.0', 'UBOB')).executionId).toBeDefined();
  });

  it('is listed with age and end until it is lifted by its holder, and told to the audit log', async () => {
    const it = await createLockBench();
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
    const it = await createLockBench();
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

  it('is prolonged by the button of its warning with the very reason that it has', async () => {
    const it = await createLockBench();
    const reason = 'C:\\new “disk”\n—again "a=b"';
    await it.say(`lock foo prod 1h reason=${quoteWord(reason)}`);
    await it.clock.advance(51 * minuteMs);
    await it.settle();
    const [warning] = (await it.store.list(messageKind)).flatMap(({ document: { target, view } }) =>
      target.kind === 'direct' ? [view] : [],
    );
    await it.pressRun({ ...(await it.say('locks')), reply: warning } as Command, 'Another hour', undefined, 'UANN');
    expect(wordsOf((await it.say('locks')).reply)).toContain(`until 2026-01-01 01:51 UTC · ${reason}`);
  });

  it('is prolonged by its holder, and warned of anew', async () => {
    const it = await createLockBench();
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
    const it = await createLockBench();
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

  it('tells the reason as it was typed, spaces made one', async () => {
    const it = await createLockBench();
    await it.say('lock foo prod 2h migration');
    const refused = await it.say('deploy foo prod 2.0 reason=“fix login”', 'UBOB');
    await it.pressRun(refused, 'Take the lock', '  It said “disk full”\n—again: C:\\new "a=b" ', 'UBOB');
    expect((await it.told('UANN')).join()).toContain(
      'took your lock of foo prod: It said “disk full” —again: C:\\new "a=b"',
    );
  });

  it('starts at once what needs no confirmation', async () => {
    const it = await createLockBench();
    await it.say('lock foo dev 2h migration');
    const refused = await it.say('deploy foo dev 2.0', 'UBOB');
    const { executionId } = await it.pressRun(refused, 'Take the lock', 'urgent', 'UBOB');
    expect((await it.drive(executionId ?? '')).status).toBe('SUCCEEDED');
  });

  it('takes only the lock that was seen', async () => {
    const it = await createLockBench();
    await it.say('lock foo dev 2h migration');
    const refused = await it.say('deploy foo dev 2.0', 'UBOB');
    await it.say('lock take foo dev 1h mine now', 'UEVE');
    const again = await it.pressRun(refused, 'Take the lock', 'urgent', 'UBOB');
    expect(wordsOf(again.reply)).toContain('foo dev is locked by @UEVE');
    expect(again.executionId).toBeUndefined();
    expect((await it.pressRun(again, 'Take the lock', 'urgent', 'UBOB')).executionId).toBeDefined();
  });

  it('that has ended meanwhile just carries on', async () => {
    const it = await createLockBench();
    await it.say('lock foo dev 2h migration');
    const refused = await it.say('deploy foo dev 2.0', 'UBOB');
    await it.say('unlock foo dev');
    const pressed = await it.pressRun(refused, 'Take the lock', 'a=b is broken', 'UBOB');
    expect((await it.drive(pressed.executionId ?? '')).status).toBe('SUCCEEDED');
    expect(wordsOf((await it.say('locks')).reply)).not.toContain('@UBOB');
  });

  it('in words keeps its end where none is given, and needs a reason', async () => {
    const it = await createLockBench();
    await it.say('lock foo prod 2h migration');
    expect(wordsOf((await it.say('lock take foo prod', 'UBOB')).reply)).toContain('Say why');
    expect(wordsOf((await it.say('lock take foo prod hotfix first', 'UBOB')).reply)).toContain(
      'foo prod is locked until 2026-01-01 02:00 UTC by @UBOB: hotfix first\nTaken from @UANN, who is told.',
    );
  });

  it('is not done by a lock, which is refused with the button', async () => {
    const it = await createLockBench();
    await it.say('lock foo prod 2h migration');
    const refused = await it.say('lock foo prod 1h mine', 'UBOB');
    expect(wordsOf(refused.reply)).toContain('is locked by @UANN');
    const taken = await it.pressRun(refused, 'Take the lock', 'urgent', 'UBOB');
    expect(wordsOf(taken.reply)).toContain('foo prod is locked until 2026-01-01 01:00 UTC by @UBOB: mine');
  });

  it('unlocks for good where that was asked for', async () => {
    const it = await createLockBench();
    await it.say('lock foo prod 2h migration');
    await it.pressRun(await it.say('unlock foo prod', 'UBOB'), 'Take the lock', 'she is ill', 'UBOB');
    expect(wordsOf((await it.say('locks')).reply)).toBe('Nothing is locked.');
  });
});

describe('a plan', () => {
  it('is refused at its confirmation where somebody locked meanwhile, and shown anew where its own lock changed', async () => {
    const it = await createLockBench();
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
    const it = await createLockBench();
    const id = await startIn(it, 'deploy foo prod 2.0');
    await it.say('lock foo prod 1h migration', 'UBOB');
    expect((await it.drive(id, 10 * minuteMs)).status).toBe('NOT_STARTED');
    expect(plainText((await it.live(id))?.headline ?? '')).toBe(
      'Deploy foo 2.0 to prod · waiting: locked by @UBOB since 2026-01-01 00:00 UTC until 2026-01-01 01:00 UTC: migration',
    );
    expect((await it.drive(id, 2 * hourMs)).status).toBe('SUCCEEDED');
    expect(it.clock.now()).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 1, 1));
  });

  it('keeps nothing from the holder: neither its turn nor its cluster', async () => {
    const it = await createLockBench(undefined, undefined, undefined, [], {
      limitConcurrent: true,
      keepWaitingPipelines: true,
    });
    const id = await startIn(it, 'deploy foo prod 2.0');
    await it.say('lock foo prod 1h migration', 'UBOB');
    await it.drive(id, minuteMs);
    const other = await startIn(it, 'deploy foo prod 3.0', 'UBOB');
    expect((await it.drive(other, 30 * minuteMs)).status).toBe('SUCCEEDED');
    expect((await it.execution(id)).status).toBe('NOT_STARTED');
  });

  it('starts when the lock is lifted, and gives up when it is canceled', async () => {
    const it = await createLockBench();
    const id = await startIn(it, 'deploy foo prod 2.0');
    await it.say('lock foo prod 5h migration', 'UBOB');
    await it.drive(id, minuteMs);
    await it.say('unlock foo prod', 'UBOB');
    expect((await it.drive(id, hourMs)).status).toBe('SUCCEEDED');
    const second = await startIn(it, 'deploy foo prod 3.0');
    await it.say('lock foo prod 5h migration', 'UBOB');
    await it.drive(second, minuteMs);
    await it.choose(second, 'cancelExecution');
    expect((await it.drive(second, 1000)).status).toBe('CANCELED');
  });

  it('is not begun anew by a retry either', async () => {
    const it = await createLockBench();
    const id = await startIn(it, 'deploy foo prod sick');
    expect((await it.drive(id, 3 * hourMs)).status).toBe('TERMINAL');
    await it.say('lock foo prod 5h migration', 'UBOB');
    const { reply } = await it.choose(id, 'retryStage', { stageId: '1' });
    expect(wordsOf(reply)).toContain('No: locked by @UBOB');
    expect((await it.execution(id)).status).toBe('TERMINAL');
  });
});

describe('a rollback', () => {
  async function rolledBack(user = 'UANN') {
    const it = await createLockBench();
    for (const location of [east, west])
      it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    const id = await startIn(it, 'rollback foo prod v000', user);
    return { it, id };
  }

  it('goes through under the lock of another, whose plan says so', async () => {
    const it = await createLockBench();
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

describe('a rollback under the lock of another', () => {
  /** Ann holds the lock and waits with v3 while Bob rolls back. */
  async function rolledBack(lockedFor: string) {
    const it = await createLockBench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    await it.say(`lock foo dev ${lockedFor} migration`);
    const id = await startIn(it, 'rollback foo dev v000', 'UBOB');
    await it.drive(id, 1);
    const queued = await startIn(it, 'deploy foo dev 3.0');
    await it.drive(queued, 1);
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
    await it.settle();
    return { it, queued };
  }

  it('holds back what the holder had asked for before, says why, and not what they ask for afterwards', async () => {
    const { it, queued } = await rolledBack('5h');
    expect((await it.drive(queued, 10 * minuteMs)).status).toBe('NOT_STARTED');
    expect(plainText((await it.live(queued))?.headline ?? '')).toMatch(
      /waiting: locked by @UANN since .*: migration; it was asked for before the rollback by @UBOB 2026-01-01 .*, so it waits/,
    );
    const threads = (await it.store.list(messageKind)).map(({ document }) => wordsOf(document.view));
    expect(threads.join('\n')).toContain('What was asked for before this rollback waits for that too');
    await it.say('lock foo dev 6h migration, part two');
    expect((await it.drive(queued, 10 * minuteMs)).status).toBe('NOT_STARTED');
    await it.choose(queued, 'cancelExecution');
    await it.drive(queued, 1000);
    const wanted = await startIn(it, 'deploy foo dev 4.0');
    expect((await it.drive(wanted)).status).toBe('SUCCEEDED');
  });

  it('lets all of it go on when the holder unlocks', async () => {
    const { it, queued } = await rolledBack('5h');
    await it.drive(queued, minuteMs);
    await it.say('unlock foo dev');
    expect((await it.drive(queued)).status).toBe('SUCCEEDED');
  });

  it('is followed by its own lock where that would end later', async () => {
    const { it, queued } = await rolledBack('30m');
    await it.clock.advance(40 * minuteMs);
    await it.settle();
    expect(wordsOf((await it.say('locks')).reply)).toMatch(/foo dev · @UBOB · .* · Roll back foo dev to /);
    expect((await it.drive(queued, 10 * minuteMs)).status).toBe('NOT_STARTED');
    expect(await it.audited('foo', 'background')).toEqual([
      ['lock', 'coxswain', expect.stringContaining('Roll back foo dev')],
      ['expired', 'coxswain', 'migration'],
    ]);
    await it.clock.advance(2 * hourMs);
    await it.settle();
    expect(wordsOf((await it.say('locks')).reply)).toBe('Nothing is locked.');
    expect((await it.drive(queued)).status).toBe('SUCCEEDED');
  });
});

describe('a rollback by who holds a lock for longer', () => {
  it('keeps its end and its reason', async () => {
    const it = await createLockBench();
    for (const location of [east, west])
      it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    await it.say('lock foo prod 2d migration');
    const id = await startIn(it, 'rollback foo prod v000');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
    expect(wordsOf((await it.say('locks')).reply)).toContain('migration; Roll back foo prod');
    await it.clock.advance(3 * hourMs);
    expect(wordsOf((await it.say('deploy foo prod 2.0', 'UBOB')).reply)).toContain('is locked by @UANN');
  });
});

it('all of it stands in the help', async () => {
  const it = await createLockBench();
  const help = wordsOf((await it.say('help')).reply);
  for (const verb of ['lock', 'unlock', 'locks', 'stop']) expect(help).toContain(`/cox ${verb}`);
});
