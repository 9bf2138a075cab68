import { Budget } from './budget';
import { compile } from './compile';
import { ExpressionError, UrlNeeded } from './expression-error';
import type { Json } from './json';
import type { Limits } from './limits';
import type { MemoBook } from './memo';
import { Run } from './run';
import type { Scope } from './scope';
import { splitText, type TextPart } from './split-text';
import { toJson } from './to-json';
import { convertedText } from './to-text';
import type { Value } from './value';

/** Something that kept an expression from its value, for people. */
export type Problem = {
  /** INFO where the expression is null, ERROR where it could not be evaluated. */
  readonly level: 'INFO' | 'ERROR';
  /** Where in the input the text stands: `clusters[0].env.A`; empty where the input itself is the text. */
  readonly path: string;
  /** In that text, from 1. */
  readonly column: number;
  /** As written, without `${}`. */
  readonly expression: string;
  readonly message: string;
};

/** What must be fetched before an expression can be evaluated. */
export type Need = { readonly kind: 'url'; readonly url: string };

/** What all texts of one evaluation share. */
export type World = {
  readonly scope: Scope;
  readonly limits: Limits;
  readonly memo: MemoBook;
  readonly report: (problem: Problem) => void;
  readonly need: (need: Need) => void;
};

type ExpressionPart = Extract<TextPart, { kind: 'expression' }>;
type Outcome<T> = { readonly kind: 'value'; readonly value: T } | { readonly kind: 'null' | 'failed' };

const failed = { kind: 'failed' } as const;
const tooMuch = 'all expressions here together take too many steps';

/** Evaluates the expressions of one text. */
class TextEvaluator {
  private readonly world: World;
  private readonly path: string;

  constructor(world: World, path: string) {
    this.world = world;
    this.path = path;
  }

  evaluate(text: string): Json {
    const parts = this.split(text);
    if (parts === undefined) return text;
    const [first] = parts;
    if (parts.length !== 1 || first?.kind !== 'expression') return this.join(parts) ?? text;
    const outcome = this.evaluatePart(first, toJson);
    return outcome.kind === 'value' ? outcome.value : text;
  }

  private split(text: string): readonly TextPart[] | undefined {
    try {
      return splitText(text);
    } catch (error) {
      const at = error instanceof ExpressionError ? (error.at ?? 0) : 0;
      this.fail(error, { kind: 'expression', text: text.slice(at), offset: 0 }, at);
      return undefined;
    }
  }

  /** One text of all parts; undefined where a part failed. What is null stays as it is written. */
  private join(parts: readonly TextPart[]): string | undefined {
    const outcomes = parts.map((part) => this.evaluateToText(part));
    const texts = outcomes.map((outcome) => (outcome.kind === 'value' ? outcome.value : ''));
    if (outcomes.some((outcome) => outcome.kind === 'failed')) return undefined;
    return this.isTooLong(texts, parts) ? undefined : texts.join('');
  }

  /** Whether the whole would be too long; told of at the first expression. */
  private isTooLong(texts: readonly string[], parts: readonly TextPart[]): boolean {
    const { text: most } = this.world.limits;
    const part = parts.find((candidate) => candidate.kind === 'expression');
    if (part === undefined || texts.reduce((sum, { length }) => sum + length, 0) <= most) return false;
    this.report('ERROR', part, 0, `this makes a text of more than ${most} characters`);
    return true;
  }

  private evaluateToText(part: TextPart): Outcome<string> {
    if (part.kind === 'literal') return { kind: 'value', value: part.text };
    const outcome = this.evaluatePart(part, convertedText);
    return outcome.kind === 'null' ? { kind: 'value', value: `\${${part.text}}` } : outcome;
  }

  private evaluatePart<T>(part: ExpressionPart, convert: (value: Value, budget: Budget) => T): Outcome<T> {
    const { scope, limits, memo } = this.world;
    const budget = new Budget(limits);
    let at = () => 0;
    try {
      if (scope.allowance !== undefined && scope.allowance.steps <= 0) throw new ExpressionError(tooMuch);
      const compiled = compile(part.text, limits);
      const run = new Run({ scope, budget, memo, place: { path: this.path, offset: part.offset } }, compiled.steps);
      at = () => run.at;
      const value = compiled.evaluate(run);
      if (value === null) return this.reportNull(part, run.describeMissing());
      return { kind: 'value', value: convert(value, budget) };
    } catch (error) {
      return this.fail(error, part, at());
    } finally {
      if (scope.allowance !== undefined) scope.allowance.steps -= budget.spend(0);
    }
  }

  private reportNull(part: ExpressionPart, missing: string): Outcome<never> {
    const message = missing === '' ? 'the result is null' : `the result is null: ${missing}`;
    this.report('INFO', part, 0, message);
    return { kind: 'null' };
  }

  private fail(error: unknown, part: ExpressionPart, at: number): typeof failed {
    if (error instanceof UrlNeeded) this.world.need({ kind: 'url', url: error.url });
    else if (error instanceof ExpressionError) this.report('ERROR', part, error.at ?? at, error.message);
    // JavaScript's own words say nothing to whoever wrote the expression.
    else this.report('ERROR', part, at, 'this cannot be evaluated');
    return failed;
  }

  private report(level: Problem['level'], part: ExpressionPart, at: number, message: string): void {
    this.world.report({ level, path: this.path, column: part.offset + at + 1, expression: part.text, message });
  }
}

/** The value of a text with its expressions evaluated; the text itself where one of them could not be. Never throws. */
export const evaluateText = (text: string, path: string, world: World): Json =>
  text.includes('${') ? new TextEvaluator(world, path).evaluate(text) : text;
