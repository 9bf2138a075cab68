import { ExpressionError } from '../expression-error';
import type { Json } from '../json';
import type { ExpressionFunction } from '../scope';

/** A row of a table of functions: name, fewest and most arguments, what it does. */
export type FunctionRow = readonly [name: string, minArgs: number, maxArgs: number, call: ExpressionFunction['call']];

/** Makes a table of functions. */
export const functionTable = (rows: readonly FunctionRow[]): ReadonlyMap<string, ExpressionFunction> =>
  new Map(rows.map(([name, minArgs, maxArgs, call]) => [name, { name, minArgs, maxArgs, call }]));

/** The text an argument must be. Throws for anything else, also for null. */
export function requireText(args: readonly Json[], index: number): string {
  const value = args[index] ?? null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ExpressionError(`argument ${index + 1} must be a text, not ${value === null ? 'null' : 'a list or map'}`);
}
