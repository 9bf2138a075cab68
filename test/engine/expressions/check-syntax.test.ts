import { checkBareSyntax, checkSyntax } from '../../../src/engine/expressions';
import { spelFailures } from './spel-failures';
import { spelLanguageRows } from './spel-language';
import { spelMethodRows } from './spel-methods';

const rows = (text: string) => checkSyntax(text).map(({ column, message }) => `${column} ${message}`);

describe('checkSyntax', () => {
  it.each([
    'no expression',
    '${image.tag}',
    'a ${b} and ${c ?: {1, 2}}',
    "${'${not.read'}",
    '$ {',
    "${T(java.lang.Math).max(1, 2)}${new java.text.SimpleDateFormat('yyyy')}",
    '${#stage("a").hasSucceeded and #toInt("1") == 1}',
    "${execution.stages.?[type == 'wait'].![name.trim()]}",
    '${a.isEmpty() ? b.size() : {k: c.get(0)}}',
    '${#root.a + #this.b}',
  ])('has nothing to say about %j', (text) => expect(rows(text)).toEqual([]));

  it.each([
    ['${image.tag', '3 the expression that begins here is never closed with }'],
    ["a ${b + 'c}", '9 the text that begins here is never closed'],
    ['a ${b +}', '8 expected a value, found the end'],
    ['${}', '3 there is no expression between ${ and }'],
    ['${a} ${b c}', "10 expected an operator or the end, found 'c'"],
    ['${a ~ b}', "5 '~' means nothing here"],
    ['x ${#stge("a")}', '5 there is no function #stge(); did you mean #stage()?'],
    ['${a ? #toJsn(b) : c}', '7 there is no function #toJsn(); did you mean #toJson()?'],
    ['${{1}.![#nosuchfunction()]}', '9 there is no function #nosuchfunction()'],
    ['${#toInt()}', '3 #toInt() takes 1 argument, not 0'],
    ['${T(java.lang.System).exit(1)}', '3 the type java.lang.System cannot be used'],
    ['${T(SimpleDateFormat)}', '3 the type SimpleDateFormat cannot be used; did you mean java.text.SimpleDateFormat?'],
    ['${T(java.lang.Math).maxx(1, 2)}', '21 java.lang.Math has no method maxx(); did you mean max()?'],
    ['${new java.util.Dat()}', '3 the type java.util.Dat cannot be used; did you mean java.util.Date?'],
    ['${new java.lang.Math()}', '3 new java.lang.Math is not possible'],
    ['${a.toLowercase()}', '5 a value has no method toLowercase(); did you mean toLowerCase()?'],
    ['${a.put(1, 2)}', '5 put() would change a value, and values cannot be changed'],
    ["${a['b'].getClass()}", '10 '],
    [`\${${'1+'.repeat(400)}1}`, 'more than 150 operations'],
  ])('says of %j: %s', (text, said) => {
    expect(rows(text)).toHaveLength(1);
    expect(rows(text)[0]).toContain(said);
  });

  it('finds the mistakes of every expression of a text, each with the expression', () =>
    expect(checkSyntax('${#a()} ${b +} ${#c() + #d()}').map(({ expression }) => expression)).toEqual([
      '#a()',
      'b +',
      '#c() + #d()',
      '#c() + #d()',
    ]));
});

it('refuses nothing that has a value or is null in the reference of Spring Expression Language', () => {
  const working = [...spelLanguageRows, ...spelMethodRows, ...spelFailures.filter(({ level }) => level === 'INFO')];
  expect(working.map(({ text }) => text).filter((text) => rows(text).length > 0)).toEqual([]);
});

describe('checkBareSyntax', () => {
  it.each([
    ["parameters.smoke == 'yes'", []],
    ['a +', ['4 expected a value, found the end']],
    ['#stge("a")', ['1 there is no function #stge(); did you mean #stage()?']],
    ['', ['1 there is no expression']],
  ])('says of %j: %j', (text, said) =>
    expect(checkBareSyntax(text).map(({ column, message }) => `${column} ${message}`)).toEqual(said),
  );
});
