import { RE2JS } from 're2js';

/** A pattern that cannot be used; the message says what is wrong with it, for whoever wrote it. */
export class PatternError extends Error {}

/** Where a pattern was found in a text; `groups[0]` is the whole, a group that took no part is undefined. */
export type PatternMatch = {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
};

/**
 * A regular expression that takes time in proportion to the text, whatever the text holds (RE2: no backreferences, no
 * look-around). `size` estimates its steps per character.
 */
export type LinearPattern = {
  readonly size: number;
  /** True where the search for one match reads little more than the match itself. */
  readonly isLocal: boolean;
  /** Whether the whole text matches. */
  readonly matches: (text: string) => boolean;
  /** The matches in order; each is looked for only when it is asked for. */
  readonly findAll: (text: string) => Iterable<PatternMatch>;
};

const largest = 1000;
const kept = 200;
const compiled = new Map<string, LinearPattern>();

/** Steps a pattern needs, with counted repetitions written out: `(ab{3}){10}` is about 50. */
function estimateSize(source: string): number {
  const sums = [0];
  let last = 0;
  const add = (size: number): void => {
    last = size;
    sums[sums.length - 1] = (sums.at(-1) ?? 0) + size;
  };
  for (const [part, count] of source.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d{1,6}(?:,\d{0,6})?)\}|[^]/g)) {
    if (part === '(') sums.push(1);
    else if (part === ')') add(sums.length > 1 ? (sums.pop() ?? 0) : 1);
    else if (count !== undefined) add(last * Math.max(0, ...count.split(',').map(Number)));
    else add(1);
  }
  return sums.reduce((sum, size) => sum + size, 0);
}

const isSingleClass = (source: string): boolean =>
  /^(?:\\[dwsDWS]|\[[^\][\\&]+\]|[^\\[\](){}.*+?^$|])[+*]?$/.test(source);
const isBounded = (source: string): boolean => !/[*+]|\{\d*,\}/.test(source);

function* findAll(pattern: RE2JS, text: string): Iterable<PatternMatch> {
  const matcher = pattern.matcher(text);
  const groupCount = matcher.groupCount();
  while (matcher.find()) {
    const groups = Array.from({ length: groupCount + 1 }, (_, index) => matcher.group(index) ?? undefined);
    yield { start: matcher.start(), end: matcher.end(), groups };
  }
}

function compile(source: string): LinearPattern {
  // The length first: the estimate itself takes time.
  const size = source.length > largest ? Infinity : estimateSize(source);
  if (size > largest) throw new PatternError('the pattern is too large');
  try {
    const pattern = RE2JS.compile(source);
    return {
      size,
      isLocal: isSingleClass(source) || isBounded(source),
      matches: (text) => pattern.matcher(text).matches(),
      findAll: (text) => findAll(pattern, text),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'unknown';
    throw new PatternError(`the pattern '${source}' cannot be read: ${reason}`, { cause: error });
  }
}

/**
 * Reads a pattern in RE2's syntax, which is Java's without backreferences, look-around and possessive quantifiers.
 * Throws `PatternError` for one that is wrong or larger than 1,000 steps. The last 200 are kept compiled.
 */
export function linearPattern(source: string): LinearPattern {
  const known = compiled.get(source) ?? compile(source);
  compiled.delete(source);
  compiled.set(source, known);
  if (compiled.size > kept) compiled.delete(compiled.keys().next().value ?? '');
  return known;
}
