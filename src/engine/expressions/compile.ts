import { emit, type Emitted } from './emit';
import { ExpressionError } from './expression-error';
import { defaultLimits, type Limits } from './limits';
import { bind } from './machine';
import { Recent } from './recent';
import type { Body, Step } from './step';
import { readTree } from './syntax/read-tree';

/** An expression ready to be evaluated any number of times, by a run of these steps. */
export type Compiled = { readonly evaluate: Body; readonly steps: readonly Step[] };

const longestKept = 2000;
const recent = new Recent<Compiled>(1000);

/** Reads an expression and writes it as expr-eval's instructions; throws as `compile` does. */
export function translate(text: string, limits: Limits): Emitted {
  if (text.trim() === '') throw new ExpressionError('there is no expression between ${ and }', 0);
  if (text.length > limits.length) throw new ExpressionError(`longer than ${limits.length} characters`, 0);
  return emit(readTree(text, limits), bind);
}

function compileAnew(text: string, limits: Limits): Compiled {
  const { instructions, steps } = translate(text, limits);
  return { evaluate: bind(instructions), steps };
}

/**
 * Compiles an expression, without `${}`. Throws `ExpressionError` with the offset for what cannot be read or is too long
 * or too deep. Those of ordinary length and depth that were used lately are kept.
 */
export function compile(text: string, limits: Limits): Compiled {
  const isOrdinary =
    text.length <= longestKept &&
    limits.depth === defaultLimits.depth &&
    limits.length >= longestKept &&
    limits.tokens === defaultLimits.tokens;
  return isOrdinary ? recent.get(text, () => compileAnew(text, limits)) : compileAnew(text, limits);
}
