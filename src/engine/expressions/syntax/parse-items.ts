import type { Cursor } from './cursor';
import type { Node } from './node';

/** Reads a whole expression inside another one. */
export type ParseExpression = (cursor: Cursor) => Node;

/** Expressions between brackets, separated by commas; the opening bracket is read already. */
export function parseItems(cursor: Cursor, close: string, parseExpression: ParseExpression): readonly Node[] {
  if (cursor.accept(close)) return [];
  const items = [parseExpression(cursor)];
  while (cursor.accept(',')) items.push(parseExpression(cursor));
  if (!cursor.accept(close)) cursor.fail(`',' or '${close}'`);
  return items;
}
