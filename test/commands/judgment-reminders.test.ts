import { createCrashPoints } from '../support/crash-points';
import { drive } from '../support/engine-kit';
import { wordsOf } from '../support/command-kit';
import { createJudgmentBench, keepIt, type JudgmentBench, type JudgmentBenchOptions } from '../support/judgment-kit';
import type { Execution } from '../../src/model/execution';

const minuteMs = 60_000;
const timeoutMs = 100 * minuteMs;
const hundredMinutes = { stages: keepIt({ stageTimeoutMs: timeoutMs }) };

/** What has been told beside the question: in the thread, and to whom by themselves. */
async function told(bench: JudgmentBench) {
  const all = await bench.messages();
  const direct = all.filter((message) => message.id.includes('/everybody/'));
  return {
    thread: all.filter((message) => message.id.endsWith('/reminder')).map(({ view }) => wordsOf(view)),
    people: direct.map(({ target }) => (target.kind === 'direct' ? target.user : '')),
    texts: direct.map(({ view }) => wordsOf(view)),
  };
}

async function asked(options: JudgmentBenchOptions = {}) {
  const bench = await createJudgmentBench({ ...hundredMinutes, ...options });
  const id = await bench.started();
  const { startTime = 0 } = await bench.stage(id);
  /** Lets time pass until so many minutes after the beginning of the judgment. */
  const until = (minutes: number) => bench.drive(id, startTime + minutes * minuteMs - bench.clock.now());
  return { bench, id, until, startTime };
}

const utc = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

describe('an open judgment', () => {
  it('is told once in the thread at half of its time, with its end and who decides', async () => {
    const { bench, until, startTime } = await asked();
    await until(49);
    expect(await told(bench)).toEqual({ thread: [], people: [], texts: [] });
    await until(51);
    const { thread, people } = await told(bench);
    expect(people).toEqual([]);
    expect(thread).toEqual([
      [
        'Deploy foo 1.1 to prod: Keep it? still waits for a decision',
        `Decide by: ${utc(startTime + timeoutMs)}, in 50 min`,
        'Who decides: @managers, not who asked',
      ].join('\n'),
    ]);
    await until(89);
    expect((await told(bench)).thread).toEqual(thread);
    const [reminder] = (await bench.messages()).filter((message) => message.id.endsWith('/reminder'));
    expect(reminder).toMatchObject({ revision: 1, target: { kind: 'thread', broadcast: false } });
  });

  it('is told once, shortly before its end, to each who may decide, with the end and the buttons', async () => {
    const { bench, id, until, startTime } = await asked({ managers: ['UBOB', 'UCID', 'UANN'] });
    await until(89);
    expect((await told(bench)).people).toEqual([]);
    await until(91);
    const { thread, people, texts } = await told(bench);
    expect(thread).toHaveLength(1);
    expect(people).toEqual(['UBOB', 'UCID']);
    for (const text of texts) {
      expect(text).toContain('Its time is nearly over: without a decision it fails.');
      expect(text).toContain(`Decide by: ${utc(startTime + timeoutMs)}, in 10 min`);
    }
    expect(await bench.buttons(id)).toMatchObject({ UBOB: 'approve,reject', UCID: 'approve,reject' });
    await until(99);
    expect(
      (await bench.messages()).filter(({ copyOf }) => copyOf !== undefined).map(({ revision }) => revision),
    ).toEqual([1, 1]);
    await bench.decide(id, 'UBOB');
    await bench.drive(id);
    expect(await bench.buttons(id)).toEqual({ channel: '', live: '', UBOB: '', UCID: '' });
  });

  it('reminds those too who have a copy already, and both copies lose their buttons', async () => {
    const { bench, id, until } = await asked({ subscribers: ['UBOB'], managers: ['UBOB'] });
    await until(91);
    const copies = async () => (await bench.messages()).filter(({ copyOf }) => copyOf !== undefined);
    expect((await copies()).map(({ revision, target }) => [revision, target])).toEqual([
      [1, { kind: 'direct', user: 'UBOB' }],
      [1, { kind: 'direct', user: 'UBOB' }],
    ]);
    await bench.decide(id, 'UBOB');
    await bench.drive(id);
    expect((await copies()).flatMap(({ view }) => view.choices ?? [])).toEqual([]);
  });

  const managersOf = (count: number) => Array.from({ length: count }, (_one, index) => `UM${100 + index}`);
  const ofOthers = async (bench: JudgmentBench) =>
    (await bench.messages())
      .filter(({ id }) => id.endsWith('/others'))
      .map(({ target, view }) => [target, view] as const);

  it('is told of to each of many who may decide, and nobody else needs to be named', async () => {
    const { bench, until } = await asked({ managers: managersOf(30) });
    await until(91);
    expect((await told(bench)).people).toEqual(managersOf(30));
    expect(await ofOthers(bench)).toEqual([]);
  });

  it('is told of to 200 people at most, and then their group is named in the thread, which says so', async () => {
    const { bench, id, until } = await asked({ managers: managersOf(203) });
    await until(91);
    expect((await told(bench)).people).toEqual(managersOf(200));
    const [[target, view] = [], ...more] = await ofOthers(bench);
    expect(more).toEqual([]);
    expect(target).toEqual({ kind: 'thread', parentId: `${id}/live`, broadcast: false });
    expect(wordsOf(view)).toContain('3 more people may decide than were told by themselves.');
    expect(wordsOf(view)).toContain('Who decides: @managers, not who asked');
    await bench.decide(id, 'UM299');
    await bench.drive(id);
    const copies = (await bench.messages()).filter(({ copyOf }) => copyOf !== undefined);
    expect(copies).toHaveLength(200);
    expect(copies.flatMap(({ view: { choices } }) => choices ?? [])).toEqual([]);
  });

  it('is told of to nobody by themselves where anyone may decide', async () => {
    const { bench, until } = await asked({ approvers: { groups: [], anyone: true } });
    await until(91);
    const { thread, people } = await told(bench);
    expect([thread.length, people]).toEqual([1, []]);
  });

  it.each([
    ['who asked by another account', { emails: { UANN: 'ann@example.com', UBOB: 'Ann+ops@example.com' } }],
    ['bots', { kinds: { UBOB: 'bot' } }],
  ] as const)('is told of to nobody who may not decide: %s', async (_which, over) => {
    const { bench, until } = await asked({ managers: ['UBOB', 'UCID'], subscribers: ['UBOB'], ...over });
    await until(91);
    expect((await told(bench)).people).toEqual(['UCID']);
    expect((await bench.messages()).filter(({ target }) => target.kind === 'direct' && target.user === 'UBOB')).toEqual(
      [],
    );
  });

  it.each([
    ['decided', 'approve'],
    ['rejected', 'reject'],
  ] as const)('is told of no more once it is %s', async (_which, name) => {
    const { bench, id, until } = await asked();
    await until(10);
    await bench.decide(id, 'UBOB', name, name === 'reject' ? 'no' : undefined);
    await until(101);
    expect(await told(bench)).toEqual({ thread: [], people: [], texts: [] });
  });

  it('is told of in both ways at once where nobody looked in between', async () => {
    const { bench, until } = await asked();
    await bench.clock.advance(95 * minuteMs);
    await until(96);
    const { thread, people } = await told(bench);
    expect([thread.length, people.length]).toEqual([1, 3]);
  });

  it('is told of again where it is asked again', async () => {
    const { bench, id } = await asked();
    await bench.drive(id, 2 * timeoutMs);
    const first = await told(bench);
    expect([first.thread.length, first.people.length]).toEqual([1, 3]);
    await bench.choose(id, 'retryStage', { stageId: '1' });
    await bench.drive(id, 2 * timeoutMs);
    const second = await told(bench);
    expect([second.thread.length, second.people.length]).toEqual([2, 6]);
  });
});

describe('an open judgment of an execution that was paused', () => {
  it.each([
    [10, 1000, 49, [0, 0]],
    [10, 1000, 51, [1, 0]],
    [10, 1000, 91, [1, 3]],
    [60, 1000, 61, [1, 0]],
    [60, 1000, 89, [1, 0]],
    [60, 1000, 91, [1, 3]],
    [95, 1000, 96, [1, 3]],
  ] as const)(
    'after %d min for %d min, %d min of its own time in: so many reminders are right',
    async (pausedAt, pausedFor, seenAt, counts) => {
      const { bench, id, until } = await asked();
      await until(pausedAt);
      await bench.choose(id, 'pause');
      const resumesAt = bench.clock.now() + pausedFor * minuteMs;
      await bench.drive(id, minuteMs);
      await bench.clock.advance(resumesAt - bench.clock.now());
      await bench.choose(id, 'resume');
      await until(seenAt + pausedFor);
      const { thread, people } = await told(bench);
      expect([thread.length, people.length]).toEqual(counts);
      expect((await bench.stored(id)).status).toBe('RUNNING');
    },
  );
});

describe('reminders while the process stops', () => {
  /** Runs a judgment to its end, or to its approval in the last minutes, with stops. */
  async function run(points: readonly number[]) {
    const crashes = createCrashPoints(new Set(points));
    const bench = await createJudgmentBench({
      ...hundredMinutes,
      wrap: crashes.wrap,
      subscribers: ['UBOB'],
      managers: ['UBOB', 'UCID'],
    });
    const { executionId: id = '' } = await bench.press(await bench.say('deploy foo prod 1.1'), 'confirm');
    const before = crashes.passed();
    const handle = async (loaded: Execution, owner: string) => {
      crashes.boot();
      await bench.handlers.execution({ kind: 'execution', id: loaded.id, version: 0, document: loaded }, owner);
    };
    const { store, clock } = bench;
    const done = await drive({ store, clock, id, handle, maxMs: 2 * timeoutMs });
    const copies = (await bench.messages()).filter(({ copyOf }) => copyOf !== undefined);
    const end = {
      status: done.status,
      ...(await told(bench)),
      copies: copies.map((message) => message.id),
      buttons: await bench.buttons(id),
    };
    return { end, before, passed: crashes.passed() };
  }

  it('are told once, whenever it stops', async () => {
    const whole = await run([]);
    expect(whole.end).toMatchObject({ status: 'TERMINAL', people: ['UBOB', 'UCID'] });
    expect(whole.end.thread).toHaveLength(1);
    expect(whole.end.copies).toHaveLength(3);
    expect(whole.passed - whole.before).toBeGreaterThan(20);
    for (let point = whole.before + 1; point <= whole.passed; point += 1) {
      const { end } = await run([point]);
      expect({ point, end }).toEqual({ point, end: whole.end });
    }
  });
});
