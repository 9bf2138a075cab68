import type { Execution } from '../../src/model/execution';
import type { StageDefinition } from '../../src/engine/contracts/stage';
import { executionKind } from '../../src/engine/document-kinds';
import {
  buildEngine,
  buildPipeline,
  buildRegistry,
  runPipeline,
  scriptedTask,
  statuses,
  stageOf,
  type Step,
} from '../support/engine-kit';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';

type Type = Pick<StageDefinition<undefined>, 'type'> & Partial<StageDefinition<undefined>>;

const broken = { status: 'TERMINAL', code: 'NOT_FOUND', reason: 'It broke.' } as const;
const ok: Type = { type: 'ok', tasks: [scriptedTask('t', [{ status: 'SUCCEEDED' }])] };
const bad: Type = { type: 'bad', tasks: [scriptedTask('t', [broken])] };
const slow: Type = { type: 'slow', tasks: [scriptedTask('t', [{ status: 'RUNNING', retryAfterMs: 1000 }])] };
const skip: Type = { type: 'skip', tasks: [scriptedTask('t', [{ status: 'SKIPPED', reason: 'no need' }])] };

async function run(steps: readonly Step[], types: readonly Type[] = [], maxMs = 600_000): Promise<Execution> {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const registry = buildRegistry<undefined>([ok, bad, slow, skip, ...types]);
  const engine = buildEngine({ store, clock, registry, services: undefined });
  return runPipeline({ ...engine, clock }, buildPipeline(steps), maxMs);
}

const plan = (type: string, name = type) => ({ type, name, context: {} });

describe('the order of a pipeline', () => {
  it('runs branches side by side and joins when all of them passed', async () => {
    const order: string[] = [];
    const traced: Type = {
      type: 'traced',
      tasks: [
        {
          ...scriptedTask<undefined>('t', []),
          run: ({ stage }) => {
            order.push(stage.id);
            return Promise.resolve({ status: 'SUCCEEDED' });
          },
        },
      ],
    };
    const done = await run(
      [
        { ref: '1', type: 'traced' },
        { ref: '2', type: 'traced', after: ['1'] },
        { ref: '3', type: 'skip', after: ['1'] },
        { ref: '4', type: 'traced', after: ['2', '3'] },
      ],
      [traced],
    );
    expect(done.status).toBe('SUCCEEDED');
    expect(order).toEqual(['1', '2', '4']);
    expect(statuses(done)).toEqual(['1 SUCCEEDED', '2 SUCCEEDED', '3 SKIPPED', '4 SUCCEEDED']);
  });

  it('is TERMINAL without stages', async () => expect((await run([])).status).toBe('TERMINAL'));

  it('fails a stage of an unknown type with its name', async () => {
    const done = await run([{ ref: '1', type: 'nosuch' }]);
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure?.message).toContain("'nosuch'");
  });

  it('fails a stage whose planning throws, instead of getting stuck', async () => {
    const planless: Type = {
      type: 'planless',
      before: () => {
        throw new Error('no such field');
      },
    };
    const done = await run([{ ref: '1', type: 'planless' }], [planless]);
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure?.message).toContain('no such field');
  });
});

describe('failure choices', () => {
  const branches = (context: Step['context']): readonly Step[] => [
    { ref: '1', type: 'bad', context: context ?? {} },
    { ref: '2', type: 'ok', after: ['1'] },
    { ref: '3', type: 'ok' },
    { ref: '4', type: 'ok', after: ['3'] },
  ];

  it.each([
    ['halts the pipeline', {}, 'TERMINAL', 'TERMINAL', 'NOT_STARTED'],
    ['halts the branch only', { failPipeline: false }, 'SUCCEEDED', 'STOPPED', 'NOT_STARTED'],
    [
      'halts the branch and fails at the end',
      { failPipeline: false, completeOtherBranchesThenFail: true },
      'TERMINAL',
      'STOPPED',
      'NOT_STARTED',
    ],
    [
      'ignores the failure',
      { failPipeline: false, continuePipeline: true },
      'SUCCEEDED',
      'FAILED_CONTINUE',
      'SUCCEEDED',
    ],
  ])('%s', async (_title, context, pipeline, failed, downstream) => {
    const done = await run(branches(context));
    expect(done.status).toBe(pipeline);
    expect(stageOf(done, '1').status).toBe(failed);
    expect(stageOf(done, '2').status).toBe(downstream);
    if (pipeline === 'SUCCEEDED' || 'completeOtherBranchesThenFail' in context)
      expect(stageOf(done, '4').status).toBe('SUCCEEDED');
  });

  it('cancels what runs elsewhere when the pipeline fails', async () => {
    const done = await run([
      { ref: '1', type: 'slow' },
      { ref: '2', type: 'bad' },
    ]);
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').status).toBe('CANCELED');
    expect(stageOf(done, '1').tasks[0]?.status).toBe('CANCELED');
  });

  it('waits for the other branches before it fails at the end', async () => {
    const later: Type = {
      type: 'later',
      tasks: [scriptedTask('t', [{ status: 'RUNNING', retryAfterMs: 5000, memo: { n: 1 } }, { status: 'SUCCEEDED' }])],
    };
    const steps: Step[] = [
      { ref: '1', type: 'bad', context: { failPipeline: false, completeOtherBranchesThenFail: true } },
      { ref: '2', type: 'later' },
    ];
    const done = await run(steps, [later]);
    expect([done.status, stageOf(done, '2').status]).toEqual(['TERMINAL', 'SUCCEEDED']);
  });

  it('ends the failed stage where it is when its failure is ignored: no after-stage runs', async () => {
    const deploy: Type = { ...bad, type: 'deploy', after: () => [plan('ok', 'disable the old')] };
    const done = await run(
      [
        { ref: '1', type: 'deploy', context: { continuePipeline: true } },
        { ref: '2', type: 'ok', after: ['1'] },
      ],
      [deploy],
    );
    expect(statuses(done)).toEqual(['1 FAILED_CONTINUE', '2 SUCCEEDED']);
    expect(done.status).toBe('SUCCEEDED');
  });

  it('ends with a part whose failure is ignored: the parts after that never start', async () => {
    const ignored = { ...plan('bad'), context: { continuePipeline: true } };
    const whole: Type = { type: 'whole', before: () => [ignored, plan('ok')] };
    const done = await run([{ ref: '1', type: 'whole' }], [whole]);
    expect(statuses(done)).toEqual(['1 FAILED_CONTINUE', '1<0 FAILED_CONTINUE']);
  });

  it('waits for the parts beside one whose failure is ignored, and starts nothing after them', async () => {
    const later: Type = {
      type: 'later',
      tasks: [scriptedTask('t', [{ status: 'RUNNING', retryAfterMs: 5000, memo: { n: 1 } }, { status: 'SUCCEEDED' }])],
    };
    const ignored = { ...plan('bad'), context: { continuePipeline: true } };
    const whole: Type = { ...ok, type: 'whole', parallelBefore: true, before: () => [plan('later'), ignored] };
    const done = await run([{ ref: '1', type: 'whole' }], [whole, later]);
    expect(statuses(done)).toEqual(['1 FAILED_CONTINUE', '1<0 SUCCEEDED', '1<1 FAILED_CONTINUE']);
    expect(stageOf(done, '1').tasks.map(({ status }) => status)).toEqual(['NOT_STARTED']);
  });

  it('ends what the stage itself has started where its failure is ignored, but does not go back', async () => {
    const job: Type = {
      ...bad,
      type: 'job',
      onFailure: () => [plan('ok', 'go back')],
      onIgnoredFailure: () => [plan('ok', 'stop')],
    };
    const done = await run([{ ref: '1', type: 'job', context: { continuePipeline: true } }], [job]);
    expect(done.stages.map(({ name, status }) => [name, status])).toEqual([
      ['Stage 1', 'FAILED_CONTINUE'],
      ['stop', 'SUCCEEDED'],
    ]);
  });

  it('keeps a stopped child a stop of its parent', async () => {
    const parent: Type = {
      type: 'parent',
      before: () => [{ type: 'bad', name: 'check', context: { failPipeline: false } }],
    };
    const done = await run(
      [
        { ref: '1', type: 'parent' },
        { ref: '2', type: 'ok' },
      ],
      [parent],
    );
    expect(stageOf(done, '1').status).toBe('STOPPED');
    expect(done.status).toBe('SUCCEEDED');
  });
});

describe('synthetic stages', () => {
  it('runs before-stages, tasks and after-stages in order', async () => {
    const seen: string[] = [];
    const note: Type = {
      type: 'note',
      tasks: [
        {
          ...scriptedTask<undefined>('t', []),
          run: ({ stage }) => {
            seen.push(stage.id);
            return Promise.resolve({ status: 'SUCCEEDED', outputs: { last: stage.id } });
          },
        },
      ],
    };
    const parent: Type = {
      ...note,
      type: 'parent',
      before: () => [plan('note'), plan('note')],
      after: () => [plan('note'), plan('note')],
    };
    const done = await run([{ ref: '1', type: 'parent' }], [note, parent]);
    expect(seen).toEqual(['1<0', '1<1', '1', '1>0', '1>1']);
    expect(done.status).toBe('SUCCEEDED');
  });

  it('starts parallel before-stages together and lets a sibling finish when one fails', async () => {
    const later: Type = {
      type: 'later',
      tasks: [scriptedTask('t', [{ status: 'RUNNING', retryAfterMs: 5000, memo: { n: 1 } }, { status: 'SUCCEEDED' }])],
    };
    const parent: Type = { type: 'parent', parallelBefore: true, before: () => [plan('bad'), plan('later')] };
    const done = await run([{ ref: '1', type: 'parent' }], [later, parent]);
    expect(statuses(done)).toEqual(['1 TERMINAL', '1<0 TERMINAL', '1<1 SUCCEEDED']);
    expect(stageOf(done, '1').failure).toEqual({ code: 'NOT_FOUND', message: 'It broke.' });
  });

  it('removes what never started, runs the clean-up and keeps the failure', async () => {
    const parent: Type = {
      type: 'parent',
      tasks: ok.tasks ?? [],
      after: () => [plan('bad'), plan('ok')],
      onFailure: () => [plan('ok', 'undo'), plan('ok', 'undo more')],
    };
    const done = await run([{ ref: '1', type: 'parent' }], [parent]);
    expect(statuses(done)).toEqual(['1 TERMINAL', '1>0 TERMINAL', '1!0 SUCCEEDED', '1!1 SUCCEEDED']);
    expect(stageOf(done, '1').failure?.message).toBe('It broke.');
  });

  it('lets no failed clean-up stop another, and tells of it', async () => {
    const parent: Type = {
      ...bad,
      type: 'parent',
      onFailure: () => [plan('bad', 'restore east'), plan('ok', 'restore west')],
    };
    const done = await run([{ ref: '1', type: 'parent' }], [parent]);
    expect(statuses(done)).toEqual(['1 TERMINAL', '1!0 TERMINAL', '1!1 SUCCEEDED']);
    expect(stageOf(done, '1').failure?.message).toContain('The way back failed too');
  });

  it('is SKIPPED when all its parts were', async () => {
    const parent: Type = { type: 'parent', before: () => [plan('skip'), plan('skip')] };
    expect(stageOf(await run([{ ref: '1', type: 'parent' }], [parent]), '1').status).toBe('SKIPPED');
  });
});

describe('timeouts', () => {
  const waiting = (over = {}): Type => ({
    type: 'waiting',
    tasks: [
      scriptedTask('look', [{ status: 'RUNNING', retryAfterMs: 1000, context: { progress: '1/4 healthy' } }], {
        timeoutMs: 20_000,
        ...over,
      }),
    ],
  });

  it('ends a task that takes too long and says what was seen last', async () => {
    const done = await run([{ ref: '1', type: 'waiting' }], [waiting()]);
    expect(stageOf(done, '1').failure).toEqual({
      code: 'TASK_TIMEOUT',
      message: 'Stage 1: look did not end within 20 s. Last seen: 1/4 healthy.',
    });
  });

  it.each([
    ['its own stageTimeoutMs', { stageTimeoutMs: 5000 }, true, 5000],
    ['not a string', { stageTimeoutMs: '5000' }, true, 20_000],
    ['no longer time than its own where the task does not let it', { stageTimeoutMs: 50_000 }, false, 20_000],
    ['longer time where the task lets it', { stageTimeoutMs: 50_000 }, true, 50_000],
    ['less time in any case', { stageTimeoutMs: 5000 }, false, 5000],
  ])('takes %s', async (_title, context, timeoutFromStage, expected) => {
    const done = await run([{ ref: '1', type: 'waiting', context }], [waiting({ timeoutFromStage })]);
    const [task] = stageOf(done, '1').tasks;
    expect((task?.endTime ?? 0) - (task?.startTime ?? 0)).toBe(expected);
  });

  it('inherits stageTimeoutMs from the nearest stage above', async () => {
    const inner: Type = { type: 'inner', before: () => [plan('waiting')] };
    const outer: Type = {
      type: 'outer',
      before: () => [{ type: 'inner', name: 'inner', context: { stageTimeoutMs: 7000 } }],
    };
    const done = await run(
      [{ ref: '1', type: 'outer', context: { stageTimeoutMs: 30_000 } }],
      [waiting({ timeoutFromStage: true }), inner, outer],
    );
    const [task] = stageOf(done, '1<0<0').tasks;
    expect((task?.endTime ?? 0) - (task?.startTime ?? 0)).toBe(7000);
  });
});

describe('the time of a stage as a whole', () => {
  const looks = (name: string, ...more: readonly ('SUCCEEDED' | 'RUNNING')[]): Type => ({
    type: name,
    tasks: more.map((status, index) =>
      scriptedTask(
        `look ${index}`,
        status === 'RUNNING'
          ? [{ status, retryAfterMs: 1000 }]
          : [{ status: 'RUNNING', retryAfterMs: 3000, memo: { seen: 1 } }, { status }],
        { timeoutMs: 60_000 },
      ),
    ),
  });
  const timedByStage = (name: string): Type => ({
    type: name,
    tasks: [
      scriptedTask('look', [{ status: 'RUNNING', retryAfterMs: 1000 }], { timeoutMs: 60_000, timeoutFromStage: true }),
    ],
  });
  const tookMs = ({ startTime = 0, endTime = 0 }: { readonly startTime?: number; readonly endTime?: number }) =>
    endTime - startTime;

  it('is over for its later tasks too, whatever time they have themselves', async () => {
    const context = { stageTimeoutMs: 5000 };
    const done = await run([{ ref: '1', type: 'slowly', context }], [looks('slowly', 'SUCCEEDED', 'RUNNING')]);
    expect(stageOf(done, '1')).toMatchObject({ status: 'TERMINAL', failure: { code: 'TASK_TIMEOUT' } });
    expect(tookMs(stageOf(done, '1'))).toBe(5000);
  });

  it('is over for the stages below it, at every level, and not for its way back', async () => {
    const inner: Type = {
      type: 'inner',
      before: () => [{ type: 'slowly', name: 'slowly', context: { stageTimeoutMs: 50_000 } }],
      onFailure: () => [plan('back')],
    };
    const outer: Type = { type: 'outer', before: () => [plan('inner')], onFailure: () => [plan('back')] };
    const done = await run(
      [{ ref: '1', type: 'outer', context: { stageTimeoutMs: 4000 } }],
      [looks('slowly', 'RUNNING'), looks('back', 'SUCCEEDED'), inner, outer],
    );
    expect(tookMs(stageOf(done, '1<0<0'))).toBe(4000);
    const back = done.stages.filter(({ onFailure }) => onFailure === true);
    expect(back.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(done.status).toBe('TERMINAL');
  });

  it('is not the time of a way back, whose tasks take theirs from their stage', async () => {
    const outer: Type = {
      type: 'outer',
      before: () => [plan('slowly')],
      onFailure: () => [{ type: 'middle', name: 'middle', context: {} }],
    };
    const middle: Type = { type: 'middle', before: () => [plan('slowBack')] };
    const done = await run(
      [{ ref: '1', type: 'outer', context: { stageTimeoutMs: 4000 } }],
      [looks('slowly', 'RUNNING'), timedByStage('slowBack'), middle, outer],
    );
    const back = done.stages.find(({ type }) => type === 'slowBack');
    expect(back?.failure?.code).toBe('TASK_TIMEOUT');
    expect(tookMs(back ?? {})).toBe(60_000);
  });

  it('is not the time of what follows where it is for coming up', async () => {
    const outer: Type = { type: 'outer', boundsAfter: false, after: () => [plan('slowly')] };
    const done = await run(
      [{ ref: '1', type: 'outer', context: { stageTimeoutMs: 4000 } }],
      [timedByStage('slowly'), outer],
    );
    expect(tookMs(done.stages.find(({ type }) => type === 'slowly') ?? {})).toBe(60_000);
  });

  it('is no failure where the stage says so, and the pipeline goes on', async () => {
    const context = { stageTimeoutMs: 4000, markSuccessfulOnTimeout: true };
    const done = await run(
      [
        { ref: '1', type: 'slowly', context },
        { ref: '2', type: 'ok', after: ['1'] },
      ],
      [looks('slowly', 'RUNNING')],
    );
    expect([done.status, ...statuses(done)]).toEqual(['SUCCEEDED', '1 SUCCEEDED', '2 SUCCEEDED']);
    expect(stageOf(done, '1')).not.toHaveProperty('failure');
  });
});

it('stores no version for a look that found nothing new', async () => {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const registry = buildRegistry<undefined>([slow]);
  const engine = buildEngine({ store, clock, registry, services: undefined });
  await runPipeline({ ...engine, clock }, buildPipeline([{ ref: '1', type: 'slow' }]), 2000);
  const early = (await store.get(executionKind, 'E1'))?.version;
  await runPipeline({ ...engine, clock }, buildPipeline([]), 30_000);
  expect((await store.get(executionKind, 'E1'))?.version).toBe(early);
});
