import type { Budget } from './budget';
import { ExpressionError } from './expression-error';
import { elementsOf, entriesOf } from './read';
import { isList, JavaValue, realText, type Value } from './value';

function collect(parts: Iterable<string>, separator: string, budget: Budget): string {
  const collected: string[] = [];
  let length = 0;
  for (const part of parts) {
    length += part.length + separator.length;
    budget.checkText(length);
    budget.scan(part.length);
    collected.push(part);
  }
  return collected.join(separator);
}

function* mapOf<T>(values: Iterable<T>, write: (value: T) => string): Iterable<string> {
  for (const value of values) yield write(value);
}

function checkDepth(depth: number, { limits }: Budget): void {
  if (depth > limits.depth) throw new ExpressionError(`the value nests more than ${limits.depth} deep`);
}

function writeObject(value: Exclude<Value, null | string | number | boolean>, budget: Budget, depth: number): string {
  if (value instanceof JavaValue) return value.toText();
  checkDepth(depth, budget);
  const inner = (element: Value) => javaText(element, budget, depth + 1);
  if (isList(value)) return `[${collect(mapOf(elementsOf(value), inner), ', ', budget)}]`;
  return `{${collect(
    mapOf(entriesOf(value), ([key, element]) => `${key}=${inner(element)}`),
    ', ',
    budget,
  )}}`;
}

/** What Java's `String.valueOf` says: `null`, `2.0`, `[1, 2]`, `{a=1}`. Counted. */
export function javaText(value: Value, budget: Budget, depth = 0): string {
  budget.spend();
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : realText(value);
  return typeof value === 'object' && value !== null ? writeObject(value, budget, depth) : String(value);
}

/** A value as Spring converts it to a text: as Java does, but a list is its elements with commas between: `1,2`. */
export function convertedText(value: Value, budget: Budget, depth = 0): string {
  if (!isList(value)) return javaText(value, budget, depth);
  checkDepth(depth, budget);
  return collect(
    mapOf(elementsOf(value), (element) => convertedText(element, budget, depth + 1)),
    ',',
    budget,
  );
}
