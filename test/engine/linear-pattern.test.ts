import { linearPattern, PatternError } from '../../src/engine/linear-pattern';

describe('a linear pattern', () => {
  it.each([
    ['v\\d+', 'v12', true],
    ['v\\d+', 'v12x', false],
    ['[^/]+/[a-z]*', 'a/b', true],
    ['', '', true],
    ['a|b', 'b', true],
  ])('/%s/ against %p is %p, over the whole text', (source, text, expected) =>
    expect(linearPattern(source).matches(text)).toBe(expected),
  );

  it('finds every match with its groups', () =>
    expect([...linearPattern('(\\w)=(\\d)?').findAll('a=1,b=')]).toEqual([
      { start: 0, end: 3, groups: ['a=1', 'a', '1'] },
      { start: 4, end: 6, groups: ['b=', 'b', undefined] },
    ]));

  it.each([['('], ['a**b('], ['(?=a)'], ['(a)\\1'], ['[z-a]']])('refuses %p with a reason', (source) =>
    expect(() => linearPattern(source)).toThrow(PatternError),
  );

  it.each([['a{1000}'.repeat(3)], ['((a{20}){20}){20}'], ['(a{1,900}b){5}'], ['x'.repeat(1001)]])(
    'refuses the oversized %p before it is compiled',
    (source) => expect(() => linearPattern(source)).toThrow('too large'),
  );

  it('knows which patterns look no further than their match', () => {
    expect(['\\s+', '[^a-z]+', 'abc', 'a?b', '\\W'].map((source) => linearPattern(source).isLocal)).toEqual(
      Array(5).fill(true),
    );
    expect(['a.*b|a', '(a+)+', 'a{2,}b'].map((source) => linearPattern(source).isLocal)).toEqual(Array(3).fill(false));
  });
});
