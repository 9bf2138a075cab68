import type { Json } from '../../../src/engine/expressions';
import { errorOf, run, valueOf } from './scope';

const context: Readonly<Record<string, Json>> = {
  text: 'abc',
  empty: '',
  none: null,
  zero: 0,
  no: false,
  yes: 'yes',
  list: [3, 1, 2],
  rows: [
    { name: 'a', size: 1, tags: ['x'] },
    { name: 'b', size: 2, tags: [] },
    { name: 'c', size: 3, tags: ['x', 'y'] },
  ],
  map: { a: 1, b: 2, 'c-d': 3, text: 'inner' },
  key: 'a',
};

describe('literals', () => {
  it.each<[string, Json]>([
    ["'it''s'", "it's"],
    ['"x"', 'x'],
    ['"say ""hi"""', 'say "hi"'],
    ["'a\\nb'", 'a\\nb'],
    ["''", ''],
    ["'}'", '}'],
    ["'${x}'", '${x}'],
    ['7', 7],
    ['0x1F', 31],
    ['0xffL', 255],
    ['1.5e3', 1500],
    ['1E-2', 0.01],
    ['10L', 10],
    ['2.0', 2],
    ['1.5f', 1.5],
    ['2d', 2],
    ['true', true],
    ['FALSE', false],
    ['{1, 2, {3}}', [1, 2, [3]]],
    ['{}', []],
    ["{a: 1, 'b c': {d: 2}}", { a: 1, 'b c': { d: 2 } }],
    ['{:}', {}],
    ["{1: 'x'}", { 1: 'x' }],
    ['{(key): 1}', { key: 1 }],
    ["{('a' + key): 1}", { aa: 1 }],
    ['{text, none}', ['abc', null]],
    ['3.toString()', '3'],
  ])('%s is %j', (expression, expected) => expect(valueOf(expression, context)).toEqual(expected));

  it('null is null, which leaves the text', () =>
    expect(run('null').problems).toMatchObject([{ level: 'INFO', message: 'the result is null' }]));
});

describe('arithmetic', () => {
  it.each<[string, Json]>([
    ['1 + 2', 3],
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['7 / 2.0', 3.5],
    ['7.0 / 2', 3.5],
    ['4.0 / 2', 2],
    ["4.0 / 2 + ''", '2.0'],
    ['-7 % 3', -1],
    ['7 % -3', 1],
    ['7.5 % 2', 1.5],
    ['7 div 2', 3],
    ['7 MOD 4', 3],
    ['2 ^ 10', 1024],
    ['2 ^ 3 ^ 2', 64],
    ['2 + 3 * 4', 14],
    ['(2 + 3) * 4', 20],
    ['10 - 2 - 3', 5],
    ['-2 ^ 2', 4],
    ['- -5', 5],
    ['+5', 5],
    ['1 - -1', 2],
    ['0 * -1', 0],
    ["1 + '2'", '12'],
    ["'a' + 1 + 2", 'a12'],
    ["1 + 2 + 'a'", '3a'],
    ["'a' + null", 'anull'],
    ["null + 'a'", 'nulla'],
    ["'a' + 2.0", 'a2.0'],
    ["'' + 1.0E10", '1.0E10'],
    ["'' + 0.0001", '1.0E-4'],
    ["'' + true", 'true'],
    ["'' + {1, {2, 3}}", '1,2,3'],
    ["'' + {a: {1, 2}}", '{a=[1, 2]}'],
    ["'ab' * 2", 'abab'],
    ["'d' - 3", 'a'],
    ['9007199254740991 + 1', 9007199254740992],
  ])('%s is %j', (expression, expected) => expect(valueOf(expression, context)).toEqual(expected));

  it.each([
    ['1 / 0', 'divided by zero'],
    ['1 % 0', 'divided by zero'],
    ['1.0 / 0', 'Infinity'],
    ['0.0 / 0', 'NaN'],
    ['none + 1', 'null plus a number cannot be computed'],
    ['1 - none', 'a number minus null'],
    ["'ab' - 1", 'a text minus a number'],
    ["1 * 'a'", 'a number times a text'],
    ['list + list', 'a list plus a list'],
    ["'a' / 2", 'a text divided by a number'],
    ["'a' % 2", 'a text modulo a number'],
    ['none ^ 2', 'null to the power of a number'],
    ["-'a'", 'a text has no sign'],
    ['+none', 'null has no sign'],
    ['1++', "expected an operator or the end, found '++'"],
    ['++1', 'values cannot be changed'],
  ])('%s says: %s', (expression, message) => expect(errorOf(expression, context)).toContain(message));
});

describe('comparison', () => {
  it.each<[string, Json]>([
    ['5 == 5.0', true],
    ["'5' == 5", false],
    ['5 eq 5', true],
    ['5 NE 4', true],
    ['none == null', true],
    ['none != 1', true],
    ["'a' == 'a'", true],
    ['list == {3, 1, 2}', true],
    ['list == {3, 1}', false],
    ['{a: {1}} == {a: {1.0}}', true],
    ['{a: 1} == {b: 1}', false],
    ['true == true', true],
    ['1 < 2', true],
    ['2 lt 1', false],
    ['2 <= 2', true],
    ['2 LE 1', false],
    ["'b' > 'a'", true],
    ["'10' > '9'", false],
    ['2 gt 1', true],
    ['2 >= 3', false],
    ['2 ge 2.0', true],
    ['none < 1', true],
    ['1 > none', true],
    ['none >= null', true],
    ['false < true', true],
    ['2 between {1, 3}', true],
    ['3 between {1, 3}', true],
    ['4 between {1, 3}', false],
    ["'b' between {'a', 'c'}", true],
    ["'abc' matches 'a.c'", true],
    ["'xabc' matches 'abc'", false],
    ["5 matches '\\d'", true],
    ["'abc' MATCHES '[a-c]+'", true],
    ['text instanceof T(String)', true],
    ['1 instanceof T(Integer)', true],
    ['1.5 instanceof T(java.lang.Double)', true],
    ['2.0 instanceof T(Integer)', false],
    ['true instanceof T(Boolean)', true],
    ['none instanceof T(String)', false],
  ])('%s is %j', (expression, expected) => expect(valueOf(expression, context)).toEqual(expected));

  it.each([
    ["'a' < 1", 'a text and a number cannot be compared'],
    ['list > list', 'a list and a list cannot be compared'],
    ['2 between 3', 'between needs a list of two'],
    ['2 between {1}', 'between needs a list of two'],
    ["none matches 'a'", 'null cannot be matched'],
    ["'a' matches 1", 'a pattern must be a text'],
    ["'a' matches '('", 'cannot be read'],
    ["'a' instanceof 'String'", 'instanceof needs a type'],
    ['1 < 2 < 3', "expected an operator or the end, found '<'"],
  ])('%s says: %s', (expression, message) => expect(errorOf(expression, context)).toContain(message));
});

describe('logic', () => {
  it.each<[string, Json]>([
    ['true and true', true],
    ['true && false', false],
    ['false OR true', true],
    ['false || false', false],
    ['true or false and false', true],
    ['!true', false],
    ['not false', true],
    ['not no == true', true],
    ["'true' and yes", true],
    ["!'off'", true],
    ['false and none.x', false],
    ['true or none.x', true],
    ['true ? 1 : none.x', 1],
    ['false ? none.x : 2', 2],
    ['true ? false ? 1 : 2 : 3', 2],
    ["zero == 0 ? 'zero' : 'other'", 'zero'],
    ['none ?: 1', 1],
    ['empty ?: 1', 1],
    ['zero ?: 1', 0],
    ['no ?: 1', false],
    ['text ?: none.x', 'abc'],
    ["none ?: empty ?: 'last'", 'last'],
    ["none ?: 'a' + 'b'", 'ab'],
    ['rows.?[(name ?: size) == text].size()', 0],
  ])('%s is %j', (expression, expected) => expect(valueOf(expression, context)).toEqual(expected));

  it.each([
    ['none and true', 'a condition must be true or false, not null'],
    ['1 and true', 'not a number'],
    ["'maybe' or true", 'not a text'],
    ['!none', 'not null'],
    ['list ? 1 : 2', 'not a list'],
    ['true ? 1', "expected ':', found the end"],
  ])('%s says: %s', (expression, message) => expect(errorOf(expression, context)).toContain(message));
});

describe('access', () => {
  it.each<[string, Json]>([
    ['map.a', 1],
    ["map['c-d']", 3],
    ['map[a]', 1],
    ["map[key] ?: 'a bare name is itself the key'", 'a bare name is itself the key'],
    ['map[#root.key]', 1],
    ["map[key + '']", 1],
    ['map[list[1].toString()] ?: 0', 0],
    ['#root.map.b', 2],
    ["#root['map']['b']", 2],
    ["['text']", 'abc'],
    ['#this.text', 'abc'],
    ['list[0]', 3],
    ['list[list[1]]', 1],
    ["list['2']", 2],
    ['list.length', 3],
    ['text[1]', 'b'],
    ['text.empty', false],
    ['none?.foo ?: 1', 1],
    ['none?.foo() ?: 1', 1],
    ["none?.['x'] ?: 1", 1],
    ['map?.a', 1],
    ['missing?.a ?: 1', 1],
    ['size()', 10],
    ["containsKey('text')", true],
    ['rows.![name]', ['a', 'b', 'c']],
    ['rows.![#this.size * 2]', [2, 4, 6]],
    ['rows.![{name: name}]', [{ name: 'a' }, { name: 'b' }, { name: 'c' }]],
    ['map.![key]', ['a', 'b', 'c-d', 'text']],
    ['rows.?[size > 1].![name]', ['b', 'c']],
    ['rows.?[size > 9]', []],
    ['rows.^[size > 1].name', 'b'],
    ['rows.$[size < 3].name', 'b'],
    ["rows.?[tags.contains('x')].size()", 2],
    ['rows.?[name == #root.key].size()', 1],
    ['map.?[value == 2]', { b: 2 }],
    ['map.^[value != 1]', { b: 2 }],
    ['map.$[value != 1]', { text: 'inner' }],
    ['map.?[value == 9]', {}],
    ['{5, 6}.^[#this > 5]', 6],
    ['none?.![x] ?: 1', 1],
    ['none?.?[x] ?: 1', 1],
    ['list.?[#this > 1].![#this * 10]', [30, 20]],
    ['list.![#root.map.a]', [1, 1, 1]],
  ])('%s is %j', (expression, expected) => expect(valueOf(expression, context)).toEqual(expected));

  it.each([
    ['none.foo', "cannot read 'foo' of null"],
    ['missing.foo', "cannot read 'foo' of null ('missing' is not defined)"],
    ['texd.foo', "'texd' is not defined; did you mean 'text'?"],
    ['map.aa.foo', "'aa' is not defined; did you mean 'a'?"],
    ['none.foo()', 'cannot call foo() of null'],
    ["none['a']", 'cannot read an element of null'],
    ['none.![x]', 'of null'],
    ['none.?[x]', 'of null'],
    ['list[3]', 'there is no element 3: a list of 3'],
    ['list[-1]', 'there is no element -1'],
    ["list['a']", 'a list is indexed by a number, not a text'],
    ['text[3]', 'there is no element 3: a text of 3'],
    ['zero[0]', 'a number has no elements'],
    ['rows.name', '.![name] takes it from every element'],
    ['text.length', "a text has no property 'length'; it is called with length()"],
    ['text.foo', "a text has no property 'foo'"],
    ['zero.![x]', 'a number has no elements'],
    ['zero.?[x]', 'cannot select from a number'],
    ['rows.?[name]', 'the condition of a selection must be true or false, not a text'],
    ['rows.?[none]', 'not null'],
  ])('%s says: %s', (expression, message) => expect(errorOf(expression, context)).toContain(message));

  it('leaves the first of nothing as null', () =>
    expect(run('rows.^[size > 9]', context).problems).toMatchObject([{ level: 'INFO' }]));

  it('proposes a name for one that is not defined', () =>
    expect(run('texd', context).problems[0]?.message).toBe(
      "the result is null: 'texd' is not defined; did you mean 'text'?",
    ));
});

describe('what cannot be read', () => {
  it.each([
    ['', 3, 'there is no expression between ${ and }'],
    ['  ', 3, 'there is no expression between ${ and }'],
    ['1 +', 6, 'expected a value, found the end'],
    ['1 2', 5, "expected an operator or the end, found '2'"],
    ['a..b', 5, "expected a name, found '.'"],
    ['(1', 5, "expected ')', found the end"],
    ['list[1', 9, "expected ']', found the end"],
    ["f('a'", 8, "expected ',' or ')', found the end"],
    ['{1, 2', 3, 'never closed with }'],
    ['{1 2}', 6, "expected ',', ':' or '}', found '2'"],
    ['{a: 1, b}', 11, "expected ':', found '}'"],
    ['#', 4, 'expected a name, found the end'],
    ['T()', 5, "expected a name, found ')'"],
    ['new String', 13, "expected '(', found the end"],
    ['a = 1', 5, "expected an operator or the end, found '='"],
    ['12abc', 3, 'this number is not written correctly'],
    ['a ~ b', 5, "'~' means nothing here"],
    ['a.?[', 7, 'expected a value, found the end'],
    ["1 + 'abc", 7, "the text that begins here is never closed with '"],
    ['${x}', 4, "found '{'"],
    ['@bean', 3, "expected a value, found '@'"],
  ])('%j is told of at column %i', (expression, column, message) => {
    const { value, problems } = run(expression, context);
    expect(value).toBe(`\${${expression}}`);
    const found = problems[0];
    expect(found).toMatchObject({ level: 'ERROR', path: '' });
    expect(found?.message).toContain(message);
    expect(found?.column).toBe(column);
  });
});
