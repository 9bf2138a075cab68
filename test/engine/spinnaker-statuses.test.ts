import { canStart } from '../../src/engine/graph';
import { pipelineStatus } from '../../src/engine/settle';
import type { StageDefinition } from '../../src/engine/contracts/stage';
import type { Execution, StageContext } from '../../src/model/execution';
import { isComplete, isFailure, isHalt, isPassed, type ExecutionStatus } from '../../src/model/status';
import { buildEngine, buildPipeline, buildRegistry, runPipeline, scriptedTask, stageOf } from '../support/engine-kit';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';

const atEnd = { completeOtherBranchesThenFail: true };
const letters: Readonly<Record<string, ExecutionStatus>> = {
  n: 'NOT_STARTED',
  r: 'RUNNING',
  s: 'SUCCEEDED',
  k: 'SKIPPED',
  f: 'FAILED_CONTINUE',
  t: 'TERMINAL',
  c: 'CANCELED',
  x: 'STOPPED',
  /** Stopped, and to fail at the end. */
  X: 'STOPPED',
};

/** Stages by their letters, the first of each word a root and each other after the one before it: `sn r` is two branches. */
function executionOf(words: string): Execution {
  const steps = words.split(' ').flatMap((word, branch) =>
    Array.from(word, (letter, index) => ({
      ref: `${branch}${index}`,
      type: 'any',
      after: index === 0 ? [] : [`${branch}${index - 1}`],
      context: letter === 'X' ? atEnd : {},
    })),
  );
  const execution = buildPipeline(steps);
  const order = words.replaceAll(' ', '');
  const stages = execution.stages.map((stage, index) => ({
    ...stage,
    status: letters[order[index] ?? ''] ?? 'RUNNING',
  }));
  return { ...execution, stages };
}

describe('the statuses (semantics §6.1)', () => {
  it.each([
    ['NOT_STARTED', false, false, false, false],
    ['RUNNING', false, false, false, false],
    ['PAUSED', false, false, false, false],
    ['SUCCEEDED', true, false, true, false],
    ['SKIPPED', true, false, true, false],
    ['FAILED_CONTINUE', true, false, true, true],
    ['TERMINAL', true, true, false, true],
    ['CANCELED', true, true, false, false],
    ['STOPPED', true, true, false, true],
  ] as const)('%s: complete %s, halt %s, lets others start %s, failure %s', (status, ...expected) =>
    expect([isComplete(status), isHalt(status), isPassed(status), isFailure(status)]).toEqual(expected),
  );
});

describe('the status of a pipeline by those of its stages (semantics §6.2)', () => {
  it.each([
    ['s', 'SUCCEEDED'],
    ['k', 'SUCCEEDED'],
    ['f', 'SUCCEEDED'],
    ['s k f', 'SUCCEEDED'],
    ['sskf', 'SUCCEEDED'],
    ['n', undefined],
    ['r', undefined],
    ['sn', undefined],
    ['s r', undefined],
    ['t', 'TERMINAL'],
    ['t r', 'TERMINAL'],
    ['t n', 'TERMINAL'],
    ['t c', 'TERMINAL'],
    ['x t', 'TERMINAL'],
    ['f t', 'TERMINAL'],
    ['c', 'CANCELED'],
    ['c s', 'CANCELED'],
    ['c x', 'CANCELED'],
    ['c r', 'CANCELED'],
    ['x', 'SUCCEEDED'],
    ['xn', 'SUCCEEDED'],
    ['xn s', 'SUCCEEDED'],
    ['x r', undefined],
    ['xn rn', undefined],
    ['xn sn', undefined],
    ['xn k f', 'SUCCEEDED'],
    ['X', 'TERMINAL'],
    ['Xn s', 'TERMINAL'],
    ['Xn x', 'TERMINAL'],
    ['X r', undefined],
    ['X sn', undefined],
    ['Xnn sss', 'TERMINAL'],
  ])('%s: %s', (words, expected) => expect(pipelineStatus(executionOf(words))).toBe(expected));

  it('is TERMINAL without any', () => expect(pipelineStatus(buildPipeline([]))).toBe('TERMINAL'));
});

describe('whether a stage may start by those before it (semantics §6.2)', () => {
  it.each([
    ['s', true],
    ['f', true],
    ['k', true],
    ['n', false],
    ['r', false],
    ['t', false],
    ['x', false],
    ['c', false],
    ['ss', true],
    ['sf', true],
    ['fk', true],
    ['sr', false],
    ['st', false],
    ['sx', false],
  ])('after %s: %s', (before, expected) => {
    const refs = Array.from(before, (_letter, index) => String(index));
    const steps = [...refs.map((ref) => ({ ref, type: 'any' })), { ref: 'last', type: 'any', after: refs }];
    const built = buildPipeline(steps, { status: 'RUNNING' });
    const stages = built.stages.map((stage, index) => ({
      ...stage,
      status: letters[before[index] ?? 'n'] ?? 'NOT_STARTED',
    }));
    const execution = { ...built, stages };
    expect(canStart(execution, stageOf(execution, 'last'))).toBe(expected);
  });
});

describe('the status of a stage by its tasks and parts (semantics §6.2)', () => {
  type Type = Pick<StageDefinition<undefined>, 'type'> & Partial<StageDefinition<undefined>>;
  const good = { status: 'SUCCEEDED' } as const;
  const none = { status: 'SKIPPED', reason: 'no need' } as const;
  const bad = { status: 'TERMINAL', code: 'NOT_FOUND', reason: 'It broke.' } as const;
  const results = { g: good, k: none, b: bad };
  const typeOf = (name: string, word: string): Type => ({
    type: name,
    tasks: Array.from(word, (letter, index) => scriptedTask(`t${index}`, [results[letter as keyof typeof results]])),
  });
  const part = (type: string, context: StageContext = {}) => ({ type, name: type, context });
  const stop = { failPipeline: false };
  const ignore = { continuePipeline: true };

  it.each<
    [
      string,
      string,
      readonly ReturnType<typeof part>[],
      readonly ReturnType<typeof part>[],
      StageContext,
      ExecutionStatus,
    ]
  >([
    ['nothing at all', '', [], [], {}, 'SKIPPED'],
    ['a task that succeeded', 'g', [], [], {}, 'SUCCEEDED'],
    ['a task that was skipped', 'k', [], [], {}, 'SKIPPED'],
    ['one of each', 'gk', [], [], {}, 'SUCCEEDED'],
    ['a task that failed', 'b', [], [], {}, 'TERMINAL'],
    ['a task that failed after another', 'gb', [], [], {}, 'TERMINAL'],
    ['a task that failed, to stop', 'b', [], [], stop, 'STOPPED'],
    ['a task that failed, to be ignored', 'b', [], [], ignore, 'FAILED_CONTINUE'],
    ['a task that failed, ignored before stopped', 'b', [], [], { ...stop, ...ignore }, 'FAILED_CONTINUE'],
    ['a task that failed, to fail the pipeline', 'b', [], [], { failPipeline: true }, 'TERMINAL'],
    ['parts before that succeeded', '', [part('good'), part('good')], [], {}, 'SUCCEEDED'],
    ['parts before that were skipped', '', [part('none')], [], {}, 'SKIPPED'],
    ['parts before that failed', 'g', [part('bad')], [], {}, 'TERMINAL'],
    ['parts before that failed, to be ignored', 'g', [part('bad')], [], ignore, 'FAILED_CONTINUE'],
    ['parts before that stopped', 'g', [part('bad', stop)], [], {}, 'STOPPED'],
    ['parts before that were ignored', 'g', [part('bad', ignore)], [], {}, 'FAILED_CONTINUE'],
    ['parts after that failed', 'g', [], [part('good'), part('bad')], {}, 'TERMINAL'],
    ['parts after that stopped', 'g', [], [part('bad', stop)], {}, 'STOPPED'],
    ['parts after that were ignored', 'g', [], [part('bad', ignore), part('good')], {}, 'FAILED_CONTINUE'],
    ['parts after that were skipped', 'g', [], [part('none')], {}, 'SUCCEEDED'],
  ])('%s', async (_title, tasks, before, after, context, expected) => {
    const clock = createManualClock();
    const store = createMemoryStore(() => clock.now());
    const parent: Type = { ...typeOf('parent', tasks), before: () => before, after: () => after };
    const registry = buildRegistry<undefined>([parent, typeOf('good', 'g'), typeOf('none', 'k'), typeOf('bad', 'b')]);
    const engine = buildEngine({ store, clock, registry, services: undefined });
    const done = await runPipeline({ ...engine, clock }, buildPipeline([{ ref: '1', type: 'parent', context }]));
    expect(stageOf(done, '1').status).toBe(expected);
  });
});
