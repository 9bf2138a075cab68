import { ExpressionError } from './expression-error';
import type { Run } from './run';
import { isNumber, isReal, kindOf, numberOf, type Value } from './value';

/** A method of one type: how many arguments it takes, and what it does. */
export type Method<Target> = {
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly call: (target: Target, args: readonly Value[], run: Run) => Value;
};

/** The methods of one type by name. */
export type Methods<Target> = ReadonlyMap<string, Method<Target>>;

/** A row of a table of methods: name, fewest and most arguments, what it does. */
export type MethodRow<Target> = readonly [name: string, minArgs: number, maxArgs: number, call: Method<Target>['call']];

/** Makes a table of methods. */
export const methodTable = <Target>(rows: readonly MethodRow<Target>[]): Methods<Target> =>
  new Map(rows.map(([name, minArgs, maxArgs, call]) => [name, { minArgs, maxArgs, call }]));

/** Throws when a call has too few or too many arguments. */
export function checkCount(name: string, count: number, bounds: { minArgs: number; maxArgs: number }): void {
  const { minArgs, maxArgs } = bounds;
  if (count >= minArgs && count <= maxArgs) return;
  const expected = minArgs === maxArgs ? String(minArgs) : `${minArgs} to ${maxArgs}`;
  throw new ExpressionError(`${name} takes ${expected} argument${expected === '1' ? '' : 's'}, not ${count}`);
}

/** An argument as a text; numbers and booleans are converted, as Spring does. Throws for anything else. */
export function textArg(args: readonly Value[], index: number): string {
  const value = args[index] ?? null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ExpressionError(`argument ${index + 1} must be a text, not ${kindOf(value)}`);
}

/** An argument as a whole number; a text of digits is converted, as Spring does. Throws for anything else. */
export function wholeArg(args: readonly Value[], index: number): number {
  const value = args[index] ?? null;
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (isNumber(number) && Number.isSafeInteger(numberOf(number))) return numberOf(number);
  throw new ExpressionError(`argument ${index + 1} must be a whole number, not ${kindOf(value)}`);
}

/** An argument as a number. Throws for anything else. */
export function numberArg(args: readonly Value[], index: number): { value: number; isReal: boolean } {
  const value = args[index] ?? null;
  if (isNumber(value)) return { value: numberOf(value), isReal: isReal(value) };
  throw new ExpressionError(`argument ${index + 1} must be a number, not ${kindOf(value)}`);
}
