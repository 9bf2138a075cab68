import { describeParameter, pinnedFirst, resolveParameters } from '../../src/engine/resolve-parameters';
import type { StageContext } from '../../src/model/execution';
import type { PipelineParameter } from '../../src/model/pipeline-parameter';

const parameter = (over: Partial<PipelineParameter> & { name: string }): PipelineParameter => ({
  required: false,
  ...over,
});

const size = parameter({ name: 'size', required: true, options: ['2', '4'], description: 'how many instances' });
const tag = parameter({ name: 'tag', constraint: 'v[0-9]+', default: 'v1' });
const mode = parameter({ name: 'mode', default: 'fast' });
const delay = parameter({
  name: 'delay',
  required: true,
  conditional: { parameter: 'mode', comparator: '=', comparatorValue: 'slow' },
});
const when = (comparator: NonNullable<PipelineParameter['conditional']>['comparator'], comparatorValue: string) =>
  parameter({ name: 'more', required: true, conditional: { parameter: 'n', comparator, comparatorValue } });
const number = parameter({ name: 'n' });

describe('the values that a pipeline runs with', () => {
  it.each<readonly [string, readonly PipelineParameter[], StageContext, StageContext]>([
    ['nothing for a pipeline without parameters', [], {}, {}],
    ['what is given', [size], { size: '4' }, { size: '4' }],
    ['a number that was computed', [size], { size: 4 }, { size: 4 }],
    ['the default', [mode], {}, { mode: 'fast' }],
    ['an empty default', [parameter({ name: 'x', default: '' })], {}, { x: '' }],
    ['null where there is neither', [number], {}, { n: null }],
    ['an empty text that is given', [mode], { mode: '' }, { mode: '' }],
    ['null that is given', [mode], { mode: null }, { mode: null }],
    ['the default for what is given as undefined', [mode], { mode: undefined }, { mode: 'fast' }],
    ['the default of a required one', [parameter({ name: 'x', required: true, default: 'd' })], {}, { x: 'd' }],
    ['an empty text of a required one', [parameter({ name: 'x', required: true })], { x: '' }, { x: '' }],
    ['a text that matches as a whole', [tag], { tag: 'v22' }, { tag: 'v22' }],
    ['an empty text of an optional one with a constraint', [tag], { tag: '' }, { tag: '' }],
    ['an empty text of an optional one with options', [parameter({ name: 'x', options: ['a'] })], { x: '' }, { x: '' }],
    ['no value where the condition does not hold', [mode, delay], {}, { mode: 'fast', delay: null }],
    ['a value where the condition holds', [mode, delay], { mode: 'slow', delay: '9' }, { mode: 'slow', delay: '9' }],
    [
      'the default where the condition does not hold',
      [mode, { ...delay, default: '5' }],
      {},
      { mode: 'fast', delay: '5' },
    ],
    ['all in the order of the file', [tag, mode], { mode: 'x', tag: 'v2' }, { tag: 'v2', mode: 'x' }],
    ['names of what every object has', [parameter({ name: 'constructor' })], {}, { constructor: null }],
  ])('are %s', (_title, parameters, given, values) => {
    const resolved = resolveParameters(parameters, given);
    expect(resolved).toEqual({ values });
    expect(Object.keys(resolved.values ?? {})).toEqual(Object.keys(values));
  });

  it.each([
    ['=', '5', '5', true],
    ['=', '5', '5.0', false],
    ['!=', '5', '6', true],
    ['!=', '5', '5', false],
    ['>', '10', '9', false],
    ['>', '9', '10', true],
    ['<', '10', '9', true],
    ['<', '9', '9', false],
    ['>=', '9', '9', true],
    ['>=', '9', '8', false],
    ['<=', '9', '9', true],
    ['<=', '9', '10', false],
    ['>', '9', 'many', false],
    ['<=', 'few', '9', false],
  ] as const)('count where n %s %s for n = %s: %s', (comparator, comparatorValue, n, counts) => {
    const resolved = resolveParameters([number, when(comparator, comparatorValue)], { n });
    expect(resolved.problems?.map(({ type }) => type)).toEqual(counts ? ['missing'] : undefined);
  });

  it('count by the default of what they stand on, and not where that does not count itself', () => {
    const third = parameter({
      name: 'third',
      required: true,
      conditional: { parameter: 'delay', comparator: '=', comparatorValue: '9' },
    });
    expect(resolveParameters([mode, delay, third], { delay: '9' }, 'pass')).toMatchObject({
      values: { third: null, delay: null },
    });
    expect(resolveParameters([mode, delay, third], { mode: 'slow', delay: '9' }).problems).toMatchObject([
      { parameter: 'third', type: 'missing' },
    ]);
  });
});

describe('what is wrong with given values', () => {
  it.each<readonly [string, readonly PipelineParameter[], StageContext, readonly string[]]>([
    ['missing', [size], {}, ['Required parameter size is missing.']],
    ['missing', [size], { size: undefined }, ['Required parameter size is missing.']],
    ['notOne', [size], { size: '3' }, ["Parameter size must be one of 2, 4, not '3'."]],
    ['notOne', [size], { size: '' }, ["Parameter size must be one of 2, 4, not ''."]],
    ['notOne', [size], { size: ['2'] }, [`Parameter size must be one of 2, 4, not '["2"]'.`]],
    [
      'notOne',
      [parameter({ name: 'speed', options: ['fast', 'slow'] })],
      { speed: 'fsat' },
      ["Parameter speed must be one of fast, slow, not 'fsat'. Did you mean 'fast'?"],
    ],
    ['notOne', [tag], { tag: 'xv1' }, ["Parameter tag must match v[0-9]+, which 'xv1' does not."]],
    ['notOne', [tag], { tag: 'v1\n' }, ["Parameter tag must match v[0-9]+, which 'v1\n' does not."]],
    ['unknown', [], { siez: '3' }, ["The pipeline has no parameter 'siez'. It has none."]],
    [
      'unknown',
      [size],
      { siez: '4', size: '4' },
      ["The pipeline has no parameter 'siez'. Did you mean size? It has size."],
    ],
    ['condition', [mode, delay], { delay: '9' }, ['Parameter delay counts only where mode = slow. Leave it out.']],
  ])('is %s', (type, parameters, given, messages) => {
    const { problems = [] } = resolveParameters(parameters, given);
    expect(problems.map(({ message }) => message)).toEqual(messages);
    expect(problems[0]?.type).toBe(type);
  });

  it('is told all at once', () => {
    const { problems = [] } = resolveParameters([size, tag], { tag: 'x', other: '1' });
    expect(problems.map(({ parameter: name }) => name)).toEqual(['other', 'size', 'tag']);
  });

  it('is not what a parent passes beside, but what it passes for a parameter', () => {
    expect(resolveParameters([size], { size: '2', extra: { a: 1 } }, 'pass')).toEqual({
      values: { size: '2', extra: { a: 1 } },
    });
    expect(resolveParameters([size], { size: '3', extra: 1 }, 'pass').problems).toHaveLength(1);
  });

  it('is found in time that grows with the text, whatever the constraint', () => {
    const slow = parameter({ name: 'x', constraint: '(a+)+b' });
    expect(resolveParameters([slow], { x: 'a'.repeat(5000) }).problems).toHaveLength(1);
  });
});

it.each<readonly [PipelineParameter, string]>([
  [mode, 'mode (default fast)'],
  [parameter({ name: 'x' }), 'x'],
  [parameter({ name: 'x', default: '' }), 'x (default empty)'],
  [size, 'size (how many instances; one of 2, 4)'],
  [parameter({ ...tag, label: 'Tag' }), 'tag (Tag; must match v[0-9]+; default v1)'],
  [delay, 'delay (only where mode = slow)'],
])('describes %p', (described, text) => expect(describeParameter(described)).toBe(text));

it('puts pinned parameters first', () => {
  const pinned = parameter({ name: 'b', pinned: true });
  expect(pinnedFirst([mode, pinned, tag]).map(({ name }) => name)).toEqual(['b', 'mode', 'tag']);
});
