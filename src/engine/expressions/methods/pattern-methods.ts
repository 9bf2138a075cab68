import type { PatternMatch } from '../../linear-pattern';
import { ExpressionError } from '../expression-error';
import type { Run } from '../run';

const literal = /^[^\\[\](){}.*+?^$|]*$/;

function groupIn(match: PatternMatch, number: number): string {
  if (number < match.groups.length) return match.groups[number] ?? '';
  throw new ExpressionError(`the pattern has no group ${number}`);
}

/** The replacement as Java reads it: `$1` is a group, a backslash takes the next character as it is. */
function expand(replacement: string, match: PatternMatch): string {
  return replacement.replaceAll(/\\([^]?)|\$(\d?)/g, (found: string, escaped?: string, group?: string) => {
    if (found.startsWith('\\') && escaped !== undefined && escaped !== '') return escaped;
    if (group !== undefined && group !== '') return groupIn(match, Number(group));
    throw new ExpressionError(
      `'${found}' in a replacement needs a ${found === '$' ? 'group number' : 'character'} behind it`,
    );
  });
}

/** Replaces the first `most` matches as Java's `replaceAll` does, counted. */
export function replacePattern(text: string, pattern: string, replacement: string, most: number, run: Run): string {
  const pieces: string[] = [];
  let length = 0;
  let from = 0;
  const add = (piece: string): void => {
    length += piece.length;
    run.budget.checkText(length);
    run.budget.scan(piece.length);
    pieces.push(piece);
  };
  for (const match of run.budget.findAll(pattern, text)) {
    add(text.slice(from, match.start));
    run.budget.scan(replacement.length);
    add(expand(replacement, match));
    from = match.end;
    if (pieces.length / 2 >= most) break;
  }
  add(text.slice(from));
  return pieces.join('');
}

function* separators(text: string, pattern: string, run: Run): Iterable<{ start: number; end: number }> {
  if (!literal.test(pattern)) {
    yield* run.budget.findAll(pattern, text);
    return;
  }
  run.budget.search(text.length, pattern.length);
  const step = Math.max(1, pattern.length);
  for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + step)) {
    run.budget.spend();
    yield { start: at, end: at + pattern.length };
    // The end of a text holds an empty pattern for ever.
    if (at >= text.length) return;
  }
}

function withoutTrailingEmpty(parts: readonly string[]): readonly string[] {
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1);
}

/**
 * Splits as Java's `String.split(pattern, limit)` does: at most `limit` parts where it is above 0; empty parts at the end
 * are dropped where it is 0; an empty match at the beginning gives no part.
 */
export function splitText(text: string, pattern: string, limit: number, run: Run): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  if (limit !== 1) {
    for (const { start, end } of separators(text, pattern, run)) {
      if (end === 0 || (start === end && start >= text.length)) continue;
      parts.push(text.slice(from, start));
      run.budget.makeItems(0);
      from = end;
      if (limit > 0 && parts.length === limit - 1) break;
    }
  }
  // Nothing found: the text itself, even an empty one.
  if (parts.length === 0) return [text];
  parts.push(text.slice(from));
  run.budget.makeItems(parts.length);
  return limit === 0 ? withoutTrailingEmpty(parts) : parts;
}
