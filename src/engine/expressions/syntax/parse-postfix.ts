import type { Cursor } from './cursor';
import type { Node, NodeOf } from './node';
import { parseItems, type ParseExpression } from './parse-items';

const selections: ReadonlyMap<string, NodeOf<'selection'>['which']> = new Map([
  ['?', 'all'],
  ['^', 'first'],
  ['$', 'last'],
]);

function parseBody(cursor: Cursor, parseExpression: ParseExpression): Node {
  cursor.next();
  cursor.expect('[');
  const body = parseExpression(cursor);
  cursor.expect(']');
  return body;
}

function parseIndex(cursor: Cursor, of: Node, isSafe: boolean, parseExpression: ParseExpression): Node {
  const { at } = cursor.expect('[');
  const index = parseExpression(cursor);
  cursor.expect(']');
  return { kind: 'index', at, of, index, isSafe };
}

function parseMember(cursor: Cursor, of: Node, isSafe: boolean, parseExpression: ParseExpression): Node {
  const { at, text } = cursor.expectName();
  if (!cursor.accept('(')) return { kind: 'property', at, of, name: text, isSafe };
  return { kind: 'method', at, of, name: text, args: parseItems(cursor, ')', parseExpression), isSafe };
}

function parseAfterDot(cursor: Cursor, of: Node, isSafe: boolean, parseExpression: ParseExpression): Node {
  const { at, text } = cursor.peek();
  const isBracketed = cursor.isSymbol('[', 1);
  const which = selections.get(text);
  if (isBracketed && text === '!') {
    return { kind: 'projection', at, of, body: parseBody(cursor, parseExpression), isSafe };
  }
  if (isBracketed && which !== undefined) {
    return { kind: 'selection', at, of, which, body: parseBody(cursor, parseExpression), isSafe };
  }
  if (isSafe && cursor.isSymbol('[')) return parseIndex(cursor, of, true, parseExpression);
  return parseMember(cursor, of, isSafe, parseExpression);
}

/** Reads the properties, calls, indexes, projections and selections behind a value. */
export function parsePostfixes(cursor: Cursor, start: Node, parseExpression: ParseExpression): Node {
  let node = start;
  for (;;) {
    if (cursor.isSymbol('[')) node = parseIndex(cursor, node, false, parseExpression);
    else if (cursor.accept('.')) node = parseAfterDot(cursor, node, false, parseExpression);
    else if (cursor.accept('?.')) node = parseAfterDot(cursor, node, true, parseExpression);
    else return node;
  }
}
