import { ExpressionError } from '../expression-error';
import { methodTable, numberArg, wholeArg, type MethodRow } from '../method';
import { real, type Value } from '../value';
import type { JavaType } from './type-reference';

/** A function that gives a double whatever it is given. */
const double = (name: string, compute: (value: number) => number): MethodRow<null> => [
  name,
  1,
  1,
  (_, args) => real(compute(numberArg(args, 0).value)),
];

/** A function of two numbers that gives a double only where one of them is. */
const either = (name: string, compute: (left: number, right: number) => number): MethodRow<null> => [
  name,
  2,
  2,
  (_, args) => {
    const [left, right] = [numberArg(args, 0), numberArg(args, 1)];
    const result = compute(left.value, right.value);
    return left.isReal || right.isReal ? real(result) : result;
  },
];

function divisor(args: readonly Value[]): number {
  const value = wholeArg(args, 1);
  if (value === 0) throw new ExpressionError('a whole number cannot be divided by zero');
  return value;
}

function absolute(args: readonly Value[]): Value {
  const { value, isReal } = numberArg(args, 0);
  return isReal ? real(Math.abs(value)) : Math.abs(value);
}

/** Java rounds halves up, also below zero, and has no zero below zero among whole numbers. */
const round = (args: readonly Value[]): number => Math.round(numberArg(args, 0).value) + 0;

/** Java's `rint` takes a half to the even neighbour. */
const halfToEven = (value: number): number => {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
};

/** `java.lang.Math`. */
export const mathType: JavaType = {
  name: 'java.lang.Math',
  statics: methodTable<null>([
    ['abs', 1, 1, (_, args) => absolute(args)],
    ['round', 1, 1, (_, args) => round(args)],
    either('max', (left, right) => Math.max(left, right)),
    either('min', (left, right) => Math.min(left, right)),
    ['pow', 2, 2, (_, args) => real(numberArg(args, 0).value ** numberArg(args, 1).value)],
    ['hypot', 2, 2, (_, args) => real(Math.hypot(numberArg(args, 0).value, numberArg(args, 1).value))],
    double('floor', Math.floor),
    double('ceil', Math.ceil),
    double('rint', halfToEven),
    double('sqrt', Math.sqrt),
    double('cbrt', Math.cbrt),
    double('exp', Math.exp),
    double('log', Math.log),
    double('log10', Math.log10),
    double('signum', Math.sign),
    double('sin', Math.sin),
    double('cos', Math.cos),
    double('tan', Math.tan),
    ['floorDiv', 2, 2, (_, args) => Math.floor(wholeArg(args, 0) / divisor(args)) + 0],
    [
      'floorMod',
      2,
      2,
      (_, args) => {
        const by = divisor(args);
        return (((wholeArg(args, 0) % by) + by) % by) + 0;
      },
    ],
    ['toIntExact', 1, 1, (_, args) => wholeArg(args, 0)],
    ['random', 0, 0, (_, __, run) => real(run.random())],
  ]),
  constants: new Map([
    ['PI', Math.PI],
    ['E', Math.E],
  ]),
  isInstance: () => false,
};
