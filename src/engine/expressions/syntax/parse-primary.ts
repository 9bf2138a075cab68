import type { Cursor } from './cursor';
import type { Node } from './node';
import { parseItems, type ParseExpression } from './parse-items';
import { parsePostfixes } from './parse-postfix';

const literals: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function parseTypeName(cursor: Cursor): string {
  let name = cursor.expectName().text;
  while (cursor.accept('.')) name += `.${cursor.expectName().text}`;
  return name;
}

function parseType(cursor: Cursor): Node {
  const { at } = cursor.next();
  cursor.expect('(');
  const name = parseTypeName(cursor);
  cursor.expect(')');
  return { kind: 'type', at, name };
}

function parseNew(cursor: Cursor, parseExpression: ParseExpression): Node {
  const { at } = cursor.next();
  const name = parseTypeName(cursor);
  cursor.expect('(');
  return { kind: 'new', at, name, args: parseItems(cursor, ')', parseExpression) };
}

function parseVariable(cursor: Cursor, parseExpression: ParseExpression): Node {
  const { at } = cursor.next();
  const name = cursor.expectName().text;
  if (!cursor.accept('(')) return { kind: 'variable', at, name };
  return { kind: 'function', at, name, args: parseItems(cursor, ')', parseExpression) };
}

function parseMapEntry(cursor: Cursor, key: Node, parseExpression: ParseExpression): readonly [Node, Node] {
  cursor.expect(':');
  return [key, parseExpression(cursor)];
}

/** `{1, 2}` is a list, `{a: 1}` and `{:}` are maps, `{}` is an empty list. */
function parseBraces(cursor: Cursor, parseExpression: ParseExpression): Node {
  const { at } = cursor.next();
  if (cursor.accept(':')) {
    cursor.expect('}');
    return { kind: 'map', at, entries: [] };
  }
  if (cursor.accept('}')) return { kind: 'list', at, items: [] };
  const first = parseExpression(cursor);
  if (!cursor.isSymbol(':')) {
    const rest = cursor.accept(',') ? parseItems(cursor, '}', parseExpression) : closeBraces(cursor);
    return { kind: 'list', at, items: [first, ...rest] };
  }
  const entries = [parseMapEntry(cursor, first, parseExpression)];
  while (cursor.accept(',')) entries.push(parseMapEntry(cursor, parseExpression(cursor), parseExpression));
  if (!cursor.accept('}')) cursor.fail("',' or '}'");
  return { kind: 'map', at, entries };
}

function closeBraces(cursor: Cursor): readonly Node[] {
  if (!cursor.accept('}')) cursor.fail("',', ':' or '}'");
  return [];
}

function parseWord(cursor: Cursor, parseExpression: ParseExpression): Node {
  const { at, text } = cursor.peek();
  const isCall = cursor.isSymbol('(', 1);
  if (text === 'T' && isCall) return parseType(cursor);
  if (cursor.isWord('new') && cursor.peek(1).kind === 'word') return parseNew(cursor, parseExpression);
  cursor.next();
  if (cursor.accept('(')) {
    return { kind: 'method', at, name: text, args: parseItems(cursor, ')', parseExpression), isSafe: false };
  }
  const literal = literals.get(text.toLowerCase());
  return literal === undefined
    ? { kind: 'name', at, name: text }
    : { kind: 'literal', at, value: literal, isReal: false };
}

function parseSymbol(cursor: Cursor, parseExpression: ParseExpression): Node {
  const { at } = cursor.peek();
  if (cursor.isSymbol('#')) return parseVariable(cursor, parseExpression);
  if (cursor.isSymbol('{')) return parseBraces(cursor, parseExpression);
  if (cursor.accept('(')) {
    const inner = parseExpression(cursor);
    cursor.expect(')');
    return inner;
  }
  if (cursor.accept('[')) {
    const index = parseExpression(cursor);
    cursor.expect(']');
    return { kind: 'index', at, index, isSafe: false };
  }
  return cursor.fail('a value');
}

function parseStart(cursor: Cursor, parseExpression: ParseExpression): Node {
  const token = cursor.peek();
  switch (token.kind) {
    case 'number':
      cursor.next();
      return { kind: 'literal', at: token.at, value: token.value, isReal: token.isReal };
    case 'string':
      cursor.next();
      return { kind: 'literal', at: token.at, value: token.value, isReal: false };
    case 'word':
      return parseWord(cursor, parseExpression);
    case 'symbol':
      return parseSymbol(cursor, parseExpression);
    case 'end':
      return cursor.fail('a value');
  }
}

/** Reads a literal, name, call, list, map or type and everything that hangs on it with dots and brackets. */
export function parsePrimary(cursor: Cursor, parseExpression: ParseExpression): Node {
  return parsePostfixes(cursor, parseStart(cursor, parseExpression), parseExpression);
}
