import { emptyMemo, evaluate, type Json } from '../../../src/engine/expressions';
import { errorOf, run, scopeOf, testTime, valueOf } from './scope';

const context: Readonly<Record<string, Json>> = { a: 1, name: 'foo', list: [1, 2], map: { x: true }, none: null };

describe('evaluating an input', () => {
  it('keeps the type of a text that is one expression', () =>
    expect(evaluate(['${a}', '${list}', '${map}', '${map.x}', '${name}'], scopeOf(context)).value).toEqual([
      1,
      [1, 2],
      { x: true },
      true,
      'foo',
    ]));

  it.each([
    [' ${a}', ' 1'],
    ['${a}${name}', '1foo'],
    ['v${a}-${list}-${map}', 'v1-1,2-{x=true}'],
    ['${1.0}!', '1.0!'],
    ['$a {a} $${a}', '$a {a} $1'],
    ["it's ${name}", "it's foo"],
    ['${\'}\'}${"{"}', '}{'],
    ["${'${x}'}", '${x}'],
  ])('%j becomes %j', (text, expected) => expect(evaluate(text, scopeOf(context)).value).toBe(expected));

  it('evaluates keys and values at every level', () =>
    expect(evaluate({ 'k-${a}': [{ '${name}': '${a}' }], plain: 1 }, scopeOf(context)).value).toEqual({
      'k-1': [{ foo: 1 }],
      plain: 1,
    }));

  it('gives parts without expressions back as they are', () => {
    const input = { plain: { deep: [1, 'x'] }, other: ['${a}'] };
    const { value } = evaluate(input, scopeOf(context));
    expect((value as typeof input).plain).toBe(input.plain);
    expect(evaluate(input.plain, scopeOf(context)).value).toBe(input.plain);
  });

  it('gives values of the context out in place', () => {
    expect(valueOf('map', context)).toBe(context.map);
    expect(valueOf('{list}', context)).toEqual([[1, 2]]);
    expect((valueOf('{list}', context) as Json[])[0]).toBe(context.list);
  });

  it('copies nothing of a large context', () => {
    const large = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, 'x'.repeat(50)]));
    let reads = 0;
    const scope = { ...scopeOf({}), lookup: () => ((reads += 1), large), root: () => large };
    expect(evaluate('${large.key7}', scope).value).toBe('x'.repeat(50));
    expect(evaluate('${#root}', scope).value).toBe(large);
    expect(reads).toBe(1);
  });

  it('says where a problem is', () => {
    const input = { clusters: [{ env: { A: 'x ${nam}', 'b.c': '${1/0}' } }], '${nope}': 1 };
    const { value, problems } = evaluate(input, scopeOf(context));
    expect(value).toEqual(input);
    expect(problems).toEqual([
      {
        level: 'INFO',
        path: 'clusters[0].env.A',
        column: 5,
        expression: 'nam',
        message: "the result is null: 'nam' is not defined; did you mean 'name'?",
      },
      {
        level: 'ERROR',
        path: 'clusters[0].env["b.c"]',
        column: 4,
        expression: '1/0',
        message: 'a whole number cannot be divided by zero',
      },
      expect.objectContaining({ level: 'INFO', path: '["${nope}"]', expression: 'nope' }),
    ]);
  });

  it('leaves a longer text whole where one of its expressions fails, and tells of all', () => {
    const { value, problems } = evaluate('${a} ${1/0} ${x.y}', scopeOf(context));
    expect(value).toBe('${a} ${1/0} ${x.y}');
    expect(problems.map(({ column, level }) => [column, level])).toEqual([
      [9, 'ERROR'],
      [17, 'ERROR'],
    ]);
  });

  it.each(['${a', 'x ${', "${'a}", '${{a}'])('leaves %j, which is not closed', (text) => {
    const { value, problems } = evaluate(text, scopeOf(context));
    expect(value).toBe(text);
    expect(problems).toMatchObject([{ level: 'ERROR' }]);
  });

  it('keeps texts with unknown names for later where asked to', () => {
    const scope = scopeOf(context, { unknown: 'keep' });
    const { value, problems } = evaluate(['${later}', '${a}', '${map.missing ?: 2}', "${later ?: 'x'}"], scope);
    expect(value).toEqual(['${later}', 1, 2, "${later ?: 'x'}"]);
    expect(problems.map(({ path, level, message }) => [path, level, message])).toEqual([
      ['[0]', 'ERROR', "'later' is not defined"],
      ['[3]', 'ERROR', "'later' is not defined"],
    ]);
  });

  it('asks for names only to propose one', () => {
    const names = jest.fn(() => ['alpha']);
    evaluate('${alpha} ${a.b ?: 1}', { ...scopeOf({ alpha: 1, a: {} }), names });
    expect(names).not.toHaveBeenCalled();
    evaluate('${alhpa}', { ...scopeOf({}), names });
    expect(names).toHaveBeenCalledTimes(1);
  });
});

describe('the memo', () => {
  const text =
    '${new java.util.Date().getTime()} ${T(Math).random()} ${T(java.util.UUID).randomUUID()} ${new java.util.Random().nextInt(1000)}';

  it('gives the same again', () => {
    const input = { a: text, b: ['${{1, 2, 3}.![T(Math).random()]}'] };
    const first = evaluate(input, scopeOf({}, { random: Math.random }));
    const memo = JSON.parse(JSON.stringify(first.memo)) as typeof first.memo;
    const again = evaluate(input, scopeOf({}, { random: Math.random, now: testTime + 5000, memo }));
    expect(again.value).toEqual(first.value);
    expect(again.memo).toBe(memo);
    expect(new Set((first.value as { b: number[][] }).b[0]).size).toBe(3);
    expect(evaluate(input, scopeOf({}, { random: Math.random })).value).not.toEqual(first.value);
  });

  it('is keyed by place and occurrence', () => {
    const { memo } = evaluate({ a: 'x ${T(Math).random()}', b: '${{1, 2}.![T(Math).random()]}' }, scopeOf());
    expect(Object.keys(memo.values)).toEqual(['a@13#1', 'b@20#1', 'b@20#2']);
  });

  it('is given back as it is where nothing was taken', () => expect(run('a', context).memo).toBe(emptyMemo));

  it('draws from the system where no randomness is given', () => {
    const { random: _, ...scope } = scopeOf();
    const value = evaluate('${T(Math).random()}', scope).value as number;
    expect(value >= 0 && value < 1).toBe(true);
    expect(evaluate('${T(java.util.UUID).randomUUID()}', scope).value).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
  });

  it('keeps what was taken before a need stopped the text', () => {
    const input = "${T(Math).random()} ${#fromUrl('http://example.com/')}";
    const first = evaluate(input, scopeOf({}, { random: Math.random }));
    expect(first).toMatchObject({ value: input, problems: [], needs: [{ kind: 'url', url: 'http://example.com/' }] });
    const memo = { ...first.memo, urls: { 'http://example.com/': { text: 'ok' } } };
    const second = evaluate(input, scopeOf({}, { random: Math.random, memo }));
    expect(second.value).toBe(`${Object.values(first.memo.values)[0] as number} ok`);
  });

  it('tells each need once', () =>
    expect(evaluate(["${#fromUrl('http://a.b/')}", "${#fromUrl('http://a.b/')}"], scopeOf()).needs).toHaveLength(1));
});

describe('limits', () => {
  it.each<[string, object, string]>([
    ['1 + 1 + 1', { length: 5 }, 'longer than 5 characters'],
    ['((1))', { depth: 2 }, 'nested more than 2 deep'],
    ['1 + 1 + 1', { tokens: 4 }, 'more than 4 words and signs'],
    ['list.![#this]', { steps: 5 }, 'more than 5 steps'],
    ["'abc' + 'def'", { text: 5 }, 'a text of more than 5 characters'],
    ['{1, 2, 3}', { items: 2 }, 'more than 2 elements'],
    ['{{1, 2}, 3}', { nodes: 3 }, 'holds more than 3 values'],
    ["'aaaa' matches 'a+b'", { patternSteps: 10 }, 'too long to be matched'],
  ])('%s with %j says: %s', (expression, limits, message) =>
    expect(errorOf(expression, context, { limits })).toContain(message),
  );

  it('allows what stays within them', () =>
    expect(valueOf("'abc' + 'de'", {}, { limits: { text: 5, steps: 10, items: 0, length: 12, depth: 2 } })).toBe(
      'abcde',
    ));

  it('bounds a longer text as a whole', () => {
    const text = '${name}${name}';
    const { value, problems } = evaluate(text, scopeOf(context, { limits: { text: 5 } }));
    expect(value).toBe(text);
    expect(problems).toMatchObject([{ level: 'ERROR', column: 3 }]);
  });
});
