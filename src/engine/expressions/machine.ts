import { Parser, type Expression } from 'expr-eval';
import { ExpressionError } from './expression-error';
import { hold, release } from './held';
import type { Run } from './run';
import type { Body } from './step';
import type { Value } from './value';

/**
 * What expr-eval executes, as its own parser makes it: a literal, a variable, a part for later, a lazy operator of two
 * or three operands, a call with so many arguments. It has more kinds, and none of them is made here.
 */
export type Instruction =
  | { readonly type: 'INUMBER'; readonly value: string | number | boolean }
  | { readonly type: 'IVAR'; readonly value: 'h' | 's' | 'n' }
  | { readonly type: 'IEXPR'; readonly value: readonly Instruction[] }
  | { readonly type: 'IOP2'; readonly value: 'and' | 'or' }
  | { readonly type: 'IOP3'; readonly value: '?' }
  | { readonly type: 'IFUNCALL'; readonly value: number };

/**
 * All that instructions call: the run, which of its steps to do, then that step's operands as expr-eval passes them on.
 * One function, because expr-eval looks through all that it knows at every call.
 */
function help(run: Run, index: number, ...operands: unknown[]): unknown {
  const step = run.steps[index];
  if (step === undefined) throw new ExpressionError(`there is no step ${index}`);
  run.at = step.at;
  run.budget.spend();
  for (let place = 0; place < operands.length; place += 1) operands[place] = release(operands[place]);
  return hold(step.work(run, ...(operands as Value[])));
}

// Not Object.create(null): V8 keeps that as a dictionary, in which expr-eval would look up twice as slowly.
const withoutPrototype = <T extends object>(properties: T): T => Object.setPrototypeOf(properties, null) as T;

/** A parser that knows our helper `h`, `and`, `or`, `?:` and nothing else. */
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

/** What executes instructions. It also reads the source of an expression that they were made into. */
export const machine: Parser = createParser();

/** expr-eval's expression; as a text it is the source that would be parsed to it. */
type Executable = Expression & { readonly toString: () => string };

// expr-eval does not export its class, but every expression is one.
const { constructor: ExecutableOf } = Object.getPrototypeOf(machine.parse('0')) as {
  readonly constructor: new (instructions: readonly Instruction[], parser: Parser) => Executable;
};

/** The expression that expr-eval's own parser would make with these instructions. */
export const expressionOf = (instructions: readonly Instruction[]): Executable =>
  new ExecutableOf(instructions, machine);

/** What instructions see: the run as `s`, null as `n`. */
export const seenBy = (run: Run): never => ({ s: run, n: null }) as never;

/** Makes instructions ready to be executed, any number of times. */
export function bind(instructions: readonly Instruction[]): Body {
  const expression = expressionOf(instructions);
  return (run) => release(expression.evaluate(seenBy(run)));
}
