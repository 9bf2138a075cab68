import { randomInt } from 'node:crypto';
import { hostOf } from '../../model/host-of';
import { nearest } from '../../model/nearest';
import type { Budget } from './budget';
import { ExpressionError, UrlNeeded } from './expression-error';
import type { MemoBook } from './memo';
import { admit, refuseName } from './read';
import type { FunctionTools, Scope } from './scope';
import type { Body, Step } from './step';
import type { Value } from './value';

/** A name that was asked for and not there, with the names that are. */
type Missing = { readonly name: string; readonly known: () => Iterable<string> };

/** Where an expression stands: the path of its text in the input, and its offset there. */
export type Place = { readonly path: string; readonly offset: number };

const mostNames = 1000;
const longestName = 60;
const randomSteps = 2 ** 47;
const systemRandom = (): number => randomInt(randomSteps) / randomSteps;

function describeMissing({ name, known }: Missing): string {
  const names: string[] = [];
  if (name.length <= longestName) {
    for (const candidate of known()) {
      if (candidate.length <= longestName) names.push(candidate);
      if (names.length >= mostNames) break;
    }
  }
  const near = nearest(name, names);
  return `'${name}' is not defined${near === undefined ? '' : `; did you mean '${near}'?`}`;
}

/** One evaluation of one expression: what it sees, where it is, what it may still do. */
export class Run implements FunctionTools {
  /** Offset in the expression of what is being evaluated. */
  at = 0;
  readonly scope: Scope;
  readonly budget: Budget;
  /** What the expression's instructions do, by number. */
  readonly steps: readonly Step[];
  private readonly memo: MemoBook;
  private readonly place: Place;
  private readonly focus: Value[] = [];
  private missing: Missing | undefined;

  constructor(
    world: { readonly scope: Scope; readonly budget: Budget; readonly memo: MemoBook; readonly place: Place },
    steps: readonly Step[],
  ) {
    this.scope = world.scope;
    this.budget = world.budget;
    this.memo = world.memo;
    this.place = world.place;
    this.steps = steps;
  }

  /** Evaluates a part with another value as `#this` and for bare names. */
  bodyOn(value: Value, body: Body): Value {
    this.focus.push(value);
    const result = body(this);
    this.focus.pop();
    return result;
  }

  /** Whether an element of a projection or selection stands in for the root. */
  hasFocus(): boolean {
    return this.focus.length > 0;
  }

  /** `#this`: the element of the innermost projection or selection, else the root. */
  self(): Value {
    return this.focus.at(-1) ?? (this.hasFocus() ? null : this.root());
  }

  root(): Value {
    return admit(this.scope.root());
  }

  /** The value of a bare name; null or an error, as the scope wants it, where there is none. */
  lookup(name: string): Value {
    refuseName(name);
    const found = this.scope.lookup(name);
    if (found !== undefined) return admit(found);
    const missing = { name, known: () => this.scope.names() };
    if (this.scope.unknown === 'keep') throw new ExpressionError(describeMissing(missing));
    return this.miss(missing);
  }

  /** Notes a name that is not there, for the message should the expression come to nothing. */
  miss(missing: Missing): null {
    this.missing = missing;
    return null;
  }

  /** What was last found missing, in words; empty where nothing was. */
  describeMissing(): string {
    return this.missing === undefined ? '' : describeMissing(this.missing);
  }

  /** The time for this place: milliseconds since the epoch. */
  now(): number {
    return this.memo.take(this.key(), () => this.scope.now);
  }

  /** A random number for this place: at least 0, below 1. */
  random(): number {
    return this.memo.take(this.key(), this.scope.random ?? systemRandom);
  }

  /** A random UUID (version 4) for this place. */
  uuid(): string {
    // As dear as its many random digits.
    this.budget.spend(20);
    const digit = (from: number, count: number) =>
      (from + Math.floor((this.scope.random ?? systemRandom)() * count)).toString(16);
    return this.memo.take(this.key(), () =>
      'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replaceAll(/[xy]/g, (kind) => (kind === 'x' ? digit(0, 16) : digit(8, 4))),
    );
  }

  urlText = (url: string): string => {
    const answer = this.memo.answerOf(url);
    if (answer === undefined) throw new UrlNeeded(url);
    if ('error' in answer) throw new ExpressionError(`${hostOf(url)} could not be read: ${answer.error}`);
    return answer.text;
  };

  private key(): string {
    return `${this.place.path}@${this.place.offset + this.at + 1}`;
  }
}
