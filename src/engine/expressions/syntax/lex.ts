import { ExpressionError } from '../expression-error';

/** The smallest piece of an expression; `at` and `end` are offsets in the text. */
export type Token = { readonly at: number; readonly end: number; readonly text: string } & (
  | { readonly kind: 'word' | 'symbol' | 'end' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number; readonly isReal: boolean }
);

const space = /[\s]+/y;
const word = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const hexadecimal = /0[xX][0-9a-fA-F]+[lL]?(?![\p{L}\p{N}_$])/uy;
// A dot without a digit behind it belongs to what follows, as in 3.toString().
const decimal = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[lLfFdD]?(?![\p{L}\p{N}_$])/uy;
const string = /'(?:[^']|'')*'|"(?:[^"]|"")*"/y;
const symbol = /\?\.|\?:|==|!=|<=|>=|&&|\|\||\+\+|--|[.,:?!<>=+\-*/%^()[\]{}#@&]/y;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** A whole number that a double holds exactly; a larger one would silently become another. */
function whole(value: number, found: string, at: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new ExpressionError(`${found} is larger than any whole number that is kept exactly (2^53)`, at);
}

function numberToken(text: string, at: number): Token | undefined {
  const end = (length: number) => at + length;
  const hex = matchAt(hexadecimal, text, at);
  if (hex !== undefined) {
    const value = whole(Number(hex.replace(/[lL]$/, '')), hex, at);
    return { kind: 'number', at, end: end(hex.length), text: hex, value, isReal: false };
  }
  const found = matchAt(decimal, text, at);
  if (found === undefined) return undefined;
  const value = Number(found.replace(/[lLfFdD]$/, ''));
  if (!Number.isFinite(value)) throw new ExpressionError(`${found} is larger than any number`, at);
  const isReal = /[.eEfFdD]/.test(found);
  if (!isReal) whole(value, found, at);
  return { kind: 'number', at, end: end(found.length), text: found, value, isReal };
}

function stringToken(text: string, at: number): Token {
  const quote = text.charAt(at);
  const found = matchAt(string, text, at);
  if (found === undefined) throw new ExpressionError(`the text that begins here is never closed with ${quote}`, at);
  const value = found.slice(1, -1).replaceAll(quote + quote, quote);
  return { kind: 'string', at, end: at + found.length, text: found, value };
}

function plainToken(text: string, at: number): Token | undefined {
  const name = matchAt(word, text, at);
  if (name !== undefined) return { kind: 'word', at, end: at + name.length, text: name };
  const sign = matchAt(symbol, text, at);
  return sign === undefined ? undefined : { kind: 'symbol', at, end: at + sign.length, text: sign };
}

function tokenAt(text: string, at: number): Token {
  const first = text.charAt(at);
  if (first === "'" || first === '"') return stringToken(text, at);
  const found = first >= '0' && first <= '9' ? numberToken(text, at) : plainToken(text, at);
  if (found !== undefined) return found;
  throw new ExpressionError(
    first >= '0' && first <= '9' ? 'this number is not written correctly' : `'${first}' means nothing here`,
    at,
  );
}

/**
 * Cuts an expression into tokens, the last of kind `end`. Texts are quoted with ' or "; the same quote twice inside is
 * one, and a backslash is an ordinary character. Throws `ExpressionError` with the offset of what it cannot read, and
 * for more than `maxTokens`.
 */
export function lex(text: string, maxTokens: number): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(space, text, at)?.length ?? 0;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token);
    if (tokens.length > maxTokens) throw new ExpressionError(`more than ${maxTokens} words and signs`, at);
    at = token.end;
  }
  return [...tokens, { kind: 'end', at: text.length, end: text.length, text: '' }];
}
