import fc from 'fast-check';
import { evaluate, executionFunctions, type Json } from '../../../src/engine/expressions';
import { scopeOf } from './scope';
import { limitHere, processorTime } from './stopwatch';

const runs = Number(process.env.FUZZ_RUNS ?? 20_000);

const context = {
  text: 'hello-world',
  count: 7,
  ratio: 2.5,
  flag: true,
  none: null,
  list: [3, 1, 2],
  rows: [
    { name: 'a', size: 1 },
    { name: 'b', size: 2 },
  ],
  map: { a: 1, 'b-c': { d: 'e' } },
  disguised: { type: 'IEXPREVAL', value: 1 },
};

const functions = executionFunctions(
  {
    id: 'e',
    application: 'foo',
    trigger: { user: 'u' },
    stages: [{ id: '1', refId: '1', name: 'a', status: 'SUCCEEDED' }],
  },
  null,
);

const names = [
  'text',
  'count',
  'ratio',
  'flag',
  'none',
  'list',
  'rows',
  'map',
  'disguised',
  'missing',
  '#root',
  '#this',
  'constructor',
];
const members = ['a', 'name', 'size', 'd', 'length', 'class', 'constructor', '__proto__', 'key', 'value', 'type'];
const methods = (
  'length size isEmpty contains split replace replaceAll replaceFirst substring trim indexOf charAt repeat toString equals get keySet values ' +
  'entrySet subList join matches toLowerCase concat compareTo intValue doubleValue getClass constructor valueOf put format plusDays between nextInt'
).split(' ');
const functionNames =
  'toInt toFloat toBoolean alphanumerical toBase64 fromBase64 toJson readJson readYaml readAllYaml doNotEval fromUrl jsonFromUrl propertiesFromUrl stage judgment currentUser deployedServerGroups nosuch'.split(
    ' ',
  );
const types =
  'Math java.lang.Integer String java.time.LocalDate java.time.Instant java.util.UUID java.lang.Runtime java.util.Date'.split(
    ' ',
  );
const statics = 'max abs parseInt valueOf now parse randomUUID PI MAX_VALUE exec random'.split(' ');
const binaries = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  ' and ',
  ' or ',
  '&&',
  '||',
  ' eq ',
  ' matches ',
  ' between ',
  ' instanceof ',
  '?:',
];

const quoted = fc
  .oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      'a',
      '-',
      '\\d+',
      '(a+)+$',
      '$1',
      '[',
      '{"a":1}',
      'a: 1',
      'http://example.com/',
      '7',
      '7.5',
      '2026-01-31',
    ),
  )
  .map((text) => `'${text.replaceAll("'", "''")}'`);

/** Expressions that mostly can be read; about half of them can be evaluated. */
const { expression } = fc.letrec<{ expression: string; args: string }>((tie) => ({
  args: fc.array(tie('expression'), { maxLength: 3 }).map((args) => args.join(', ')),
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...names),
    quoted,
    fc.constantFrom('0', '1', '7', '2.0', '1.5e3', '0x1F', '10L', '2147483648', 'true', 'false', 'null', '{}', '{:}'),
    fc.tuple(tie('expression'), fc.constantFrom(...binaries), tie('expression')).map((parts) => parts.join('')),
    fc.tuple(fc.constantFrom('-', '!', 'not ', '+'), tie('expression')).map((parts) => parts.join('')),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `${a} ? ${b} : ${c}`),
    tie('expression').map((inner) => `(${inner})`),
    fc.tuple(tie('expression'), fc.constantFrom('.', '?.'), fc.constantFrom(...members)).map((parts) => parts.join('')),
    fc.tuple(tie('expression'), tie('expression')).map(([of, index]) => `${of}[${index}]`),
    fc
      .tuple(tie('expression'), fc.constantFrom('.', '?.'), fc.constantFrom(...methods), tie('args'))
      .map(([of, dot, name, args]) => `${of}${dot}${name}(${args})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('.!', '.?', '.^', '.$', '?.?'), tie('expression'))
      .map(([of, sign, body]) => `${of}${sign}[${body}]`),
    fc.tuple(fc.constantFrom(...functionNames), tie('args')).map(([name, args]) => `#${name}(${args})`),
    fc
      .tuple(fc.constantFrom(...types), fc.constantFrom(...statics), tie('args'))
      .map(([type, name, args]) => `T(${type}).${name}(${args})`),
    fc.tuple(fc.constantFrom(...types), tie('args')).map(([type, args]) => `new ${type}(${args})`),
    tie('args').map((args) => `{${args}}`),
    fc.tuple(fc.constantFrom(...members), tie('expression')).map(([key, value]) => `{${key}: ${value}}`),
  ),
}));

const noise = fc.constantFrom(
  '',
  '}',
  '${',
  '{',
  "'",
  '"',
  '(',
  ')',
  '[',
  ']',
  '.',
  '?.',
  '#',
  '$',
  '\\',
  '\u0000',
  '\ud800',
  'é',
  ' ',
  '__proto__',
  '=',
  ';',
  '/*',
  '`',
  ',',
  ':',
  '0',
  '9e9',
);

/** The same with pieces cut out, doubled, or replaced by noise. */
const mutated = fc
  .tuple(expression, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 6 }), noise), { maxLength: 3 }))
  .map(([text, changes]) =>
    changes.reduce((current, [at, cut, added]) => {
      const place = current.length === 0 ? 0 : at % current.length;
      return current.slice(0, place) + added + current.slice(place + cut);
    }, text),
  );

const input = fc.oneof(
  { weight: 5, arbitrary: expression.map((text) => `\${${text}}`) },
  { weight: 3, arbitrary: mutated.map((text) => `\${${text}}`) },
  { weight: 1, arbitrary: fc.tuple(mutated, mutated).map(([first, second]) => `a \${${first}} b \${${second}}`) },
  {
    weight: 1,
    arbitrary: fc.tuple(expression, expression).map(([key, value]): Json => ({ [`\${${key}}`]: [`\${${value}}`] })),
  },
);

/** The first thing in a value that is not plain JSON; undefined where all is. */
function findStranger(value: unknown): unknown {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : value;
  if (typeof value !== 'object') return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = Array.isArray(value)
    ? prototype === Array.prototype
    : prototype === Object.prototype || prototype === null;
  if (!isPlain || value === Object.prototype || value === Array.prototype) return value;
  return Object.values(value)
    .map(findStranger)
    .find((stranger) => stranger !== undefined);
}

/** Keeps the twenty inputs that took longest. */
function noteSlow(slowest: { text: Json; ms: number }[], text: Json, ms: number): void {
  if (slowest.length >= 20 && ms <= (slowest.at(-1)?.ms ?? 0)) return;
  slowest.push({ text, ms });
  slowest.sort((left, right) => right.ms - left.ms).splice(20);
}

/** The best of three evaluations, in ms. */
const quickest = (text: Json): number =>
  Math.min(...Array.from({ length: 3 }, () => processorTime(() => evaluate(text, scopeOf(context, { functions })))));

const snapshot = JSON.stringify(context);

describe('generated expressions', () => {
  it('never throw, never give anything but data, never change the context', () => {
    let evaluated = 0;
    const slowest: { text: Json; ms: number }[] = [];
    fc.assert(
      fc.property(input, (text) => {
        const start = performance.now();
        const { value, problems, memo } = evaluate(text, scopeOf(context, { functions }));
        noteSlow(slowest, text, performance.now() - start);
        if (problems.length === 0) evaluated += 1;
        expect(findStranger(value)).toBeUndefined();
        expect(findStranger(memo)).toBeUndefined();
        expect(problems.every(({ message, column }) => message !== 'this cannot be evaluated' && column >= 1)).toBe(
          true,
        );
      }),
      { numRuns: runs },
    );
    expect(JSON.stringify(context)).toBe(snapshot);
    expect(Reflect.ownKeys(Object.prototype)).not.toContain('polluted');
    // Otherwise the generator would test little but the parser's errors.
    expect(evaluated).toBeGreaterThan(runs / 10);
    // Once more, since the machine may have been busy with something else.
    const slow = slowest.map(({ text }) => ({ text, ms: quickest(text) })).filter(({ ms }) => ms > limitHere(100));
    expect(slow).toEqual([]);
  }, 600_000);

  it('give the same when evaluated again with the memo of the first time', () =>
    fc.assert(
      fc.property(input, (text) => {
        const first = evaluate(text, scopeOf(context, { functions, random: Math.random }));
        const again = evaluate(text, scopeOf(context, { functions, memo: first.memo, random: Math.random, now: 0 }));
        expect(again).toEqual(first);
      }),
      { numRuns: Math.ceil(runs / 20) },
    ));

  it('end where their steps end', () =>
    fc.assert(
      fc.property(expression, (text) => {
        const outer = `rows.![list.![${text}]].size() + list.![rows.![${text}]].size()`;
        const scope = scopeOf(context, { functions, limits: { steps: 10 } });
        const { value, problems, needs } = evaluate(`\${${outer}}`, scope);
        expect(value).toBe(`\${${outer}}`);
        expect([...problems.map(({ level }) => level), ...needs.map(({ kind }) => kind)]).toEqual([
          needs.length > 0 ? 'url' : 'ERROR',
        ]);
      }),
      { numRuns: Math.ceil(runs / 20) },
    ));
});
