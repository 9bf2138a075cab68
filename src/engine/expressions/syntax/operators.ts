import type { BinaryOperator, LogicalOperator, UnaryOperator } from './node';

/** Operators of one level by how they are written; words in small letters, though any case is read. */
export type Operators<T> = ReadonlyMap<string, T>;

/** What joins conditions and evaluates the right side only where the left one leaves it open; the loosest of all. */
export const disjunctions: Operators<LogicalOperator> = new Map([
  ['or', 'or'],
  ['||', 'or'],
]);

/** As `disjunctions`, one level tighter. */
export const conjunctions: Operators<LogicalOperator> = new Map([
  ['and', 'and'],
  ['&&', 'and'],
]);

/** What compares; one at most in a row. */
export const relations: Operators<BinaryOperator> = new Map([
  ['==', 'eq'],
  ['!=', 'ne'],
  ['<', 'lt'],
  ['<=', 'le'],
  ['>', 'gt'],
  ['>=', 'ge'],
  ['eq', 'eq'],
  ['ne', 'ne'],
  ['lt', 'lt'],
  ['le', 'le'],
  ['gt', 'gt'],
  ['ge', 'ge'],
  ['matches', 'matches'],
  ['between', 'between'],
  ['instanceof', 'instanceof'],
]);

export const sums: Operators<BinaryOperator> = new Map([
  ['+', 'add'],
  ['-', 'sub'],
]);

export const products: Operators<BinaryOperator> = new Map([
  ['*', 'mul'],
  ['/', 'div'],
  ['%', 'mod'],
  ['div', 'div'],
  ['mod', 'mod'],
]);

export const powers: Operators<BinaryOperator> = new Map([['^', 'pow']]);

/** What stands before its operand; the tightest of all. */
export const prefixes: Operators<UnaryOperator> = new Map([
  ['-', 'neg'],
  ['+', 'pos'],
  ['!', 'not'],
  ['not', 'not'],
]);
