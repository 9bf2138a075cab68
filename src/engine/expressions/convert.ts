import { ExpressionError } from './expression-error';
import { kindOf, type Value } from './value';

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['off', false],
  ['no', false],
  ['0', false],
]);

/** A condition's value, converted as Spring does: booleans, and the texts true, on, yes, 1 and their opposites. */
export function toCondition(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  const known = typeof value === 'string' ? booleans.get(value.trim().toLowerCase()) : undefined;
  if (known !== undefined) return known;
  throw new ExpressionError(`a condition must be true or false, not ${kindOf(value)}`);
}
