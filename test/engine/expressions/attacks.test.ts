import childProcess from 'node:child_process';
import dns from 'node:dns';
import fs from 'node:fs';
import net from 'node:net';
import { emptyMemo, evaluate, executionFunctions, type Json } from '../../../src/engine/expressions';
import { scopeOf } from './scope';
import { limitHere, processorTime } from './stopwatch';

const execution = {
  id: 'e',
  application: 'foo',
  trigger: {},
  stages: [{ id: '1', name: 'a', type: 'wait', status: 'SUCCEEDED' }],
};

function deepFreeze(value: Json): Json {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

const context = deepFreeze({
  text: 'abc',
  long: 'a'.repeat(50_000),
  list: [1, 2, 3],
  many: Array.from({ length: 9000 }, (_, index) => index),
  map: { key: 'value', nested: { deep: true } },
  disguised: { type: 'IEXPREVAL', value: 'x' },
  template: '${text}',
}) as Readonly<Record<string, Json>>;

/** Everything through which the outside could be reached; each spy fails the test that calls it. */
const reached: string[] = [];

let isWatching = false;

/** Does something while every hook records that it was reached, and fails. */
function watched<T>(act: () => T): T {
  isWatching = true;
  try {
    return act();
  } finally {
    isWatching = false;
  }
}

beforeAll(() => {
  const watch = (owner: object, names: readonly string[]) => {
    for (const name of names) {
      const methods = owner as Record<string, (...args: unknown[]) => unknown>;
      const original = methods[name]!;
      jest.spyOn(methods, name).mockImplementation(function (this: unknown, ...args) {
        if (!isWatching) return original.apply(this, args);
        reached.push(name);
        throw new Error(`${name} was reached`);
      });
    }
  };
  watch(net, ['connect', 'createConnection', 'createServer']);
  watch(net.Socket.prototype, ['connect']);
  watch(dns, ['lookup', 'resolve', 'resolve4']);
  watch(fs, ['readFileSync', 'writeFileSync', 'readFile', 'writeFile', 'openSync', 'open', 'unlinkSync']);
  watch(childProcess, ['exec', 'execSync', 'spawn', 'spawnSync', 'fork', 'execFile', 'execFileSync']);
  watch(globalThis, ['fetch', 'eval']);
  watch(process, ['exit', 'kill', 'abort', 'chdir']);
});

afterAll(() => jest.restoreAllMocks());

/** What an evaluation takes, in ms: the best of up to ten, as garbage may be collected in one of them. */
function quickest(act: () => unknown): number {
  let best = Infinity;
  for (let tries = 0; tries < 10 && best >= 50; tries += 1) best = Math.min(best, processorTime(act));
  return best;
}

/** Evaluates an attack; the first time pays for what the machine compiles and is not timed. */
function attack(input: Json, scope = scopeOf(context, { functions: executionFunctions(execution, null) })) {
  const before = JSON.stringify(context);
  const prototypes = JSON.stringify(
    [Object.prototype, Array.prototype, Function.prototype, String.prototype]
      .map(Reflect.ownKeys)
      .map((keys) => keys.map(String)),
  );
  const first = watched(() => evaluate(input, scope));
  const second = watched(() => evaluate(input, scope));
  const took = quickest(() => watched(() => evaluate(input, scope)));
  expect(second).toEqual(first);
  expect(reached).toEqual([]);
  expect(JSON.stringify(context)).toBe(before);
  expect(
    JSON.stringify(
      [Object.prototype, Array.prototype, Function.prototype, String.prototype]
        .map(Reflect.ownKeys)
        .map((keys) => keys.map(String)),
    ),
  ).toBe(prototypes);
  return { ...first, took };
}

const prototypeAttacks = [
  'constructor',
  '__proto__',
  'prototype',
  'text.constructor',
  'map.constructor',
  'map.__proto__',
  'list.__proto__',
  'list.constructor',
  "map['constructor']",
  "map['__proto__']",
  "map['con' + 'structor']",
  "map['__pro'.concat('to__')]",
  "#root['__proto__']",
  "#root.constructor.constructor('return process')()",
  "text.constructor.constructor('return process')().exit()",
  "map.get('__proto__')",
  "map.getOrDefault('constructor', 1)",
  "map.containsKey('__proto__')",
  'list.![constructor]',
  'list.?[constructor == null]',
  "{'__proto__': {polluted: true}}",
  '{__proto__: {polluted: true}}',
  "{'constructor': 1}",
  '#constructor',
  '#__proto__',
  '#constructor()',
  '#__proto__(1)',
  '#toString()',
  '#hasOwnProperty("a")',
  '#readJson(\'{"__proto__":{"polluted":true}}\')',
  "#readYaml('__proto__: {polluted: true}')",
  '#readJson(\'{"a":{"__proto__":1}}\')',
  'T(constructor)',
  'T(__proto__)',
  'new constructor()',
  'text.__defineGetter__("a", 1)',
  'map.hasOwnProperty("key")',
  'map.__lookupGetter__("key")',
  'map.valueOf()',
  'map.toLocaleString()',
  'list.map(1)',
  'list.concat(list)',
  'list.push(4)',
  'text.anchor("x")',
  'T(Math).constructor',
  'T(Math).__proto__',
  'T(Math).getClass()',
  'T(String).class.forName("java.lang.Runtime")',
];

const javaAttacks = [
  'text.getClass()',
  'text.class',
  "''.class.forName('java.lang.Runtime').getRuntime().exec('id')",
  "T(java.lang.Runtime).getRuntime().exec('id')",
  'T(java.lang.System).getenv()',
  "T(java.lang.System).getProperty('user.dir')",
  'T(java.lang.Thread).sleep(10000)',
  "T(java.nio.file.Files).readAllLines('/etc/passwd')",
  "new java.io.File('/etc/passwd')",
  "new java.lang.ProcessBuilder({'id'}).start()",
  "new java.util.Scanner('/etc/passwd')",
  "new java.net.Socket('127.0.0.1', 80)",
  'T(java.lang.Class)',
  "T(org.springframework.util.StreamUtils).copy('a')",
  '@bean',
  '&bean',
  "@environment.getProperty('x')",
  'text.wait()',
  'text.notify()',
  'text.notifyAll()',
  'text.intern()',
  'text = 5',
  'map.key = 5',
  'f(x) = x * 2',
  'list[0]++',
  '++list[0]',
  "map.put('a', 1)",
  'list.add(4)',
  'list.clear()',
  "map.remove('key')",
  'text; text',
  'process',
  'process.exit()',
  'globalThis.process',
  "require('fs')",
  "import('fs')",
  'this.constructor',
  '() => 1',
  '`${1}`',
  "eval('1')",
  "Function('return 1')()",
  'T(Math)',
  "new java.text.SimpleDateFormat('yyyy')",
  'new java.util.Random()',
];

const heavyAttacks = [
  "long matches '(a+)+$b'",
  "long.matches('(a|a)*b')",
  "(long + long).replaceAll('(a*)*b', 'x')",
  "long.replaceAll('a.*b|a', 'x')",
  "long.split('(a?){50}b')",
  "text matches '" + '(a{1000}){1000}' + "'",
  "text matches '" + 'a{1000}'.repeat(50) + "'",
  "text matches '" + '(((((a{10}){10}){10}){10}){10}){10}' + "'",
  "text matches '(?=a)b'",
  "text matches '(a)\\1'",
  "text matches '('",
  "'x'.repeat(2000000000)",
  "'x' * 2000000000",
  'long.repeat(1000)',
  "long.replace('a', long)",
  "long.replaceAll('a', long)",
  "'a'.repeat(100000).split('')",
  'many.![many.![many.![1]]]',
  'many.?[many.contains(-1)]',
  'many.![long + long]',
  'many.![long.toUpperCase()]',
  "many.![long.compareTo(long + 'b')].size()",
  'many.![#toJson(many)].size()',
  "many.![long.contains('b')]",
  "many.![long.replace('b', 'c')].size()",
  'many.![#this == many]',
  "long.lastIndexOf(long.substring(25000) + 'b')",
  "(long * 9).contains('b' + long)",
  "long.replace(long.substring(30000) + 'b', '')",
  "long.split(long.substring(30000) + 'b').size()",
  "'[' * 9000 matches '[' * 9000",
  "{'a':many.![many]}.toString()",
  '('.repeat(300) + '1' + ')'.repeat(300),
  '['.repeat(5000),
  '!'.repeat(5000) + 'true',
  '-'.repeat(9000) + '1',
  '{'.repeat(4000),
  '1' + '+1'.repeat(4000),
  'text' + '.trim()'.repeat(1000),
  'a' + '.a'.repeat(3000),
  'true' + ' ? true : false'.repeat(500),
  'true' + ' and true'.repeat(1000),
  'null' + ' ?: null'.repeat(600),
  '1'.repeat(10_001),
  "T(String).format('%9999s%9999s%9999s%9999s', 1, 1, 1, 1).repeat(20)",
  'T(String).join(long, many)',
  "#readYaml('a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]')",
  "#readYaml('a: &a [*a]')",
  '#readYaml(long + long)',
  "#readJson('['.repeat(9000) + ']'.repeat(9000))",
  "#readJson('[1')",
  '{' + '1,'.repeat(4900) + '1}',
  '{' + 'text.a,'.repeat(1400) + '1}',
  "#readYaml('\"' * 3000)",
  "#readYaml('- ' * 7000)",
  "#readYaml('{' * 3000)",
  "#readYaml('[{a: ' * 2000)",
  "#readYaml('? ' * 7000)",
  "#readYaml('--- ' + '- ' * 7000)",
  "#readYaml('- - - - - - - - - - - - - - - - -\n' * 3 + ' ' * 400 + '- a')",
  "text matches '(' * 900",
  "text matches '((a' * 300 + ')*)*' * 300",
  "#readJson('[' * 200000)",
  "#readJson('[' * 200000 + ']' * 200000)",
  "#readJson('[' * 9000 + ']' * 9000) + ''",
  "#readJson('[' * 9000 + ']' * 9000).equals(#readJson('[' * 9000 + ']' * 9000))",
  "#readYaml('a: b\n' * 10000)",
  'many.![T(java.util.UUID).randomUUID()].size()',
  '1e999',
  '9' + '9'.repeat(400),
  '2.0 ^ 99999',
];

const urlAttacks = [
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://127.0.0.1./',
  'http://①②⑦.0.0.1/',
  'http://127。0。0。1/',
  'http://%31%32%37.0.0.1/',
  'http://10.0.0.1/',
  'http://8.8.8.8/',
  'http://169.254.169.254/latest/meta-data/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[fe80::1]/',
  'http://localhost/',
  'http://localhost./',
  'http://a.localhost/',
  'http://foo/',
  'http://foo./',
  'http://foo.local/',
  'http://foo.LOCAL./',
  'http://foo.internal/',
  'http://metadata.google.internal/',
  'http://foo.localdomain/',
  'http://gate.spinnaker/',
  'http://user:secret@example.com/',
  'http://user@example.com/',
  'http://example.com@127.0.0.1/',
  'http:\\\\127.0.0.1',
  'http:/example.com',
  'http:example.com',
  '//example.com/',
  'file:///etc/passwd',
  'FILE:///etc/passwd',
  'ftp://example.com/',
  'gopher://example.com/',
  'data:text/plain,hi',
  'javascript:alert(1)',
  'jar:http://example.com!/x',
  'http://exa\tmple.com/',
  ' http://example.com/',
  'http://',
  'http://example.com:99999/',
  '',
];

describe('attacks', () => {
  it('watches hooks that do tell', () => {
    expect(() => watched(() => net.connect(80))).toThrow('connect was reached');
    expect(() => watched(() => fs.readFileSync('/etc/passwd'))).toThrow('readFileSync was reached');
    expect(reached.splice(0)).toEqual(['connect', 'readFileSync']);
  });

  it('counts more than eighty', () =>
    expect(prototypeAttacks.length + javaAttacks.length + heavyAttacks.length + urlAttacks.length).toBeGreaterThan(80));

  it.each([...prototypeAttacks, ...javaAttacks])('refuses %s', (expression) => {
    const { value, problems, took } = attack(`\${${expression}}`);
    expect(value).toBe(`\${${expression}}`);
    expect(problems).toHaveLength(1);
    expect(took).toBeLessThan(took < 50 ? 50 : limitHere(50));
    // A name that merely is not there is null; everything else is an error.
    expect(problems[0]?.level).toBe(['process', '#toString'].includes(expression) ? 'INFO' : 'ERROR');
  });

  it.each(heavyAttacks.map((expression) => [expression.slice(0, 70), expression]))('ends %s early', (_, expression) => {
    const { value, problems, took } = attack(`\${${expression}}`);
    expect(value).toBe(`\${${expression}}`);
    expect(problems).toMatchObject([{ level: 'ERROR' }]);
    expect(took).toBeLessThan(took < 50 ? 50 : limitHere(50));
  });

  it.each(
    ['fromUrl', 'jsonFromUrl', 'yamlFromUrl', 'propertiesFromUrl'].flatMap((name) =>
      urlAttacks.map((url) => [name, url]),
    ),
  )('refuses #%s(%j) before anything is fetched', (name, url) => {
    const { value, problems, needs } = attack(`\${#${name}('${url}')}`);
    expect(value).toBe(`\${#${name}('${url}')}`);
    expect(problems).toMatchObject([{ level: 'ERROR' }]);
    expect(needs).toEqual([]);
  });

  it('does not evaluate what an expression gave', () => {
    expect(attack('${template}').value).toBe('${text}');
    expect(attack('x ${template}').value).toBe('x ${text}');
    expect(attack("${'$' + '{text}'}").value).toBe('${text}');
    const memo = { ...emptyMemo, urls: { 'http://example.com/': { text: '${text}' } } };
    expect(attack("${#fromUrl('http://example.com/')}", scopeOf(context, { memo })).value).toBe('${text}');
  });

  it('reads a properties file made to be read slowly', () => {
    const text = `a${' '.repeat(50_000)}\u2028${'\\'.repeat(50_001)}`;
    const memo = { ...emptyMemo, urls: { 'http://example.com/': { text } } };
    const { took, problems } = attack(
      "${#propertiesFromUrl('http://example.com/').size()}",
      scopeOf(context, { memo }),
    );
    expect(problems).toEqual([]);
    expect(took).toBeLessThan(took < 50 ? 50 : limitHere(50));
  });

  it('reads data that looks like an instruction of expr-eval as data', () => {
    expect(attack('${disguised}').value).toEqual({ type: 'IEXPREVAL', value: 'x' });
    expect(attack("${{type: 'IEXPREVAL', value: 'x'}.type}").value).toBe('IEXPREVAL');
  });

  it('keeps a key from becoming a prototype', () => {
    const { value, problems } = attack({ "${'__proto' + '__'}": { polluted: true } });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(problems).toMatchObject([{ level: 'ERROR' }]);
  });

  it('refuses inputs that nest too deeply', () => {
    let input: Json = '${text}';
    for (let depth = 0; depth < 20_000; depth += 1) input = [input];
    const { problems, value } = watched(() => evaluate(input, scopeOf(context)));
    expect(value).toBe(input);
    expect(problems).toMatchObject([{ level: 'ERROR' }]);
  });
});

describe('a hostile context', () => {
  const touched: string[] = [];
  const note = (what: string) => () => {
    touched.push(what);
    return 'stolen';
  };
  const withGetter = Object.defineProperty({ plain: 1 }, 'secret', { get: note('getter'), enumerable: true });
  const proxy = new Proxy({}, Object.fromEntries(Reflect.ownKeys(Reflect).map((trap) => [trap, note(String(trap))])));
  class Custom {
    readonly field = 1;
    get computed() {
      return note('class getter')();
    }
  }
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const hostile = {
    function: note('function'),
    asynchronous: async () => Promise.resolve(note('async function')()),
    symbol: Symbol('s'),
    big: 1n,
    instance: new Custom(),
    date: new Date(0),
    regex: /x/,
    error: new Error('x'),
    map: new Map([['a', 1]]),
    buffer: Buffer.from('x'),
    promise: Promise.resolve(1),
    process,
    global: globalThis,
    proxy,
    proxyOfList: new Proxy([1], {}),
    withGetter,
    inherits: Object.create({ inherited: 1 }) as unknown,
    listWithGetter: Object.defineProperty([1, 2], 1, { get: note('element'), enumerable: true }),
    subclass: new (class extends Array<number> {})(),
    typeGetter: Object.defineProperty({}, 'type', { get: note('type'), enumerable: true }),
    listWithType: Object.defineProperty([1], 'type', { get: note('type'), enumerable: true }),
    jsonGetter: Object.defineProperty({}, 'toJSON', { get: note('toJSON'), enumerable: true }),
    withToJson: { toJSON: note('toJSON') },
    withToString: { toString: note('toString'), valueOf: note('valueOf') },
    hidden: Object.defineProperty({}, 'hidden', { value: note('hidden'), enumerable: false }),
    symbolKey: { [Symbol.iterator]: note('iterator') },
    cyclic,
    deepFunction: { a: [{ b: note('deep') }] },
  } as unknown as Readonly<Record<string, Json>>;

  it.each(Object.keys(hostile))('gives nothing of %s away', (name) => {
    for (const expression of [
      name,
      `#root.${name}`,
      `#root['${name}']`,
      `{${name}}`,
      `#toJson(${name})`,
      `{a: ${name}}`,
      `true ? ${name} : 1`,
    ]) {
      const { value, problems } = watched(() => evaluate(`\${${expression}}`, scopeOf(hostile)));
      expect({ expression, value }).toEqual({ expression, value: `\${${expression}}` });
      expect(problems).toMatchObject([{ level: 'ERROR' }]);
    }
    expect(touched).toEqual([]);
    expect(reached).toEqual([]);
  });

  it.each([
    'withGetter.secret',
    "withGetter['secret']",
    'withGetter.toString()',
    "'' + withGetter",
    'withGetter == {plain: 1, secret: 2}',
    'withGetter.values()',
    'withGetter.![value]',
    'listWithGetter[1]',
    'listWithGetter.![#this]',
    'listWithGetter.contains(7)',
    'listWithGetter == {1, 2}',
    'listWithGetter.subList(0, 2)',
    'typeGetter.type',
    'function()',
    'function.call(1)',
    'withToString.toString() + 1',
    "withToString + ''",
    'withToJson.toJSON()',
    'cyclic == cyclic[0][0]',
    'cyclic.toString()',
    'inherits.inherited == 1 ? inherits : inherits',
    'proxy.anything',
    "proxy['anything']",
    'proxy.![1]',
    'proxyOfList[0]',
    'instance.computed',
    'instance.field',
    'global.process',
    'process.env',
    'date.getTime()',
    'map.size()',
  ])('runs no code of the context for %s', (expression) => {
    const { value, problems } = watched(() => evaluate(`\${${expression}}`, scopeOf(hostile)));
    expect(touched).toEqual([]);
    expect(reached).toEqual([]);
    if (value === `\${${expression}}`) expect(problems.length).toBeGreaterThan(0);
    else expect(typeof value).toBe('boolean');
  });
});
