import { linearPattern, PatternError, type LinearPattern, type PatternMatch } from '../linear-pattern';
import { ExpressionError } from './expression-error';
import type { Limits } from './limits';

/** Counts what one expression does and throws `ExpressionError` once it does too much. */
export class Budget {
  readonly limits: Limits;
  private steps = 0;
  private patternSteps = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Counts steps; returns how many there are. */
  spend(count = 1): number {
    this.steps += count;
    if (this.steps > this.limits.steps) throw new ExpressionError(`this takes more than ${this.limits.steps} steps`);
    return this.steps;
  }

  /** Counts looking over a text of this many characters. */
  scan(length: number): void {
    this.spend(1 + (length >> 6));
  }

  /** Counts looking for a part in a text, as if every place had to be compared with the whole part. */
  search(length: number, partLength: number): void {
    const places = Math.max(0, length - partLength) + 1;
    this.spend(1 + Math.floor((places * partLength) / 512) + (length >> 6));
  }

  /** Checks the length of a text before it is made. */
  checkText(length: number): void {
    if (length <= this.limits.text) return;
    throw new ExpressionError(`this makes a text of more than ${this.limits.text} characters`);
  }

  /** Checks the length of a text before it is made, and counts it. */
  makeText(length: number): void {
    this.checkText(length);
    this.scan(length);
  }

  /** Checks the number of elements before they are made, and counts them. */
  makeItems(count: number): void {
    if (count > this.limits.items) throw new ExpressionError(`this makes more than ${this.limits.items} elements`);
    this.spend(1 + count);
  }

  /** Whether a pattern matches a whole text. */
  matches(source: string, text: string): boolean {
    const pattern = this.pattern(source);
    this.spendPattern(pattern.size * (text.length + 1));
    return pattern.matches(text);
  }

  /** The matches of a pattern in a text, each counted before it is looked for. */
  *findAll(source: string, text: string): Iterable<PatternMatch> {
    const pattern = this.pattern(source);
    let from = 0;
    if (!pattern.isLocal) this.spendPattern(pattern.size * (text.length + 1));
    for (const match of pattern.findAll(text)) {
      this.spend(2);
      const read = pattern.isLocal ? match.end - from + pattern.size : text.length - from + 1;
      this.spendPattern(pattern.size * read);
      from = match.end;
      yield match;
    }
    if (pattern.isLocal) this.spendPattern(pattern.size * (text.length - from));
  }

  private spendPattern(count: number): void {
    this.patternSteps += count;
    if (this.patternSteps > this.limits.patternSteps) {
      throw new ExpressionError('the text is too long to be matched with this pattern');
    }
  }

  private pattern(source: string): LinearPattern {
    try {
      return linearPattern(source);
    } catch (error) {
      if (error instanceof PatternError) throw new ExpressionError(error.message);
      throw error;
    }
  }
}
