import type { StageContext } from '../../src/model/execution';
import { createExpressionBench, writtenPipeline } from '../support/expression-kit';
import { stageOf, statuses } from '../support/engine-kit';

type Written = { readonly expression: unknown; readonly failPipeline?: boolean; readonly failureMessage?: string };

const precondition = ({ expression, failPipeline, failureMessage }: Written) => ({
  type: 'expression',
  ...(failPipeline === undefined ? {} : { failPipeline }),
  context: { expression, ...(failureMessage === undefined ? {} : { failureMessage }) },
});

const run = (written: readonly Written[], writtenAs: 'yaml' | 'spinnaker' = 'yaml', before: StageContext = {}) =>
  createExpressionBench().run(
    writtenPipeline(
      [
        { ref: '1', type: 'probe', context: { outputs: before } },
        { ref: '2', type: 'checkPreconditions', after: ['1'], context: { preconditions: written.map(precondition) } },
        { ref: '3', type: 'probe', after: ['2'] },
      ],
      {},
      writtenAs,
    ),
  );

describe('checkPreconditions', () => {
  it.each(['application == "foo"', '${application == "foo"}', 'size > 3', '"TRUE"', ' #stage("Stage 1").hasSucceeded'])(
    'goes on where it holds: %s',
    async (expression) => {
      const done = await run([{ expression }], 'yaml', { size: 4 });
      expect(statuses(done)).toEqual(['1 SUCCEEDED', '2 SUCCEEDED', '3 SUCCEEDED', '2<0 SUCCEEDED']);
      expect(stageOf(done, '2<0').name).toBe('Check precondition (expression)');
      expect(String((stageOf(done, '2<0').context.context as StageContext).expressionResult).toLowerCase()).toBe(
        'true',
      );
    },
  );

  it.each([
    ['size > 5', "Precondition 'size > 5' is not met: it is false."],
    ['size', "Precondition 'size' is not met: it is 4."],
    ['{true}', "Precondition '{true}' is not met: it is [true]."],
    ['nope', "Precondition 'nope' could not be evaluated, column 1: the result is null: 'nope' is not defined."],
    ['1 +', "Precondition '1 +' could not be evaluated, column 4: "],
    ['#judgment("none")', 'Precondition \'#judgment("none")\' could not be evaluated, column 1: '],
  ])('stops where it does not: %s', async (expression, message) => {
    for (const writtenAs of ['yaml', 'spinnaker'] as const) {
      const done = await run([{ expression }], writtenAs, { size: 4 });
      expect(statuses(done)).toEqual(['1 SUCCEEDED', '2 TERMINAL', '3 NOT_STARTED', '2<0 TERMINAL']);
      expect(stageOf(done, '2').failure).toMatchObject({ code: 'PRECONDITION_FAILED' });
      expect(stageOf(done, '2').failure?.message).toContain(message);
    }
  });

  it('stops its branch only, where it says so', async () => {
    const done = await run([{ expression: '1 > 2', failPipeline: false }]);
    expect(statuses(done)).toEqual(['1 SUCCEEDED', '2 STOPPED', '3 NOT_STARTED', '2<0 STOPPED']);
    expect(done.status).toBe('SUCCEEDED');
  });

  it('says what its author wants said, expressions in it evaluated', async () => {
    const done = await run([{ expression: '1 > 2', failureMessage: 'Not in ${environment}!' }]);
    expect(stageOf(done, '2').failure?.message).toBe('Not in prod!');
  });

  it('holds only where all hold', async () => {
    const done = await run([{ expression: 'true' }, { expression: 'false' }, { expression: 'true' }]);
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '2').failure?.message).toContain("'false' is not met");
  });

  it('is evaluated once: what its parts hold is data', async () => {
    const done = await run([{ expression: 'text == \'${\' + "application}"' }], 'yaml', { text: 'x' });
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '2<0').context.context).toMatchObject({ expressionResult: false });
  });

  it.each([
    [[]],
    [[{ type: 'clusterSize' }]],
    [[{ type: 'nosuch', context: {} }]],
    [[{ type: 'stageStatus', context: {} }]],
    [[{ type: 'expression', context: {} }]],
    ['x'],
  ])('refuses %j', async (preconditions) => {
    const done = await createExpressionBench().run(
      writtenPipeline([{ ref: '1', type: 'checkPreconditions', context: { preconditions } }]),
    );
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure?.message).toContain('preconditions');
  });
});
