import { readProperties } from '../../src/model/read-properties';

describe('readProperties', () => {
  it.each([
    ['a=1', { a: '1' }],
    ['a:1\nb 2\nc\t=\t3\nd', { a: '1', b: '2', c: '3', d: '' }],
    ['  # no = comment\n! nor this\n\n  a = 1 ', { a: '1 ' }],
    ['a = one, \\\n    two\\\n   , three\nb=2', { a: 'one, two, three', b: '2' }],
    ['a=ends with \\\\\nb=2', { a: 'ends with \\', b: '2' }],
    ['a=1\\\n# still a\nb=2', { a: '1# still a', b: '2' }],
    ['# a comment \\\na=1', { a: '1' }],
    ['a\\ b\\=c\\:d = e=f:g', { 'a b=c:d': 'e=f:g' }],
    ['a=\\t\\n\\r\\f\\z\\"\\\\', { a: '\t\n\r\fz"\\' }],
    ['gr\\u00fcn=\\u20AC\\uD83D\\uDE00', { grün: '€😀' }],
    ['a=1\r\nb=2\rc=3', { a: '1', b: '2', c: '3' }],
    ['a=1\na=2', { a: '2' }],
    ['=x', { '': 'x' }],
    ['a=1\\', { a: '1' }],
    ['\u{feff}a=1', { a: '1' }],
    ['', {}],
  ])('reads the properties %j', (text, expected) => {
    expect(readProperties(text, 'out.properties')).toEqual(expected);
  });

  it('keeps a name that means something to the language', () => {
    const read = readProperties('__proto__=1', 'a.properties');
    expect(Object.entries(read)).toEqual([['__proto__', '1']]);
    expect(Object.entries(readProperties('{"__proto__": 1}', 'a.json'))).toEqual([['__proto__', 1]]);
  });

  it('reads JSON where the name says so, with its types', () => {
    expect(readProperties('{"a": 1, "b": {"c": [true, null]}}', 'out/result.json')).toEqual({
      a: 1,
      b: { c: [true, null] },
    });
    expect(readProperties('{}', 'result.json.txt')).toEqual({});
  });

  it.each([
    ['[1]', 'a.json'],
    ['null', 'a.json'],
    ['"text"', 'a.json'],
    ['{', 'a.json'],
    ['', 'a.json'],
    ['a=\\u12', 'a.properties'],
    ['a=\\u12xy', 'a.properties'],
  ])('refuses %j in %s, naming the file', (text, fileName) => {
    expect(() => readProperties(text, fileName)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        message: expect.stringContaining(fileName) as unknown,
      }) as Error,
    );
  });
});
