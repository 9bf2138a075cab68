import { advance } from '../../src/engine/advance';
import { executionKind } from '../../src/engine/document-kinds';
import { fold } from '../../src/engine/fold';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { applySignal } from '../../src/engine/signals';
import { CoxswainError } from '../../src/model/errors';
import { isComplete } from '../../src/model/status';
import { plainText } from '../../src/model/text';
import type { CoxswainStage } from '../../src/services';
import type { Execution, StageContext } from '../../src/model/execution';
import { createExpressionBench, probe, writtenPipeline } from '../support/expression-kit';
import { drive, stageOf, statuses, type Step } from '../support/engine-kit';

const one = (context: StageContext, name = 'Stage 1'): readonly Step[] => [{ ref: '1', type: 'probe', name, context }];

const seenBy = (execution: Execution, id: string) => stageOf(execution, id).outputs.seen as StageContext;

async function runOne(context: StageContext, fields: Partial<Execution> = {}): Promise<Execution> {
  return createExpressionBench().run(writtenPipeline(one(context), fields));
}

const liveOf = (execution: Execution) => {
  const { render } = createExpressionBench().engine;
  const view = render.live(execution);
  return {
    lines: view.lines?.map(plainText) ?? [],
    steps: view.steps?.map(({ name, state, detail }) => `${name} ${state}: ${plainText(detail ?? '')}`) ?? [],
  };
};

describe('a stage that is about to start', () => {
  it('has its texts, lists, maps and keys evaluated, with their types', async () => {
    const done = await runOne({
      text: 'to ${environment}',
      number: '${1 + 1}',
      flag: '${environment == "prod"}',
      list: ['${application}', { deep: '${ {1, 2} }' }],
      map: '${ {a: 1} }',
      '${application}Key': 1,
      plain: 5,
    });
    expect(seenBy(done, '1')).toEqual({
      text: 'to prod',
      number: 2,
      flag: true,
      list: ['foo', { deep: [1, 2] }],
      map: { a: 1 },
      fooKey: 1,
      plain: 5,
    });
  });

  it('has its name evaluated', async () => {
    const done = await createExpressionBench().run(writtenPipeline(one({}, 'Check ${application} in ${environment}')));
    expect(stageOf(done, '1').name).toBe('Check foo in prod');
  });

  it('sees what stages before it put out, as data that is never evaluated again', async () => {
    const done = await createExpressionBench().run(
      writtenPipeline([
        { ref: '1', type: 'probe', context: { outputs: { fetched: "${'${application}'}" } } },
        { ref: '2', type: 'probe', after: ['1'], context: { a: '${fetched}', outputs: { again: '${fetched}' } } },
        { ref: '3', type: 'probe', after: ['2'], context: { b: 'x ${again}' } },
      ]),
    );
    expect(seenBy(done, '2').a).toBe('${application}');
    expect(seenBy(done, '3').b).toBe('x ${application}');
  });

  it('plans parts that hold data: what they were given is not evaluated again', async () => {
    const parent: CoxswainStage = {
      ...probe,
      type: 'parent',
      before: ({ stage }) => [{ type: 'probe', name: String(stage.context.text), context: stage.context }],
    };
    const done = await createExpressionBench({ types: [parent] }).run(
      writtenPipeline([{ ref: '1', type: 'parent', context: { text: "${'${application}'}" } }]),
    );
    expect(stageOf(done, '1<0')).toMatchObject({ name: '${application}', status: 'SUCCEEDED' });
    expect(seenBy(done, '1<0').text).toBe('${application}');
  });

  it('is not evaluated where Coxswain made it of data', async () => {
    const done = await createExpressionBench().run(writtenPipeline(one({ text: '${application}' }), {}, null));
    expect(done.status).toBe('SUCCEEDED');
    expect(seenBy(done, '1')).toEqual({ text: '${application}' });
  });

  it('is the same object where nothing in it is an expression', async () => {
    const done = await runOne({ text: 'plain', list: [1, 2] });
    expect(stageOf(done, '1').written).toBeUndefined();
  });
});

describe('an expression that cannot be evaluated', () => {
  const failing: readonly [string, StageContext, string][] = [
    [
      'a name that is nearly right',
      { env: { A: 'x', B: '${environmnt}' } },
      "Stage 'Stage 1': env.B, column 3: the result is null: 'environmnt' is not defined; did you mean 'environment'? Where it may be absent, say what then: ${environmnt ?: 'none'}.",
    ],
    [
      'a variable of the shell',
      { env: { PATH: '${HOME}/bin' } },
      "Stage 'Stage 1': env.PATH, column 3: the result is null: 'HOME' is not defined. Where the text itself is meant, write ${'${HOME}'}.",
    ],
    ['bad syntax', { list: ['${1 +}'] }, "Stage 'Stage 1': list[0], column 6: "],
    [
      'a stage that is not there',
      { a: '${#stage("Bake").status}' },
      "Stage 'Stage 1': a, column 3: Unable to locate [Bake]",
    ],
  ];

  it.each(failing)('fails the stage of a YAML pipeline: %s', async (_, context, message) => {
    const done = await runOne(context);
    expect(statuses(done)).toEqual(['1 TERMINAL']);
    expect(done.status).toBe('TERMINAL');
    const { failure, outputs } = stageOf(done, '1');
    expect(failure?.code).toBe('EXPRESSION_FAILED');
    expect(failure?.message).toContain(message);
    expect(outputs).toEqual({});
  });

  it('is told once however many places hold it, and the rest is listed', async () => {
    const clusters = [0, 1, 2].map(() => ({ env: { A: '${nope}' } }));
    const done = await runOne({ clusters, a: '${no1}', b: '${no2}', c: '${no3}' });
    const { message, output } = stageOf(done, '1').failure ?? {};
    expect(message).toContain('clusters[0].env.A, column 3 (and 2 more places)');
    expect(message).toContain('2 more expressions could not be evaluated.');
    expect(output?.split('\n')).toHaveLength(4);
  });

  it('is shown on the stage and in the live message', async () => {
    const { steps, lines } = liveOf(await runOne({ a: '${nope}' }));
    expect(steps[0]).toContain(
      "Stage 1 failed: Stage 'Stage 1': a, column 3: the result is null: 'nope' is not defined. Where",
    );
    expect(lines.join(' ')).toContain("'nope' is not defined");
  });

  it('follows the failure choice of its stage', async () => {
    const after: Step = { ref: '2', type: 'probe', after: ['1'] };
    const run = (choice: StageContext) =>
      createExpressionBench().run(writtenPipeline([...one({ a: '${nope}', ...choice }), after]));
    expect(statuses(await run({ continuePipeline: true }))).toEqual(['1 FAILED_CONTINUE', '2 SUCCEEDED']);
    expect(statuses(await run({ failPipeline: false }))).toEqual(['1 STOPPED', '2 NOT_STARTED']);
  });

  it.each([
    ['a YAML stage that says so', 'yaml', { failOnFailedExpressions: false }],
    ['Spinnaker JSON', 'spinnaker', {}],
  ] as const)('leaves its text as it is and is told of: %s', async (_, writtenAs, choice) => {
    const bench = createExpressionBench();
    const done = await bench.run(writtenPipeline(one({ a: 'x ${nope}', b: '${1 +}', ...choice }), {}, writtenAs));
    expect(done.status).toBe('SUCCEEDED');
    expect(seenBy(done, '1')).toMatchObject({ a: 'x ${nope}', b: '${1 +}' });
    expect(stageOf(done, '1').context.expressionEvaluationSummary).toEqual({
      nope: [
        {
          level: 'INFO',
          description: expect.stringContaining("'nope' is not defined") as string,
          timestamp: bench.clock.now(),
        },
      ],
      '1 +': [
        { level: 'ERROR', description: expect.stringContaining('b, column') as string, timestamp: bench.clock.now() },
      ],
    });
    expect(liveOf(done).steps[0]).toBe(
      "Stage 1 done: left as written: ${nope} (a, column 5: the result is null: 'nope' is not defined); 1 more was, too",
    );
  });

  it('fails Spinnaker JSON where that asks for it', async () => {
    const steps = one({ a: '${nope}', failOnFailedExpressions: true });
    expect((await createExpressionBench().run(writtenPipeline(steps, {}, 'spinnaker'))).status).toBe('TERMINAL');
  });
});

describe('a value that its field cannot take', () => {
  it('fails the stage, saying where it came from', async () => {
    const done = await createExpressionBench().run(
      writtenPipeline([{ ref: '1', type: 'wait', context: { waitTime: '${environment}' } }]),
    );
    expect(stageOf(done, '1').failure?.message).toMatch(
      /^Stage 'Stage 1': waitTime: .*number.*, evaluated from \$\{environment\}\.$/,
    );
  });

  it('is taken where it fits', async () => {
    const bench = createExpressionBench();
    const began = bench.clock.now();
    const done = await bench.run(writtenPipeline([{ ref: '1', type: 'wait', context: { waitTime: '${10 * 60}' } }]));
    expect(done.status).toBe('SUCCEEDED');
    expect((done.endTime ?? 0) - began).toBeGreaterThanOrEqual(600_000);
  });

  it('is refused where it does not fit though others were left as written', async () => {
    const done = await createExpressionBench().run(
      writtenPipeline([{ ref: '1', type: 'wait', context: { waitTime: '${nope}', failOnFailedExpressions: false } }]),
    );
    expect(stageOf(done, '1').failure?.message).toMatch(/^Stage 'Stage 1': waitTime: .*, evaluated from \$\{nope\}\.$/);
  });
});

describe('values that are too large to be kept', () => {
  const tooLarge = 'would make the execution larger than can be kept';
  const euros = "${'€€€€€€€€€€'.repeat(45000)}";
  const digits = (count: number) => `\${'0123456789'.repeat(${count})}`;

  it.each<[string, Step]>([
    ['in a stage', { ref: '1', type: 'wait', context: { waitTime: 1, a: euros } }],
    [
      'in what a stage puts out',
      {
        ref: '1',
        type: 'evaluateVariables',
        context: { variables: ['a', 'b'].map((key) => ({ key, value: digits(32_000) })) },
      },
    ],
    [
      'in the parts of a stage',
      {
        ref: '1',
        type: 'checkPreconditions',
        context: {
          preconditions: [1, 2].map(() => ({
            type: 'expression',
            context: { expression: "'0123456789'.repeat(33000)" },
          })),
        },
      },
    ],
  ])('fail what makes them: %s', async (_, step) => {
    const report = { report: { teamId: 'T1', channel: 'foo' } };
    const bench = createExpressionBench();
    const done = await bench.run(writtenPipeline([step, { ref: '2', type: 'probe', after: ['1'] }], report));
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure).toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
    expect(stageOf(done, '1').failure?.message).toContain(tooLarge);
    expect(bench.told.filter(({ type }) => type === 'requester')).toHaveLength(1);
  });

  it('fail it by its failure choice, and the way back follows', async () => {
    const greedy: CoxswainStage = {
      ...probe,
      type: 'greedy',
      onFailure: () => [{ type: 'probe', name: 'clean up', context: {} }],
      tasks: [
        {
          name: 'grow',
          timeoutMs: 60_000,
          timeoutFromStage: false,
          run: ({ memo }) =>
            Promise.resolve(
              memo === undefined
                ? { status: 'RUNNING', retryAfterMs: 0, memo: { begun: true } }
                : { status: 'SUCCEEDED', outputs: { all: 'x'.repeat(1_100_000) } },
            ),
        },
      ],
    };
    const done = await createExpressionBench({ types: [greedy] }).run(
      writtenPipeline([
        { ref: '1', type: 'greedy', context: { continuePipeline: true } },
        { ref: '2', type: 'greedy', after: ['1'] },
      ]),
    );
    expect(statuses(done)).toEqual(['1 FAILED_CONTINUE', '2 TERMINAL', '2!0 SUCCEEDED']);
  });

  it('leave what else is in the execution alone', async () => {
    const done = await createExpressionBench().run(
      writtenPipeline([
        { ref: '1', type: 'wait', context: { waitTime: 30 } },
        { ref: '2', type: 'wait', context: { waitTime: 1, a: euros, failPipeline: false } },
        { ref: '3', type: 'probe', after: ['1'] },
      ]),
    );
    expect(statuses(done)).toEqual(['1 SUCCEEDED', '2 STOPPED', '3 SUCCEEDED']);
  });

  it('end the execution too where they are random values that wait for something fetched', async () => {
    const down = new CoxswainError('UNREACHABLE', { message: 'down' });
    const uuid = 'T(java.util.UUID).randomUUID().toString()';
    const many = Array.from({ length: 400 }, () => `\${{1,2,3,4,5,6,7,8,9,10}.![${uuid} + ${uuid} + ${uuid}]}`);
    const done = await createExpressionBench({ pages: { 'https://a.example.com/': down } }).run(
      writtenPipeline(one({ many, url: '${#fromUrl("https://a.example.com/")}', failOnFailedExpressions: false })),
    );
    expect(isComplete(done.status)).toBe(true);
  });
});

describe('many expressions in one stage', () => {
  it('take so many steps and no more, together', async () => {
    const dear = "${'0123456789'.repeat(3000).toUpperCase().toLowerCase().toUpperCase().toLowerCase().length()}";
    const done = await runOne({ list: Array.from({ length: 800 }, () => dear) });
    expect(stageOf(done, '1').failure?.message).toContain('all expressions here together take too many steps');
  });
});

describe('a name', () => {
  it('has 200 characters at most once it is evaluated', async () => {
    const done = await createExpressionBench().run(writtenPipeline(one({}, "${'long '.repeat(1000)}")));
    expect(stageOf(done, '1').name).toHaveLength(200);
  });
});

describe('a URL with a secret in it', () => {
  const page = 'https://a.example.com/hidden0/v?token=hidden2#hidden3';
  const refused = new CoxswainError('NOT_FOUND', {
    message: 'GET /hidden0/v on a.example.com: there is no such page.',
  });
  const condition = (expression: string) => ({ stageEnabled: { type: 'expression', expression } });

  it.each<[string, StageContext, string]>([
    ['that fails a stage', { a: `\${#fromUrl("${page}")}` }, 'probe'],
    ['that is left as written', { a: `\${#fromUrl("${page}") + nope}`, failOnFailedExpressions: false }, 'probe'],
    [
      'that is put together',
      {
        a: "${#fromUrl('https://a.example.com/hidden0/v?token=hidden2#' + 'hidden3')}",
        failOnFailedExpressions: false,
      },
      'probe',
    ],
    ['in a condition that is false', condition(`#fromUrl("${page}x") == "w"`), 'probe'],
    ['in a condition that is broken', condition(`#fromUrl("${page}")`), 'probe'],
    [
      'in a precondition',
      { preconditions: [{ type: 'expression', context: { expression: `#fromUrl("${page}x") == "w"` } }] },
      'checkPreconditions',
    ],
    ['in a value of no use', { waitTime: `\${#fromUrl("${page}x")}` }, 'wait'],
  ])('%s is told of by its host only', async (_, context, type) => {
    const bench = createExpressionBench({ pages: { [page]: refused, [`${page}x`]: 'v' } });
    const done = await bench.run(writtenPipeline([{ ref: '1', type, context }]));
    const shown = JSON.stringify([bench.engine.render.live(done), bench.engine.render.outcome(done)]);
    expect(shown).toContain('a.example.com');
    expect(shown).not.toMatch(/hidden\d/);
  });
});

describe('stageEnabled', () => {
  const conditioned = (expression: unknown, writtenAs: 'yaml' | 'spinnaker' = 'yaml') =>
    createExpressionBench().run(
      writtenPipeline(
        [
          {
            ref: '1',
            type: 'probe',
            context: { stageEnabled: { type: 'expression', expression }, bad: '${nope ?: 1}' },
          },
          { ref: '2', type: 'probe', after: ['1'] },
        ],
        { trigger: { type: 'manual', user: 'U0ALICE', parameters: { dryRun: 'true' }, correlationId: 'C1' } },
        writtenAs,
      ),
    );

  it.each([
    ['parameters.dryRun == "true"', 'SUCCEEDED'],
    ['parameters["dryRun"] == "false"', 'SKIPPED'],
    ['${parameters.dryRun}', 'SUCCEEDED'],
    ['"FALSE"', 'SKIPPED'],
    ['', 'SUCCEEDED'],
    [null, 'SUCCEEDED'],
  ])('%j: the stage is %s, and what follows it runs', async (expression, status) => {
    expect(statuses(await conditioned(expression))).toEqual([`1 ${status}`, '2 SUCCEEDED']);
  });

  it('says why the stage was skipped', async () => {
    expect(liveOf(await conditioned('1 > 2')).steps[0]).toBe('Stage 1 skipped: its condition 1 > 2 is false');
  });

  it.each([
    ['nope', "stageEnabled, column 1: the result is null: 'nope' is not defined"],
    ['1 +', 'stageEnabled, column 4: '],
    ['"maybe"', 'stageEnabled, column 1: it must come to true or false, not to "maybe"'],
    ['{true}', 'it must come to true or false, not to [true]'],
    ['{toString: 1, valueOf: 2}', 'it must come to true or false, not to {"toString":1,"valueOf":2}'],
    [5, "stageEnabled, column 1: it must read { type: expression, expression: '…' }"],
  ])('broken (%j), it fails the stage in YAML', async (expression, message) => {
    const done = await conditioned(expression);
    expect(statuses(done)).toEqual(['1 TERMINAL', '2 NOT_STARTED']);
    expect(stageOf(done, '1').failure?.message).toContain(message);
  });

  it('broken, it skips the stage in Spinnaker JSON, for all to see', async () => {
    const done = await conditioned('nope', 'spinnaker');
    expect(statuses(done)).toEqual(['1 SKIPPED', '2 SUCCEEDED']);
    expect(liveOf(done).steps[0]).toContain("its condition is broken. Stage 'Stage 1': stageEnabled, column 1:");
  });

  it('stands in the context as it was written', async () => {
    const done = await conditioned('1 < 2');
    expect(seenBy(done, '1').stageEnabled).toEqual({ type: 'expression', expression: '1 < 2' });
  });
});

describe('a stage that is tried again', () => {
  it('is evaluated anew, from what was written', async () => {
    const bench = createExpressionBench();
    const steps: readonly Step[] = [
      {
        ref: '1',
        type: 'probe',
        name: 'At ${#stage("Stage 2").status}',
        context: {
          at: '${new java.util.Date().getTime()}',
          'k${new java.util.Date().getTime()}': 1,
          stageEnabled: { type: 'expression', expression: '1 < 2' },
        },
      },
      { ref: '2', type: 'probe', after: ['1'] },
    ];
    const first = await bench.run(writtenPipeline(steps));
    await bench.clock.advance(60_000);
    const signal = { type: 'retryStage', stageId: '1', user: 'U0BOB' } as const;
    await bench.store.update(
      executionKind,
      first.id,
      (execution) => applySignal(execution, signal, bench.clock.now()).execution,
      { due: () => bench.clock.now() },
    );
    const second = await drive({
      store: bench.store,
      clock: bench.clock,
      id: first.id,
      handle: (loaded, owner) => advance(bench.engine, loaded, owner),
    });
    const [before, after] = [first, second].map((execution) => Number(seenBy(execution, '1').at));
    expect((after ?? 0) - (before ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect(stageOf(second, '1').name).toBe('At NOT_STARTED');
    expect(Object.keys(seenBy(second, '1')).filter((key) => key.startsWith('k'))).toEqual([`k${String(after)}`]);
  });
});

describe('when somebody else changes the execution meanwhile', () => {
  it('no task has seen another random value than the one that is kept', async () => {
    let raced = false;
    const wrap = (store: DocumentStore): DocumentStore => ({
      ...store,
      update: async (kind, id, change, options) => {
        if (!raced && kind.name === 'execution') {
          raced = true;
          // As a signal does: whatever can start, starts.
          const now = bench.clock.now();
          const signaled = (execution: Execution): Execution => ({ ...execution, signals: ['S1'] });
          const { registry, render } = bench.engine;
          await store.update(executionKind, id, (execution) => fold(execution, signaled, { registry, now, render }));
        }
        return store.update(kind, id, change, options);
      },
    });
    const bench: ReturnType<typeof createExpressionBench> = createExpressionBench({ wrap });
    const done = await bench.run(writtenPipeline(one({ id: '${T(java.util.UUID).randomUUID().toString()}' })));
    expect(raced).toBe(true);
    expect(done.signals).toEqual(['S1']);
    expect(seenBy(done, '1').id).toBe(stageOf(done, '1').context.id);
  });
});
