import { advance } from '../../src/engine/advance';
import { executionKind } from '../../src/engine/document-kinds';
import { applySignal } from '../../src/engine/signals';
import { isComplete } from '../../src/model/status';
import type { Execution } from '../../src/model/execution';
import type { CoxswainStage } from '../../src/services';
import { createExpressionBench, probe, writtenPipeline } from '../support/expression-kit';
import { drive, stageOf, statuses, type Step } from '../support/engine-kit';

const kb = (count: number) => 'x'.repeat(count * 1000);

/** Fails after it was seen to work, with a way back that holds so much. */
const failing = (wayBackKb: number): CoxswainStage => ({
  ...probe,
  type: 'failing',
  onFailure: () => [{ type: 'probe', name: 'clean up', context: { note: kb(wayBackKb) } }],
  tasks: [
    {
      name: 'fail',
      timeoutMs: 60_000,
      timeoutFromStage: false,
      run: ({ memo }) =>
        Promise.resolve(
          memo === undefined
            ? { status: 'RUNNING', retryAfterMs: 1000, memo: { begun: true } }
            : { status: 'TERMINAL', code: 'NOT_FOUND', reason: 'It failed.' },
        ),
    },
  ],
});

/** Puts out as much as its context says. */
const maker: CoxswainStage = {
  ...probe,
  type: 'maker',
  tasks: [
    {
      name: 'make',
      timeoutMs: 60_000,
      timeoutFromStage: false,
      run: ({ stage }) => Promise.resolve({ status: 'SUCCEEDED', outputs: { made: kb(Number(stage.context.kb)) } }),
    },
  ],
};

/** Has a way back that puts out so much. */
const undone = (putsOutKb: number): CoxswainStage => ({
  ...probe,
  type: 'undone',
  onCancel: () => [{ type: 'maker', name: 'go back', context: { kb: putsOutKb } }],
});

const whole: CoxswainStage = {
  ...probe,
  type: 'whole',
  tasks: [],
  before: () => [{ type: 'failing', name: 'part', context: {} }],
  onFailure: () => [{ type: 'probe', name: 'undo the whole', context: {} }],
};

/** Runs to its end, canceled after a while where the test wants that; a claim that leads nowhere fails the test. */
async function run(
  steps: readonly Step[],
  { types, heldKb, cancels }: { types: readonly CoxswainStage[]; heldKb: number; cancels?: boolean },
): Promise<{ readonly done: Execution; readonly claims: number }> {
  const bench = createExpressionBench({ types: [maker, ...types] });
  const trigger = { type: 'manual', user: 'U0ALICE', parameters: { held: kb(heldKb) }, correlationId: 'C1' } as const;
  const execution = writtenPipeline(steps, { trigger, report: { teamId: 'T1', channel: 'foo' } });
  await bench.store.create(executionKind, execution.id, execution, { due: bench.clock.now() });
  let claims = 0;
  const handle = (loaded: Execution, owner: string) => {
    claims += 1;
    if (claims > 300) throw new Error('It is claimed again and again.');
    return advance(bench.engine, loaded, owner);
  };
  const driving = { store: bench.store, clock: bench.clock, id: execution.id, handle };
  await drive({ ...driving, maxMs: 5000 });
  if (cancels === true) {
    const signal = { type: 'cancel', user: 'U0BOB', reason: 'x'.repeat(240) } as const;
    await bench.store.update(
      executionKind,
      execution.id,
      (current) => applySignal(current, signal, bench.clock.now()).execution,
      { due: () => bench.clock.now() },
    );
  }
  return { done: await drive({ ...driving, maxMs: 600_000 }), claims };
}

const sizes = [0, 700, 800, 840, 848, 852, 880, 930, 970, 985, 992, 996, 997];

describe('an execution that is nearly as large as can be kept', () => {
  it.each(sizes)('ends where a stage fails and its way back holds 20 KB: %i KB', async (heldKb) => {
    const { done, claims } = await run(
      [
        { ref: '1', type: 'failing' },
        { ref: '2', type: 'probe', after: ['1'] },
      ],
      { types: [failing(20)], heldKb },
    );
    expect([done.status, isComplete(stageOf(done, '1').status)]).toEqual(['TERMINAL', true]);
    expect(claims).toBeLessThan(60);
    if (heldKb < 800) expect(statuses(done)).toContain('1!0 SUCCEEDED');
  });

  it.each(sizes)('ends when it is canceled: %i KB', async (heldKb) => {
    const many = ['1', '2', '3', '4'].map((ref): Step => ({ ref, type: 'undone' }));
    const { done, claims } = await run([...many, { ref: '5', type: 'wait', context: { waitTime: 3000 } }], {
      types: [undone(4)],
      heldKb,
      cancels: true,
    });
    expect(['CANCELED', 'TERMINAL']).toContain(done.status);
    expect(claims).toBeLessThan(60);
    if (heldKb < 800) expect(statuses(done).filter((line) => line.includes('~0 SUCCEEDED'))).toHaveLength(4);
  });

  it('ends where the way back of a cancel puts out too much, and says so', async () => {
    const { done } = await run(
      [
        { ref: '1', type: 'undone' },
        { ref: '2', type: 'wait', context: { waitTime: 3000 } },
      ],
      { types: [undone(1100)], heldKb: 0, cancels: true },
    );
    expect(done.status).toBe('CANCELED');
    expect(stageOf(done, '1~0').failure?.code).toBe('DOCUMENT_TOO_LARGE');
  });

  it('ends where a way back alone is too large, and tells of both failures', async () => {
    const { done } = await run([{ ref: '1', type: 'failing' }], { types: [failing(1100)], heldKb: 0 });
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure?.message).toContain('It failed. The way back was not made: ');
  });

  it('goes back from the whole where the way back of a part does not fit', async () => {
    const { done } = await run([{ ref: '1', type: 'whole' }], { types: [whole, failing(1100)], heldKb: 0 });
    expect(statuses(done)).toEqual(['1 TERMINAL', '1<0 TERMINAL', '1!0 SUCCEEDED']);
  });

  it('names the stage that holds most', async () => {
    const { done } = await run(
      [
        { ref: '1', type: 'probe', name: 'hoarder', context: { outputs: { held: kb(400) } } },
        { ref: '2', type: 'probe', after: ['1'], context: { a: kb(300), outputs: { more: kb(200) } } },
      ],
      { types: [], heldKb: 0 },
    );
    expect(done.status).toBe('TERMINAL');
    expect(done.stages.flatMap(({ failure }) => failure?.message ?? []).join()).toMatch(
      /Stage '\w[\w ]*' holds most of it/,
    );
  });
});
