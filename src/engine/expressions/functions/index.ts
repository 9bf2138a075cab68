import { nearest } from '../../../model/nearest';
import { ExpressionError } from '../expression-error';
import { checkCount } from '../method';
import { admit, refuseName } from '../read';
import type { Run } from '../run';
import type { ExpressionFunction } from '../scope';
import { toJson } from '../to-json';
import type { Value } from '../value';
import { builtInFunctions } from './built-in-functions';

/**
 * The function `#name`, called with so many arguments: one of `functions`, else a built-in one. Throws for one that does
 * not exist or takes more or fewer.
 */
export function findFunction(
  name: string,
  argCount: number,
  functions: ReadonlyMap<string, ExpressionFunction>,
): ExpressionFunction {
  refuseName(name);
  const known = functions.get(name) ?? builtInFunctions.get(name);
  if (known === undefined) {
    const near = nearest(name.slice(0, 60), [...builtInFunctions.keys(), ...functions.keys()]);
    throw new ExpressionError(
      `there is no function #${name}()${near === undefined ? '' : `; did you mean #${near}()?`}`,
    );
  }
  checkCount(`#${name}()`, argCount, known);
  return known;
}

/** Calls `#name(…)`: a function of the scope, else a built-in one. Throws for one that does not exist. */
export function callFunction(name: string, args: readonly Value[], run: Run): Value {
  const known = findFunction(name, args.length, run.scope.functions);
  const given = args.map((arg) => toJson(arg, run.budget));
  return admit(known.call(given, run));
}
