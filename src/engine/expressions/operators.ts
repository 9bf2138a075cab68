import { arithmetic, negate } from './arithmetic';
import type { Budget } from './budget';
import { areEqual, compareValues } from './compare';
import { toCondition } from './convert';
import { ExpressionError } from './expression-error';
import { elementOf } from './read';
import type { Work } from './step';
import type { BinaryOperator, UnaryOperator } from './syntax/node';
import { convertedText } from './to-text';
import { isInstance } from './types';
import { isList, isNumber, kindOf, type Value } from './value';

type Compute = (left: Value, right: Value, budget: Budget) => Value;

function matches(left: Value, right: Value, budget: Budget): boolean {
  if (left === null) throw new ExpressionError('null cannot be matched');
  if (typeof right !== 'string') throw new ExpressionError(`a pattern must be a text, not ${kindOf(right)}`);
  return budget.matches(right, convertedText(left, budget));
}

function isBetween(value: Value, bounds: Value, budget: Budget): boolean {
  if (!isList(bounds) || bounds.length !== 2) throw new ExpressionError('between needs a list of two: {1, 5}');
  const [low, high] = [elementOf(bounds, 0), elementOf(bounds, 1)];
  return compareValues(value, low, budget) >= 0 && compareValues(value, high, budget) <= 0;
}

function requireNumber(value: Value): Value {
  if (isNumber(value)) return value;
  throw new ExpressionError(`${kindOf(value)} has no sign`);
}

const binary =
  (compute: Compute): Work =>
  (run, left = null, right = null) =>
    compute(left, right, run.budget);

const unary =
  (compute: (operand: Value) => Value): Work =>
  (_, operand = null) =>
    compute(operand);

/** What the operators between two operands do. */
export const binaryWorks: Readonly<Record<BinaryOperator, Work>> = {
  add: binary(arithmetic.add),
  sub: binary(arithmetic.sub),
  mul: binary(arithmetic.mul),
  div: binary(arithmetic.div),
  mod: binary(arithmetic.mod),
  pow: binary(arithmetic.pow),
  eq: binary(areEqual),
  ne: binary((left, right, budget) => !areEqual(left, right, budget)),
  lt: binary((left, right, budget) => compareValues(left, right, budget) < 0),
  le: binary((left, right, budget) => compareValues(left, right, budget) <= 0),
  gt: binary((left, right, budget) => compareValues(left, right, budget) > 0),
  ge: binary((left, right, budget) => compareValues(left, right, budget) >= 0),
  matches: binary(matches),
  between: binary(isBetween),
  instanceof: binary(isInstance),
};

/** What the operators before one operand do. */
export const unaryWorks: Readonly<Record<UnaryOperator, Work>> = {
  neg: unary(negate),
  pos: unary(requireNumber),
  not: unary((operand) => !toCondition(operand)),
};

/** A value as a condition. */
export const truth: Work = unary(toCondition);
