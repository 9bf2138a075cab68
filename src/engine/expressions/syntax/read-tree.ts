import type { Limits } from '../limits';
import { Cursor } from './cursor';
import { lex } from './lex';
import type { Node } from './node';
import { parse } from './parse';

/** Reads an expression, without `${}`, as a tree. Throws `ExpressionError` with the offset for what cannot be read. */
export const readTree = (text: string, { tokens, depth }: Pick<Limits, 'tokens' | 'depth'>): Node =>
  parse(new Cursor(lex(text, tokens), depth));
