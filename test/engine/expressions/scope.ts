import { emptyMemo, evaluate, type Evaluation, type Json, type Scope } from '../../../src/engine/expressions';

/** A time in the tests: a Wednesday. */
export const testTime = Date.UTC(2026, 10, 25, 22, 9, 36, 123);

/** A scope that sees the entries of a context; unknown names are null, nothing is random. */
export function scopeOf(context: Readonly<Record<string, Json>> = {}, more: Partial<Scope> = {}): Scope {
  return {
    lookup: (name) => (Object.hasOwn(context, name) ? context[name] : undefined),
    names: () => Object.keys(context),
    root: () => context,
    functions: new Map(),
    memo: emptyMemo,
    now: testTime,
    unknown: 'null',
    random: () => 0.5,
    ...more,
  };
}

/** Evaluates one expression, without `${}`. */
export const run = (
  expression: string,
  context: Readonly<Record<string, Json>> = {},
  more: Partial<Scope> = {},
): Evaluation => evaluate(`\${${expression}}`, scopeOf(context, more));

/** The value of an expression that has no problems; fails with the problem where it has one. */
export function valueOf(expression: string, context: Readonly<Record<string, Json>> = {}, more: Partial<Scope> = {}) {
  const { value, problems } = run(expression, context, more);
  if (problems.length > 0) throw new Error(`${expression}: ${problems.map(({ message }) => message).join('; ')}`);
  return value;
}

/** The message of an expression that must fail with an error and stay as it was. */
export function errorOf(expression: string, context: Readonly<Record<string, Json>> = {}, more: Partial<Scope> = {}) {
  const { value, problems } = run(expression, context, more);
  if (value !== `\${${expression}}`) throw new Error(`${expression} gave ${JSON.stringify(value)}`);
  const [problem] = problems;
  if (problem?.level !== 'ERROR') throw new Error(`${expression} told of ${JSON.stringify(problems)}`);
  return problem.message;
}
