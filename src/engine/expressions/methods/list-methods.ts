import { areEqual } from '../compare';
import { ExpressionError } from '../expression-error';
import { methodTable, textArg, wholeArg } from '../method';
import { elementOf, elementsOf } from '../read';
import type { Run } from '../run';
import { convertedText, javaText } from '../to-text';
import { isList, kindOf, type PlainList, type Value } from '../value';

function elementAt(list: PlainList, index: number): Value {
  if (index >= 0 && index < list.length) return elementOf(list, index);
  throw new ExpressionError(`there is no element ${index} in a list of ${list.length}`);
}

function indexOf(list: PlainList, wanted: Value, run: Run): number {
  for (let index = 0; index < list.length; index += 1) {
    if (areEqual(elementOf(list, index), wanted, run.budget)) return index;
  }
  return -1;
}

function lastIndexOf(list: PlainList, wanted: Value, run: Run): number {
  for (let index = list.length - 1; index >= 0; index -= 1) {
    if (areEqual(elementOf(list, index), wanted, run.budget)) return index;
  }
  return -1;
}

function containsAll(list: PlainList, wanted: Value, run: Run): boolean {
  if (!isList(wanted)) throw new ExpressionError(`containsAll needs a list, not ${kindOf(wanted)}`);
  for (const element of elementsOf(wanted)) if (indexOf(list, element, run) < 0) return false;
  return true;
}

function subList(list: PlainList, from: number, to: number, run: Run): Value {
  if (from < 0 || from > to || to > list.length) {
    throw new ExpressionError(`there is no part from ${from} to ${to} in a list of ${list.length}`);
  }
  run.budget.makeItems(to - from);
  return Array.from({ length: to - from }, (_, index) => elementOf(list, from + index));
}

function join(list: PlainList, separator: string, run: Run): string {
  const texts: string[] = [];
  let length = 0;
  for (const element of elementsOf(list)) {
    const text = convertedText(element, run.budget);
    length += text.length + separator.length;
    run.budget.checkText(length);
    run.budget.scan(text.length + separator.length);
    texts.push(text);
  }
  return texts.join(separator);
}

/** Java's methods of List (and Set) that change nothing, and `join`, which Spinnaker's Groovy lists have. */
export const listMethods = methodTable<PlainList>([
  ['size', 0, 0, (list) => list.length],
  ['isEmpty', 0, 0, (list) => list.length === 0],
  ['get', 1, 1, (list, args) => elementAt(list, wholeArg(args, 0))],
  ['getFirst', 0, 0, (list) => elementAt(list, 0)],
  ['getLast', 0, 0, (list) => elementAt(list, list.length - 1)],
  ['first', 0, 0, (list) => elementAt(list, 0)],
  ['last', 0, 0, (list) => elementAt(list, list.length - 1)],
  ['contains', 1, 1, (list, args, run) => indexOf(list, args[0] ?? null, run) >= 0],
  ['containsAll', 1, 1, (list, args, run) => containsAll(list, args[0] ?? null, run)],
  ['indexOf', 1, 1, (list, args, run) => indexOf(list, args[0] ?? null, run)],
  ['lastIndexOf', 1, 1, (list, args, run) => lastIndexOf(list, args[0] ?? null, run)],
  ['subList', 2, 2, (list, args, run) => subList(list, wholeArg(args, 0), wholeArg(args, 1), run)],
  ['join', 0, 1, (list, args, run) => join(list, args.length > 0 ? textArg(args, 0) : '', run)],
  ['equals', 1, 1, (list, args, run) => areEqual(list, args[0] ?? null, run.budget)],
  ['toString', 0, 0, (list, _, run) => javaText(list, run.budget)],
]);
