import type { Execution, StageContext } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { createExpressionBench, writtenPipeline } from '../support/expression-kit';
import { stageOf } from '../support/engine-kit';

type Variable = { readonly key: string; readonly value: unknown };

const run = (variables: readonly Variable[], next: StageContext = {}, writtenAs: 'yaml' | 'spinnaker' = 'yaml') =>
  createExpressionBench().run(
    writtenPipeline(
      [
        { ref: '1', type: 'evaluateVariables', context: { variables } },
        { ref: '2', type: 'probe', after: ['1'], context: next },
      ],
      {},
      writtenAs,
    ),
  );
const outputsOf = (execution: Execution) => stageOf(execution, '1').outputs;

describe('evaluateVariables', () => {
  it('puts out every variable, and later stages see it', async () => {
    const done = await run([{ key: 'keyA', value: 'valueA' }], { a: '${keyA}' });
    expect(outputsOf(done)).toEqual({ keyA: 'valueA' });
    expect(stageOf(done, '2').context.a).toBe('valueA');
  });

  it('lets later variables see earlier ones, whatever else has their names', async () => {
    const done = await run([
      { key: 'a', value: '${1 + 1}' },
      { key: 'b', value: '${a * 10}' },
      { key: 'environment', value: 'mine' },
      { key: 'c', value: '${environment}-${b}' },
      { key: 'name-${a}', value: { deep: ['${b}'] } },
    ]);
    expect(outputsOf(done)).toEqual({ a: 2, b: 20, environment: 'mine', c: 'mine-20', 'name-2': { deep: [20] } });
  });

  it('gives each its own time and random value', async () => {
    const id = '${T(java.util.UUID).randomUUID().toString()}';
    const outputs = outputsOf(
      await run([
        { key: 'a', value: id },
        { key: 'b', value: id },
      ]),
    );
    expect(outputs.a).toMatch(/^[0-9a-f-]{36}$/);
    expect(outputs.a).not.toBe(outputs.b);
  });

  it('fails where one cannot be evaluated, naming it', async () => {
    const done = await run([
      { key: 'ok', value: 1 },
      { key: 'bad', value: '${nope.deep}' },
    ]);
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure?.message).toContain('variables[1].value, column');
    expect(outputsOf(done)).toEqual({});
  });

  it('keeps the text of one that cannot be evaluated in Spinnaker JSON', async () => {
    const done = await run([{ key: 'bad', value: '${nope}' }], { a: '${bad}' }, 'spinnaker');
    expect(outputsOf(done)).toEqual({ bad: '${nope}' });
    expect(stageOf(done, '2').context.a).toBe('${nope}');
  });

  it.each([[[{ value: 1 }]], [[{ key: '', value: 1 }]], [['x']], ['x']])('refuses %j', async (variables) => {
    const done = await run(variables as never);
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure?.message).toMatch(/key|variables/i);
  });

  it('puts out names that expressions never reach', async () => {
    const done = await run([{ key: 'constructor', value: 'c' }], {
      a: '${constructor ?: "refused"}',
      failOnFailedExpressions: false,
    });
    expect(outputsOf(done)).toEqual({ constructor: 'c' });
    expect(stageOf(done, '2').context.a).toBe('${constructor ?: "refused"}');
  });

  it.each([
    ["${'__pro' + 'to__'}", "'__proto__' cannot be a key"],
    ['${1}', 'a key must be a text that is not empty'],
    ["${''}", 'a key must be a text that is not empty'],
  ])('refuses the key %s', async (key, message) => {
    const done = await run([{ key, value: { judgmentStatus: 'continue' } }]);
    expect(stageOf(done, '1').failure?.message).toBe(`Stage 'Stage 1': variables[0].key, column 1: ${message}.`);
    expect(stageOf(done, '1').failure?.code).toBe('EXPRESSION_FAILED');
  });

  it('evaluates none while an earlier one waits for something fetched', async () => {
    const bench = createExpressionBench({
      pages: { 'https://a.example.com/v': '{"url": 1}', 'https://b.example.com/1': 'one' },
    });
    const variables = [
      { key: 'v', value: '${#fromUrl("https://a.example.com/v")}' },
      { key: 'w', value: `\${v.contains('{"url') ? 1 : #fromUrl("https://c.example.com/never")}` },
      { key: 'x', value: '${#fromUrl("https://b.example.com/" + w)}' },
    ];
    const done = await bench.run(writtenPipeline([{ ref: '1', type: 'evaluateVariables', context: { variables } }]));
    expect(outputsOf(done)).toEqual({ v: '{"url": 1}', w: 1, x: 'one' });
    expect([...bench.asked.keys()]).toEqual(['https://a.example.com/v', 'https://b.example.com/1']);
  });

  it('fetches what does not depend on one another at the same time', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const pages = Object.fromEntries(names.map((name) => [`https://a.example.com/${name}`, name]));
    const bench = createExpressionBench({ pages });
    const variables = names.map((name) => ({
      key: `v${name}`,
      value: `\${#fromUrl("https://a.example.com/${name}")}`,
    }));
    const all = { key: 'all', value: '${va + vg}' };
    const done = await bench.run(
      writtenPipeline([{ ref: '1', type: 'evaluateVariables', context: { variables: [...variables, all] } }]),
    );
    expect(outputsOf(done)).toMatchObject({ va: 'a', vg: 'g', all: 'ag' });
    expect(done.stages).toHaveLength(2);
  });

  it('shows the names', async () => {
    const done = await run([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    const { steps } = createExpressionBench().engine.render.live(done);
    expect(plainText(steps?.[0]?.detail ?? '')).toBe('a, b');
  });
});
