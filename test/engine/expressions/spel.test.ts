import { evaluate, type Json } from '../../../src/engine/expressions';
import { scopeOf } from './scope';
import { spelFailures } from './spel-failures';
import { spelLanguageRows } from './spel-language';
import { spelMethodRows } from './spel-methods';

const spelRows = [...spelLanguageRows, ...spelMethodRows];

const seen = (text: string, context: Readonly<Record<string, unknown>> = {}) => {
  const { value, problems } = evaluate(text, scopeOf(context as Record<string, Json>));
  return { value, levels: problems.map(({ level }) => level) };
};

/** Where we give something else than Spring on purpose: whole numbers are as wide as a double's, and arrays are lists. */
const differences: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['${2147483647 + 1}', 2_147_483_648],
  ['${65536 * 65536}', 4_294_967_296],
  ['${-2147483647 - 2}', -2_147_483_649],
  ['${T(Integer).MAX_VALUE + 1 == T(Integer).MIN_VALUE}', false],
  ['${2147483648}', 2_147_483_648],
  ['${99999999999}', 99_999_999_999],
  ['${0xFFFFFFFFF}', 68_719_476_735],
  ["${T(Integer).parseInt('2147483648')}", 2_147_483_648],
  ["${'a,b'.split(',').size()}", 2],
]);
const rows = spelRows.filter(({ text }) => !differences.has(text));
const failures = spelFailures.filter(({ text }) => !differences.has(text));

describe('the reference of Spring Expression Language', () => {
  it.each(rows.map((row) => [row.text, row] as const))('%s', (text, { context, expected }) => {
    expect(seen(text, context)).toEqual({ value: expected, levels: [] });
  });

  it.each(failures.map((row) => [row.level, row.text, row] as const))(
    'leaves what fails as it is: %s %s',
    (level, text, { context }) => {
      expect(seen(text, context)).toEqual({ value: text, levels: [level] });
    },
  );

  it.each([...differences])('differs on purpose: %s', (text, expected) => {
    expect(spelRows.length + spelFailures.length).toBe(rows.length + failures.length + differences.size);
    expect(seen(text)).toEqual({ value: expected, levels: [] });
  });
});
