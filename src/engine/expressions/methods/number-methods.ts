import { areEqual, compareValues } from '../compare';
import { methodTable } from '../method';
import { javaText } from '../to-text';
import { isNumber, isReal, numberOf, real, type Real, type Value } from '../value';

type Numeric = number | Real;

const whole = (value: Numeric): number => Math.trunc(numberOf(value)) + 0;

const isSameNumber = (left: Numeric, right: Value): boolean =>
  isNumber(right) && isReal(left) === isReal(right) && numberOf(left) === numberOf(right);

/** Java's methods of Integer, Long and Double. */
export const numberMethods = methodTable<Numeric>([
  ['intValue', 0, 0, whole],
  ['longValue', 0, 0, whole],
  ['shortValue', 0, 0, whole],
  ['doubleValue', 0, 0, (value) => real(numberOf(value))],
  ['floatValue', 0, 0, (value) => real(Math.fround(numberOf(value)))],
  ['isNaN', 0, 0, (value) => Number.isNaN(numberOf(value))],
  ['isInfinite', 0, 0, (value) => Math.abs(numberOf(value)) === Infinity],
  ['compareTo', 1, 1, (value, args, run) => compareValues(value, args[0] ?? null, run.budget)],
  ['equals', 1, 1, (value, args) => isSameNumber(value, args[0] ?? null)],
  ['toString', 0, 0, (value, _, run) => javaText(value, run.budget)],
]);

/** Java's methods of Boolean. */
export const booleanMethods = methodTable<boolean>([
  ['booleanValue', 0, 0, (value) => value],
  ['equals', 1, 1, (value, args) => value === args[0]],
  ['compareTo', 1, 1, (value, args, run) => compareValues(value, args[0] ?? null, run.budget)],
  ['toString', 0, 0, (value) => String(value)],
]);

/** What every Java value has. */
export const commonMethods = methodTable<Exclude<Value, null>>([
  ['equals', 1, 1, (value, args, run) => areEqual(value, args[0] ?? null, run.budget)],
  ['compareTo', 1, 1, (value, args, run) => compareValues(value, args[0] ?? null, run.budget)],
  ['toString', 0, 0, (value, _, run) => javaText(value, run.budget)],
]);
