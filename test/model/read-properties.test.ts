import { readProperties } from '../../src/model/read-properties';

describe('a properties file', () => {
  it.each<[string, string, string, Record<string, unknown>]>([
    [
      'JSON by its name',
      'a/result.json',
      ' {"image": "foo:1", "n": 2, "list": [1]}',
      { image: 'foo:1', n: 2, list: [1] },
    ],
    ['JSON by its look', 'result.txt', '\uFEFF{"a": null}', { a: null }],
    ['lines', 'b.properties', 'a=1\nb = two words \n c:3\r\nd 4', { a: '1', b: 'two words ', c: '3', d: '4' }],
    ['comments and blanks', 'b.properties', '# no\n\n ! no\na=#yes', { a: '#yes' }],
    ['a line that goes on', 'b.properties', 'a=one,\\\n   two\nb=c:\\\\\nd=e', { a: 'one,two', b: 'c:\\', d: 'e' }],
    ['escapes', 'b.properties', 'a\\ b\\=c=\\u00e9\\t\\q', { 'a b=c': 'é\tq' }],
    [
      'keys without values, the last one winning',
      'b.properties',
      'a\na=\nurl=http://x/?a=b',
      { a: '', url: 'http://x/?a=b' },
    ],
    ['a last line that would go on', 'b.properties', 'a=1\\', { a: '1' }],
    ['keys that objects inherit', 'b.properties', 'constructor=1\ntoString=2', { constructor: '1', toString: '2' }],
  ])('of %s is read', (_title, name, text, expected) => expect(readProperties(text, name)).toEqual(expected));

  it.each([
    ['nothing', 'r.properties', ' \n# only a comment', 'it is empty'],
    ['no text', 'r.json', '', 'it is no JSON'],
    ['an empty object', 'r.json', '{}', 'it is empty'],
    ['a list', 'r.json', '[1]', 'no object'],
    ['half of it', 'r.json', '{"a": 1', 'no JSON'],
    ['a broken escape', 'r.properties', 'a=\\u12', 'four digits'],
    ['a key that changes what is inherited', 'r.json', '{"__proto__": {"a": 1}}', '__proto__'],
    ['the same as a property', 'r.properties', '__proto__=1', '__proto__'],
    ['too much', 'r.properties', `a=${'x'.repeat(65_536)}`, 'longer than 65536'],
  ])('of %s is refused by name', (_title, name, text, why) => {
    const read = () => readProperties(text, name);
    expect(read).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', fields: { fileName: name } }) as Error);
    expect(read).toThrow(
      `Expected properties file ${name} but it was either missing, empty or contained invalid syntax: `,
    );
    expect(read).toThrow(why);
  });
});
