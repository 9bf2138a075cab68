import { Recent } from '../../../src/engine/expressions/recent';

/** Keeps two; says with every value how often it was made. */
function counting() {
  const recent = new Recent<string>(2);
  const made = new Map<string, number>();
  const get = (key: string): string =>
    recent.get(key, () => {
      made.set(key, (made.get(key) ?? 0) + 1);
      return `${key}${made.get(key) ?? 0}`;
    });
  return { recent, get };
}

describe('what was used lately', () => {
  it('is kept from the second time on', () => {
    const { get } = counting();
    expect(['a', 'a', 'a', 'a'].map(get)).toEqual(['a1', 'a2', 'a2', 'a2']);
  });

  it('outlasts any number of things that are wanted once', () => {
    const { get } = counting();
    get('a');
    get('a');
    Array.from({ length: 100 }, (_, index) => get(`once${index}`));
    expect(get('a')).toBe('a2');
  });

  it('gives way to what is used more lately', () => {
    const { get } = counting();
    for (const key of 'aabbccddeeff') get(key);
    expect(get('a')).toBe('a3');
  });

  it('stays while it is used', () => {
    const { get } = counting();
    for (const key of 'aabbaccaddaee') get(key);
    expect(get('a')).toBe('a2');
  });

  it('holds no error', () => {
    const { recent } = counting();
    const fail = () => {
      throw new Error('no');
    };
    expect(() => recent.get('a', fail)).toThrow('no');
    expect(recent.get('a', () => 'x')).toBe('x');
  });
});
