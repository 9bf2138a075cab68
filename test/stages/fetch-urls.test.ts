import { CoxswainError } from '../../src/model/errors';
import { plainText } from '../../src/model/text';
import { advance } from '../../src/engine/advance';
import { executionKind } from '../../src/engine/document-kinds';
import { applySignal, type Signal } from '../../src/engine/signals';
import type { Execution, StageContext } from '../../src/model/execution';
import { createCrashPoints } from '../support/crash-points';
import { createExpressionBench, writtenPipeline, type Pages } from '../support/expression-kit';
import { drive, stageOf, statuses, type Step } from '../support/engine-kit';

const page = 'https://config.example.com/';
const url = (name: string) => `${page}${name}`;
const steps = (context: StageContext): readonly Step[] => [{ ref: '1', type: 'probe', context }];
const seenBy = (execution: Execution, id = '1') => stageOf(execution, id).outputs.seen as StageContext;

const run = (context: StageContext, pages: Pages) =>
  createExpressionBench({ pages }).run(writtenPipeline(steps(context)));
const unreachable = new CoxswainError('UNREACHABLE', { message: 'config.example.com refused the connection.' });

/** A bench whose execution stands still at some moment, to be changed by a signal and driven on. */
async function startUntil(bench: ReturnType<typeof createExpressionBench>, execution: Execution, maxMs: number) {
  await bench.run(execution, maxMs);
  const handle = (loaded: Execution, owner: string) => advance(bench.engine, loaded, owner);
  return {
    signal: (signal: Signal) =>
      bench.store.update(executionKind, execution.id, (now) => applySignal(now, signal, bench.clock.now()).execution, {
        due: () => bench.clock.now(),
      }),
    goOn: () => drive({ store: bench.store, clock: bench.clock, id: execution.id, handle }),
  };
}

describe('expressions that need something from a URL', () => {
  it('wait until it is fetched, and use it', async () => {
    const pages = { [url('a.json')]: '{"size": 4}', [url('b.txt')]: 'hello' };
    const done = await run(
      { size: `\${#jsonFromUrl("${url('a.json')}").size}`, text: `say \${#fromUrl("${url('b.txt')}")}` },
      pages,
    );
    expect(seenBy(done)).toEqual({ size: 4, text: 'say hello' });
    expect(statuses(done)).toEqual(['1 SUCCEEDED', '1?0 SUCCEEDED']);
    expect(stageOf(done, '1?0').name).toBe('Fetch from config.example.com');
  });

  it('use text that looks like an expression as the text it is', async () => {
    const done = await run({ a: `\${#fromUrl("${url('x')}")}` }, { [url('x')]: '${application}' });
    expect(seenBy(done).a).toBe('${application}');
  });

  it('fetch each URL once, however many fields want it, and again for another attempt only', async () => {
    const bench = createExpressionBench({ pages: { [url('x')]: 'v' } });
    const text = `\${#fromUrl("${url('x')}")}`;
    await bench.run(writtenPipeline(steps({ a: text, b: [text, text] })));
    expect([...bench.asked]).toEqual([[url('x'), 1]]);
  });

  it('follow one another: what one said may name the next', async () => {
    const pages = { [url('0')]: url('1'), [url('1')]: url('2'), [url('2')]: 'end' };
    const done = await run({ a: `\${#fromUrl(#fromUrl(#fromUrl("${url('0')}")))}` }, pages);
    expect(seenBy(done).a).toBe('end');
    expect(statuses(done)).toHaveLength(4);
  });

  it('keep times and random values while they wait', async () => {
    const pages = { [url('slow')]: (asked: number) => (asked < 3 ? fail() : 'there') };
    const bench = createExpressionBench({ pages });
    const began = bench.clock.now();
    const done = await bench.run(
      writtenPipeline(steps({ a: `\${#fromUrl("${url('slow')}")} \${new java.util.Date().getTime()}` })),
    );
    expect(seenBy(done).a).toBe(`there ${began}`);
    expect((done.endTime ?? 0) - began).toBeGreaterThanOrEqual(6000);
  });

  it('leave nothing of what was fetched in the execution but the values', async () => {
    const big = `{"secretly": "${'x'.repeat(50_000)}", "want": 1}`;
    const done = await run({ a: `\${#jsonFromUrl("${url('big')}").want}` }, { [url('big')]: big });
    expect(seenBy(done).a).toBe(1);
    expect(JSON.stringify(done)).not.toContain('secretly');
  });

  it('give up after five rounds', async () => {
    const pages = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [url(String(index)), url(String(index + 1))]),
    );
    const nested = Array.from({ length: 7 }).reduce<string>((inner) => `#fromUrl(${inner})`, `"${url('0')}"`);
    const done = await run({ a: `\${${nested}}` }, pages);
    expect(stageOf(done, '1').failure?.message).toContain('it is known only after 5 rounds of fetching');
    expect(statuses(done)).toEqual(['1 TERMINAL', ...[0, 1, 2, 3, 4].map((index) => `1?${index} SUCCEEDED`)]);
  });

  it('ask for 20 URLs at most', async () => {
    const bench = createExpressionBench({ pages: Object.fromEntries(numbered(30).map((name) => [url(name), 'x'])) });
    const done = await bench.run(
      writtenPipeline(steps({ list: numbered(30).map((name) => `\${#fromUrl("${url(name)}")}`) })),
    );
    expect(bench.asked.size).toBe(20);
    expect(stageOf(done, '1').failure?.message).toContain('no more than 20 URLs');
  });

  it('hold 150,000 bytes at most', async () => {
    const pages = Object.fromEntries(numbered(3).map((name) => [url(name), 'x'.repeat(60_000)]));
    const done = await run({ list: numbered(3).map((name) => `\${#fromUrl("${url(name)}").length()}`) }, pages);
    expect(stageOf(done, '1').failure?.message).toContain('150,000 bytes at most');
  });
});

describe('many stages that fetch a lot at the same time', () => {
  it('take turns, and none fails for what the others hold', async () => {
    const pages = Object.fromEntries(numbered(8).map((name) => [url(name), 'x'.repeat(140_000)]));
    const bench = createExpressionBench({ pages });
    const done = await bench.run(
      writtenPipeline(
        numbered(8).map((name) => ({
          ref: String(Number(name) + 1),
          type: 'probe',
          context: { size: `\${#fromUrl("${url(name)}").length()}` },
        })),
      ),
    );
    expect(done.status).toBe('SUCCEEDED');
    expect(numbered(8).map((name) => seenBy(done, String(Number(name) + 1)).size)).toEqual(
      numbered(8).map(() => 140_000),
    );
  });

  it('end also where they cannot all be kept', async () => {
    const pages = Object.fromEntries(numbered(3).map((name) => [url(name), '€'.repeat(140_000)]));
    const done = await createExpressionBench({ pages: { ...pages, [url('down')]: unreachable } }).run(
      writtenPipeline(
        numbered(3).map((name) => ({
          ref: String(Number(name) + 1),
          type: 'probe',
          context: { list: [`\${#fromUrl("${url(name)}").length()}`, `\${#fromUrl("${url('down')}")}`] },
        })),
      ),
    );
    expect(done.status).toBe('TERMINAL');
  });
});

describe('waiting for a turn to fetch', () => {
  it('holds up nothing that fetches nothing', async () => {
    const dead = numbered(6).map((name): Step => ({
      ref: String(Number(name) + 1),
      type: 'probe',
      context: { a: `\${#fromUrl("${url('down')}")}`, failPipeline: false },
    }));
    const bench = createExpressionBench({ pages: { [url('down')]: unreachable } });
    const began = bench.clock.now();
    const done = await bench.run(writtenPipeline([...dead, { ref: '9', type: 'probe', context: { b: '${1 + 1}' } }]));
    expect(stageOf(done, '9').endTime).toBe(began);
    expect(dead.map(({ ref }) => stageOf(done, ref).status)).toEqual(dead.map(() => 'STOPPED'));
  });

  it('ends also when what was before the others is tried again meanwhile', async () => {
    const text = `\${#fromUrl("${url('down')}")}`;
    const kit = createExpressionBench({ pages: { [url('down')]: (asked) => (asked < 9 ? fail() : 'late') } });
    const after = ['2', '3', '4'].map((ref): Step => ({ ref, type: 'probe', after: ['1'], context: { a: text } }));
    const { signal, goOn } = await startUntil(kit, writtenPipeline([{ ref: '1', type: 'probe' }, ...after]), 3000);
    await signal({ type: 'retryStage', stageId: '1', user: 'U0BOB' });
    const done = await goOn();
    expect(done.status).toBe('SUCCEEDED');
    expect(stageOf(done, '1').attempt).toBe(2);
  });
});

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const fail = (): never => {
  throw unreachable;
};

describe('a URL that does not answer', () => {
  it('is asked again for 30 s, and is an error of its expression then', async () => {
    const bench = createExpressionBench({ pages: { [url('down')]: unreachable, [url('up')]: 'fine' } });
    const done = await bench.run(
      writtenPipeline(steps({ a: `\${#fromUrl("${url('down')}")}`, b: `\${#fromUrl("${url('up')}")}` })),
    );
    expect(stageOf(done, '1').failure?.message).toContain('refused the connection');
    expect((done.endTime ?? 0) - (done.startTime ?? 0)).toBeLessThan(40_000);
    expect(bench.asked.get(url('down'))).toBeGreaterThan(10);
    expect(bench.asked.get(url('up'))).toBe(1);
  });

  it('says so while it is asked', async () => {
    const bench = createExpressionBench({ pages: { [url('down')]: unreachable } });
    const execution = await bench.run(writtenPipeline(steps({ a: `\${#fromUrl("${url('down')}")}` })), 5000);
    const shown = bench.engine.render
      .live(execution)
      .steps?.map(({ name, state, detail }) => `${name} ${state} ${plainText(detail ?? '')}`);
    expect(shown?.[1]).toBe(
      `Fetch from config.example.com running config.example.com does not answer; it is asked again`,
    );
  });

  it('is not asked again where that cannot help', async () => {
    const refused = new CoxswainError('NOT_ALLOWED', { message: 'Only listed hosts can be fetched from.' });
    const bench = createExpressionBench({ pages: { [url('no')]: refused } });
    const done = await bench.run(writtenPipeline(steps({ a: `\${#fromUrl("${url('no')}")}` })));
    expect(bench.asked.get(url('no'))).toBe(1);
    expect(stageOf(done, '1').failure?.message).toContain('Only listed hosts');
  });

  it('leaves the text where the stage does not mind', async () => {
    const refused = new CoxswainError('NOT_FOUND', { message: 'There is no such page.' });
    const text = `\${#fromUrl("${url('no')}")}`;
    const done = await run({ a: text, failOnFailedExpressions: false }, { [url('no')]: refused });
    expect(seenBy(done).a).toBe(text);
    const { steps: shown } = createExpressionBench().engine.render.live(done);
    expect(plainText(shown?.[1]?.detail ?? '')).toBe('1 of 1 could not be fetched');
  });
});

describe('while something is fetched', () => {
  const waiting = (extra: readonly Step[] = []): Execution =>
    writtenPipeline([...steps({ a: `\${#fromUrl("${url('down')}")}` }), ...extra]);
  const bench = () => createExpressionBench({ pages: { [url('down')]: (asked) => (asked < 5 ? fail() : 'late') } });

  it('the stage has not started: a condition that needs it neither', async () => {
    const execution = writtenPipeline(
      steps({ stageEnabled: { type: 'expression', expression: `#fromUrl("${url('down')}") == "late"` }, b: 1 }),
    );
    const paused = bench();
    const { goOn } = await startUntil(paused, execution, 3000);
    const before = (await paused.store.get(executionKind, execution.id))?.document;
    expect(before && statuses(before)).toEqual(['1 NOT_STARTED', '1?0 RUNNING']);
    expect(statuses(await goOn())).toEqual(['1 SUCCEEDED', '1?0 SUCCEEDED']);
  });

  it('a cancel ends it, and nothing starts', async () => {
    const { signal, goOn } = await startUntil(bench(), waiting(), 3000);
    await signal({ type: 'cancel', user: 'U0BOB' });
    const done = await goOn();
    expect(done.status).toBe('CANCELED');
    expect(statuses(done)).toEqual(['1 NOT_STARTED', '1?0 CANCELED']);
  });

  it('a failure of another branch ends it', async () => {
    const done = await bench().run(waiting([{ ref: '2', type: 'probe', context: { bad: '${nope}' } }]));
    expect(done.status).toBe('TERMINAL');
    expect(statuses(done)).toEqual(['1 NOT_STARTED', '2 TERMINAL', '1?0 CANCELED']);
  });

  it('a failure of another branch that goes back first ends it too', async () => {
    const done = await bench().run(
      waiting([
        { ref: '2', type: 'wait', context: { waitTime: 1000 } },
        { ref: '3', type: 'probe', context: { bad: '${nope}' } },
      ]),
    );
    expect(statuses(done)).toEqual(['1 NOT_STARTED', '2 CANCELED', '3 TERMINAL', '1?0 CANCELED']);
  });

  it('a retry of what failed fetches anew, also for a branch that was cut short', async () => {
    const pages: Pages = {
      [url('size')]: (asked) => (asked === 0 ? 'none' : '4'),
      [url('down')]: (asked) => (asked < 5 ? fail() : 'late'),
    };
    const kit = createExpressionBench({ pages });
    const execution = waiting([
      { ref: '2', type: 'probe', context: { size: `\${#toInt(#fromUrl("${url('size')}"))}` } },
    ]);
    const { signal, goOn } = await startUntil(kit, execution, 60_000);
    const failed = (await kit.store.get(executionKind, execution.id))?.document;
    expect(failed && statuses(failed)).toEqual(['1 NOT_STARTED', '2 TERMINAL', '1?0 CANCELED', '2?0 SUCCEEDED']);
    expect([...kit.asked]).toEqual([
      [url('down'), 1],
      [url('size'), 1],
    ]);
    await signal({ type: 'retryStage', stageId: '2', user: 'U0BOB' });
    const done = await goOn();
    expect([...statuses(done)].sort()).toEqual(['1 SUCCEEDED', '1?0 SUCCEEDED', '2 SUCCEEDED', '2?0 SUCCEEDED']);
    expect([seenBy(done, '1').a, seenBy(done, '2').size]).toEqual(['late', 4]);
    expect([...kit.asked]).toEqual([
      [url('down'), 6],
      [url('size'), 2],
    ]);
  });

  it('a pause holds the stage back until it is resumed', async () => {
    const { signal, goOn } = await startUntil(bench(), waiting(), 3000);
    await signal({ type: 'pause', user: 'U0BOB' });
    expect(statuses(await goOn())).toEqual(['1 NOT_STARTED', '1?0 RUNNING']);
    await signal({ type: 'resume', user: 'U0BOB' });
    expect(statuses(await goOn())).toEqual(['1 SUCCEEDED', '1?0 SUCCEEDED']);
  });

  it('a pause does not count as time that a server had', async () => {
    const kit = bench();
    const { signal, goOn } = await startUntil(kit, waiting(), 3000);
    await signal({ type: 'pause', user: 'U0BOB' });
    await kit.clock.advance(3_600_000);
    await signal({ type: 'resume', user: 'U0BOB' });
    expect(seenBy(await goOn()).a).toBe('late');
  });

  it('a judgment is not asked yet', async () => {
    const judgment: Step = {
      ref: '1',
      type: 'manualJudgment',
      context: { instructions: `\${#fromUrl("${url('down')}")}?` },
    };
    const kit = bench();
    const execution = writtenPipeline([judgment], { report: { teamId: 'T1', channel: 'foo' } });
    await kit.run(execution, 3000);
    const names = (one: Execution) => kit.engine.render.live(one).choices?.map(({ name }) => name);
    const early = (await kit.store.get(executionKind, execution.id))?.document;
    expect(early && names(early)).toEqual(['pause', 'cancelExecution']);
    const handle = (loaded: Execution, owner: string) => advance(kit.engine, loaded, owner);
    const late = await drive({ store: kit.store, clock: kit.clock, id: execution.id, handle, maxMs: 60_000 });
    expect(names(late)).toEqual(['approve', 'reject', 'pause', 'cancelExecution']);
    expect(stageOf(late, '1').context.instructions).toBe('late?');
  });
});

describe('a crash while something is fetched', () => {
  it('at any write changes nothing in the end', async () => {
    const context = { a: `\${#fromUrl(#fromUrl("${url('0')}"))}`, b: '${environment}' };
    const pages = { [url('0')]: url('1'), [url('1')]: 'end' };
    const runWith = async (points: readonly number[]) => {
      const crashes = createCrashPoints(new Set(points));
      const bench = createExpressionBench({ pages, wrap: crashes.wrap });
      const execution = writtenPipeline(steps(context));
      await bench.store.create(executionKind, execution.id, execution, { due: bench.clock.now() });
      const handle = (loaded: Execution, owner: string) => {
        crashes.boot();
        return advance(bench.engine, loaded, owner);
      };
      const done = await drive({ store: bench.store, clock: bench.clock, id: execution.id, handle });
      return { done: [statuses(done), seenBy(done)], passed: crashes.passed() };
    };
    const whole = await runWith([]);
    expect(whole.done[1]).toEqual({ a: 'end', b: 'prod' });
    expect(whole.passed).toBeGreaterThan(4);
    for (let point = 1; point <= whole.passed; point += 1) {
      expect((await runWith([point])).done).toEqual(whole.done);
    }
  });
});
