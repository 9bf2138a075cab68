import { Parser, type Expression } from 'expr-eval';
import { emit } from './emit';
import { ExpressionError } from './expression-error';
import { release } from './held';
import { help } from './helpers';
import { defaultLimits, type Limits } from './limits';
import { Recent } from './recent';
import type { Run } from './run';
import { readTree } from './syntax/read-tree';
import type { Value } from './value';

/** An expression ready to be evaluated any number of times. */
export type Compiled = {
  readonly evaluate: (run: Run) => Value;
  /** Parts that helpers evaluate by number. */
  readonly bodies: readonly ((run: Run) => unknown)[];
};

const longestKept = 2000;
const recent = new Recent<Compiled>(1000);

// Not Object.create(null): V8 keeps that as a dictionary, in which expr-eval would look up twice as slowly.
const withoutPrototype = <T extends object>(properties: T): T => Object.setPrototypeOf(properties, null) as T;

/** A parser that knows our helper, `and`, `or`, `?:` and nothing else. */
function createParser(): Parser {
  const operators = { assignment: false, fndef: false, in: false, concatenate: false, array: false };
  const parser = new Parser({ allowMemberAccess: false, operators });
  const never = (): never => {
    throw new ExpressionError('this operator is not used');
  };
  return Object.assign(parser, {
    unaryOps: withoutPrototype({}),
    // expr-eval evaluates these itself, lazily; it only looks up here whether they exist.
    binaryOps: withoutPrototype({ and: never, or: never }),
    ternaryOps: withoutPrototype({ '?': never }),
    consts: withoutPrototype({ true: true, false: false }),
    functions: withoutPrototype({ h: help }),
  });
}

const parser = createParser();

function bind(source: string): (run: Run) => unknown {
  const expression: Expression = parser.parse(source);
  return (run) => expression.evaluate(withoutPrototype({ s: run, n: null }) as never) as unknown;
}

function compileAnew(text: string, limits: Limits): Compiled {
  if (text.trim() === '') throw new ExpressionError('there is no expression between ${ and }', 0);
  if (text.length > limits.length) throw new ExpressionError(`longer than ${limits.length} characters`, 0);
  const { source, bodies } = emit(readTree(text, limits));
  const evaluate = bind(source);
  return { evaluate: (run) => release(evaluate(run)), bodies: bodies.map(bind) };
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
