import type { Cursor } from './cursor';
import type { BinaryOperator, LogicalOperator, Node } from './node';
import { conjunctions, disjunctions, powers, prefixes, products, relations, sums, type Operators } from './operators';
import { parsePrimary } from './parse-primary';

function operatorAt<T>(cursor: Cursor, operators: Operators<T>): T | undefined {
  const token = cursor.peek();
  if (token.kind === 'symbol') return operators.get(token.text);
  return token.kind === 'word' ? operators.get(token.text.toLowerCase()) : undefined;
}

function parseLeftToRight(
  cursor: Cursor,
  operators: Operators<BinaryOperator>,
  parseOperand: (cursor: Cursor) => Node,
): Node {
  let left = parseOperand(cursor);
  for (;;) {
    const operator = operatorAt(cursor, operators);
    if (operator === undefined) return left;
    const { at } = cursor.next();
    left = { kind: 'binary', at, operator, left, right: parseOperand(cursor) };
  }
}

function parseUnary(cursor: Cursor): Node {
  const operator = operatorAt(cursor, prefixes);
  if (cursor.isSymbol('++') || cursor.isSymbol('--')) return cursor.fail('a value (values cannot be changed)');
  if (operator === undefined) return parsePrimary(cursor, parseExpression);
  const { at } = cursor.next();
  return cursor.nested(() => ({ kind: 'unary', at, operator, operand: parseUnary(cursor) }));
}

const parsePower = (cursor: Cursor): Node => parseLeftToRight(cursor, powers, parseUnary);
const parseProduct = (cursor: Cursor): Node => parseLeftToRight(cursor, products, parsePower);
const parseSum = (cursor: Cursor): Node => parseLeftToRight(cursor, sums, parseProduct);

/** One comparison at most: SpEL has no `a < b < c`. */
function parseRelation(cursor: Cursor): Node {
  const left = parseSum(cursor);
  const operator = operatorAt(cursor, relations);
  if (operator === undefined) return left;
  const { at } = cursor.next();
  return { kind: 'binary', at, operator, left, right: parseSum(cursor) };
}

function parseLogical(cursor: Cursor, operators: Operators<LogicalOperator>, parseOperand: (cursor: Cursor) => Node) {
  let left = parseOperand(cursor);
  for (;;) {
    const operator = operatorAt(cursor, operators);
    if (operator === undefined) return left;
    const { at } = cursor.next();
    left = { kind: 'logical', at, operator, left, right: parseOperand(cursor) };
  }
}

const parseAnd = (cursor: Cursor): Node => parseLogical(cursor, conjunctions, parseRelation);
const parseOr = (cursor: Cursor): Node => parseLogical(cursor, disjunctions, parseAnd);

function parseChoice(cursor: Cursor): Node {
  const test = parseOr(cursor);
  const { at } = cursor.peek();
  if (cursor.accept('?:')) return { kind: 'elvis', at, value: test, otherwise: parseExpression(cursor) };
  if (!cursor.accept('?')) return test;
  const then = parseExpression(cursor);
  cursor.expect(':');
  return { kind: 'ternary', at, test, then, otherwise: parseExpression(cursor) };
}

function parseExpression(cursor: Cursor): Node {
  return cursor.nested(() => parseChoice(cursor));
}

/**
 * Reads one whole expression by SpEL's grammar. Throws `ExpressionError` with the offset and what was expected, also for
 * anything left over.
 */
export function parse(cursor: Cursor): Node {
  const node = parseExpression(cursor);
  return cursor.peek().kind === 'end' ? node : cursor.fail('an operator or the end');
}
