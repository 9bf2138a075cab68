import type { Budget } from './budget';
import type { Json } from './json';
import type { Limits } from './limits';
import type { Memo } from './memo';

/** What a function may use besides its arguments. */
export type FunctionTools = {
  /** Count here whatever takes longer for larger arguments. */
  readonly budget: Budget;
  /** The text behind a URL. Where the memo has none yet this stops the evaluation and asks the engine for it. */
  readonly urlText: (url: string) => string;
};

/**
 * A function called as `#name(…)`. Its arguments are plain JSON; its result is data: JSON, read in place. It throws
 * `ExpressionError` with words for people.
 */
export type ExpressionFunction = {
  readonly name: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly call: (args: readonly Json[], tools: FunctionTools) => unknown;
};

/** What expressions can see. */
export type Scope = {
  /** The value of a bare name; undefined where nothing has that name. Values are read in place, never changed. */
  readonly lookup: (name: string) => Json | undefined;
  /** Every name that `lookup` knows, to propose one for a name that is not defined; asked only then. */
  readonly names: () => Iterable<string>;
  /** What `#root` is. */
  readonly root: () => Json;
  /** Functions besides the built-in ones, which they replace where names are the same. */
  readonly functions: ReadonlyMap<string, ExpressionFunction>;
  readonly memo: Memo;
  /** The time that expressions are told, where the memo does not know better; milliseconds since the epoch. */
  readonly now: number;
  /** A bare name that is not defined is null, or an error that leaves the text as it is, for a later evaluation. */
  readonly unknown: 'keep' | 'null';
  /** At least 0, below 1; the operating system's randomness by default. */
  readonly random?: () => number;
  readonly limits?: Partial<Limits>;
  /** How many steps all evaluations with this object may take together still; counted down. Absent: no limit but each one's. */
  readonly allowance?: { steps: number };
};
