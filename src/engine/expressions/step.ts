import type { Run } from './run';
import type { Value } from './value';

/** What a step does with the values of its operands. */
export type Work = (run: Run, ...operands: Value[]) => Value;

/** One thing to do while an expression is evaluated; `at` is its offset in the expression, from 0. */
export type Step = { readonly at: number; readonly work: Work };

/** A part of an expression that a step evaluates when and as often as it needs it. */
export type Body = (run: Run) => Value;
