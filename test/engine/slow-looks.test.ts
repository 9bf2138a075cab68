import { advance } from '../../src/engine/advance';
import type { StageDefinition } from '../../src/engine/contracts/stage';
import type { TaskLook, TaskResult } from '../../src/engine/contracts/task';
import { executionKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { createEmbeddedWake } from '../../src/queue/embedded-wake';
import {
  buildEngine,
  buildPipeline,
  buildRegistry,
  runPipeline,
  scriptedTask,
  stageOf,
  type Step,
} from '../support/engine-kit';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { sendSignal } from '../support/send-signal';

type Type = Pick<StageDefinition<undefined>, 'type'> & Partial<StageDefinition<undefined>>;

const quick = (type: string, retryAfterMs: number, looks: number): Type => ({
  type,
  tasks: [
    scriptedTask('t', [
      ...Array.from({ length: looks - 1 }, (_, n) => ({ status: 'RUNNING' as const, retryAfterMs, context: { n } })),
      { status: 'SUCCEEDED' },
    ]),
  ],
});

/** A pipeline of these steps, claimed and advanced on virtual time; `hang` begins looks that end by their abort only. */
async function bench(steps: readonly Step[]) {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const begun: number[] = [];
  const run = ({ now, signal }: TaskLook<undefined>) => {
    begun.push(now);
    return new Promise<TaskResult>((resolve) => {
      const ended = { status: 'RUNNING', retryAfterMs: 2000, context: { lastError: 'slow' } } as const;
      signal.addEventListener('abort', () => resolve(ended));
    });
  };
  const hang: Type = { type: 'hang', tasks: [{ ...scriptedTask<undefined>('t', []), run }] };
  const registry = buildRegistry<undefined>([hang, quick('twice', 500, 2), quick('often', 100, 30)]);
  const engine = buildEngine({ store, clock, registry, services: undefined });
  const wake = createEmbeddedWake({
    store,
    clock,
    kinds: [executionKind],
    owner: 'O',
    onError: (error) => expect(error).toBeUndefined(),
  });
  await store.create(executionKind, 'E1', buildPipeline(steps), { due: clock.now() });
  wake.start({ execution: (claimed, owner) => advance(engine, claimed.document as Execution, owner) });
  const startedAt = clock.now();
  await clock.advance(0);
  return {
    clock,
    store,
    wake,
    begun: () => begun.map((at) => at - startedAt),
    read: async () => (await store.get(executionKind, 'E1'))!.document,
  };
}

it.each([
  [0, 500],
  [20_000, 20_000],
  [300, 500],
  ['20000', 500],
])(
  'a backoffPeriodMs of %s is the least time between two looks, and a text none',
  async (backoffPeriodMs, expected) => {
    const looks: number[] = [];
    const clock = createManualClock();
    const store = createMemoryStore(() => clock.now());
    const polling: Type = {
      type: 'polling',
      tasks: [
        {
          ...scriptedTask<undefined>('t', []),
          run: ({ now, memo }) => {
            looks.push(now);
            const intent = { status: 'RUNNING', retryAfterMs: 0, memo: { sent: true } } as const;
            if (memo === undefined) return Promise.resolve(intent);
            return Promise.resolve(
              looks.length < 4
                ? { status: 'RUNNING', retryAfterMs: 500, context: { n: looks.length } }
                : { status: 'SUCCEEDED' },
            );
          },
        },
      ],
    };
    const engine = {
      ...buildEngine({ store, clock, registry: buildRegistry<undefined>([polling]), services: undefined }),
      clock,
    };
    await runPipeline(engine, buildPipeline([{ ref: '1', type: 'polling', context: { backoffPeriodMs } }]));
    const between = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
    expect(between).toEqual([0, expected, expected]);
  },
);

const beside = (type: string): readonly Step[] => [
  { ref: '1', type: 'hang' },
  { ref: '2', type },
  { ref: '3', type: 'twice', after: ['2'] },
];

describe('a look that does not end', () => {
  it('holds up its own part of the execution only', async () => {
    const it = await bench(beside('twice'));
    await it.clock.advance(3000);
    expect(stageOf(await it.read(), '3').status).toBe('SUCCEEDED');
    expect(it.begun()).toEqual([0]);
  });

  it('runs once at a time, ends with its step and comes again', async () => {
    const it = await bench(beside('often'));
    await it.clock.advance(16_000);
    expect(it.begun()).toEqual([0, 7000, 14_000]);
    expect(stageOf(await it.read(), '1').tasks[0]).toMatchObject({ status: 'RUNNING' });
    expect(stageOf(await it.read(), '3').status).toBe('SUCCEEDED');
  });

  it('does not keep a signal waiting', async () => {
    const it = await bench([{ ref: '1', type: 'hang' }]);
    await it.clock.advance(1000);
    await sendSignal(it, { type: 'cancel', user: 'UANN' });
    it.wake.hint();
    await it.clock.advance(0);
    await it.clock.advance(500);
    expect((await it.read()).status).toBe('CANCELED');
    await it.clock.advance(20_000);
    expect(it.begun()).toEqual([0]);
    expect(await it.store.nextDue(['execution'], it.clock.now())).toBeUndefined();
  });
});
