import { ExpressionError } from './expression-error';
import { Recent } from './recent';

/** A piece of a text: literal, or an expression with the offset of its first character behind `${`. */
export type TextPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string; readonly offset: number };

/** Where the `}` stands that closes an expression: braces nest, those in quotes do not count. */
function findClose(text: string, start: number): number {
  let depth = 0;
  let quote = '';
  let quoteAt = start;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') [quote, quoteAt] = [character, at];
    else if (character === '{') depth += 1;
    else if (character === '}' && depth === 0) return at;
    else if (character === '}') depth -= 1;
  }
  if (quote !== '') throw new ExpressionError(`the text that begins here is never closed with ${quote}`, quoteAt);
  throw new ExpressionError('the expression that begins here is never closed with }', start);
}

function split(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (let open = text.indexOf('${'); open >= 0; open = text.indexOf('${', from)) {
    if (open > from) parts.push({ kind: 'literal', text: text.slice(from, open) });
    const close = findClose(text, open + 2);
    parts.push({ kind: 'expression', text: text.slice(open + 2, close), offset: open + 2 });
    from = close + 1;
  }
  if (from < text.length) parts.push({ kind: 'literal', text: text.slice(from) });
  return parts;
}

const longestKept = 2000;
const recent = new Recent<readonly TextPart[]>(1000);

/** Cuts a text at its `${ … }`. Throws `ExpressionError` with the offset where one is not closed. */
export const splitText = (text: string): readonly TextPart[] =>
  text.length > longestKept ? split(text) : recent.get(text, () => split(text));
