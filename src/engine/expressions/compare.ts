import type { Budget } from './budget';
import { ExpressionError } from './expression-error';
import { elementOf, entriesOf, keysOf, ownValue } from './read';
import {
  isList,
  isMap,
  isNumber,
  JavaValue,
  kindOf,
  numberOf,
  type PlainList,
  type PlainMap,
  type Value,
} from './value';

/** A Java value that has an order, such as a date. */
export abstract class OrderedValue extends JavaValue {
  /** Where it stands among others of its type. */
  abstract readonly order: number;
}

function areListsEqual(left: PlainList, right: PlainList, budget: Budget, depth: number): boolean {
  if (left.length !== right.length) return false;
  // Not `every`: that would run code behind elements that have some.
  for (let index = 0; index < left.length; index += 1) {
    if (!areEqual(elementOf(left, index), elementOf(right, index), budget, depth)) return false;
  }
  return true;
}

function areMapsEqual(left: PlainMap, right: PlainMap, budget: Budget, depth: number): boolean {
  if (keysOf(left).length !== keysOf(right).length) return false;
  for (const [key, value] of entriesOf(left)) {
    const other = ownValue(right, key);
    if (other === undefined || !areEqual(value, other, budget, depth)) return false;
  }
  return true;
}

/** Whether two values are the same by value: 5 is 5.0, lists and maps are compared through all levels. Counted. */
export function areEqual(left: Value, right: Value, budget: Budget, depth = 0): boolean {
  budget.spend();
  if (isNumber(left) && isNumber(right)) return numberOf(left) === numberOf(right);
  if (typeof left === 'string' && typeof right === 'string') {
    budget.scan(Math.min(left.length, right.length));
    return left === right;
  }
  if (left === right) return true;
  if (depth > budget.limits.depth) throw new ExpressionError(`the value nests more than ${budget.limits.depth} deep`);
  if (left instanceof JavaValue && right instanceof JavaValue) {
    return left.typeName === right.typeName && left.toText() === right.toText();
  }
  if (left === null || right === null) return false;
  if (isList(left) && isList(right)) return areListsEqual(left, right, budget, depth + 1);
  return isMap(left) && isMap(right) && areMapsEqual(left, right, budget, depth + 1);
}

const sign = (left: number, right: number): number => (left < right ? -1 : Number(left > right));

/** As Java's `String.compareTo`: the difference of the first characters that differ, else of the lengths. */
export function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = left.charCodeAt(index) - right.charCodeAt(index);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Below, at or above 0 as the left comes before, with or after the right; null comes first. Throws for what has no order. */
export function compareValues(left: Value, right: Value, budget: Budget): number {
  if (left === null || right === null) return sign(Number(left !== null), Number(right !== null));
  if (isNumber(left) && isNumber(right)) return sign(numberOf(left), numberOf(right));
  if (typeof left === 'boolean' && typeof right === 'boolean') return sign(Number(left), Number(right));
  if (typeof left === 'string' && typeof right === 'string') {
    // Counted as if by hand: unlike an equality it is not done by the machine.
    budget.spend(1 + (Math.min(left.length, right.length) >> 4));
    return compareTexts(left, right);
  }
  if (left instanceof OrderedValue && right instanceof OrderedValue && left.typeName === right.typeName) {
    return sign(left.order, right.order);
  }
  throw new ExpressionError(`${kindOf(left)} and ${kindOf(right)} cannot be compared`);
}
