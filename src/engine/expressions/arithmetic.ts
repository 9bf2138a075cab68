import type { Budget } from './budget';
import { ExpressionError } from './expression-error';
import { convertedText } from './to-text';
import { isNumber, isReal, kindOf, numberOf, real, type Real, type Value } from './value';

type Compute = (left: number, right: number) => number;
type Operation = (left: Value, right: Value, budget: Budget) => Value;

/** Computes with whole numbers unless one side is a double. Beyond 2^53 whole numbers become doubles; Java would wrap. */
function compute(left: number | Real, right: number | Real, whole: Compute, double: Compute = whole): Value {
  const isWhole = !isReal(left) && !isReal(right);
  if (!isWhole) return real(double(numberOf(left), numberOf(right)));
  const result = whole(numberOf(left), numberOf(right));
  // JavaScript has a zero below zero, whole numbers in Java have not.
  return Number.isSafeInteger(result) ? result + 0 : real(result);
}

function refuse(words: string, left: Value, right: Value): never {
  throw new ExpressionError(`${kindOf(left)} ${words} ${kindOf(right)} cannot be computed`);
}

function refuseZero(right: number): void {
  if (right === 0) throw new ExpressionError('a whole number cannot be divided by zero');
}

const add: Operation = (left, right, budget) => {
  if (isNumber(left) && isNumber(right)) return compute(left, right, (a, b) => a + b);
  if (typeof left !== 'string' && typeof right !== 'string') return refuse('plus', left, right);
  const [first, second] = [convertedText(left, budget), convertedText(right, budget)];
  budget.makeText(first.length + second.length);
  return first + second;
};

const subtract: Operation = (left, right) => {
  if (isNumber(left) && isNumber(right)) return compute(left, right, (a, b) => a - b);
  if (typeof left === 'string' && left.length === 1 && typeof right === 'number') {
    return String.fromCharCode(left.charCodeAt(0) - right);
  }
  return refuse('minus', left, right);
};

const multiply: Operation = (left, right, budget) => {
  if (isNumber(left) && isNumber(right)) return compute(left, right, (a, b) => a * b);
  if (typeof left !== 'string' || typeof right !== 'number') return refuse('times', left, right);
  const count = Math.max(0, Math.trunc(right));
  budget.makeText(left.length * count);
  return left.repeat(count);
};

const divide: Operation = (left, right) => {
  if (!isNumber(left) || !isNumber(right)) return refuse('divided by', left, right);
  const whole: Compute = (a, b) => {
    refuseZero(b);
    return Math.trunc(a / b);
  };
  return compute(left, right, whole, (a, b) => a / b);
};

const remainder: Operation = (left, right) => {
  if (!isNumber(left) || !isNumber(right)) return refuse('modulo', left, right);
  const whole: Compute = (a, b) => {
    refuseZero(b);
    return a % b;
  };
  return compute(left, right, whole, (a, b) => a % b);
};

const power: Operation = (left, right) => {
  if (!isNumber(left) || !isNumber(right)) return refuse('to the power of', left, right);
  return compute(
    left,
    right,
    (a, b) => Math.trunc(a ** b),
    (a, b) => a ** b,
  );
};

/** The operators that compute. Texts are joined with +, repeated with *; texts and numbers mix only there. */
export const arithmetic = { add, sub: subtract, mul: multiply, div: divide, mod: remainder, pow: power };

/** A number with the other sign. */
export function negate(value: Value): Value {
  if (!isNumber(value)) throw new ExpressionError(`${kindOf(value)} has no sign`);
  return isReal(value) ? real(-numberOf(value)) : -numberOf(value) + 0;
}
