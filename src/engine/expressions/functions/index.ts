import { nearest } from '../../../model/nearest';
import { ExpressionError } from '../expression-error';
import { checkCount } from '../method';
import { admit, refuseName } from '../read';
import type { Run } from '../run';
import { toJson } from '../to-json';
import type { Value } from '../value';
import { builtInFunctions } from './built-in-functions';

/** Calls `#name(…)`: a function of the scope, else a built-in one. Throws for one that does not exist. */
export function callFunction(name: string, args: readonly Value[], run: Run): Value {
  refuseName(name);
  const known = run.scope.functions.get(name) ?? builtInFunctions.get(name);
  if (known === undefined) {
    const near = nearest(name.slice(0, 60), [...builtInFunctions.keys(), ...run.scope.functions.keys()]);
    throw new ExpressionError(
      `there is no function #${name}()${near === undefined ? '' : `; did you mean #${near}()?`}`,
    );
  }
  checkCount(`#${name}()`, args.length, known);
  const given = args.map((arg) => toJson(arg, run.budget));
  return admit(known.call(given, run));
}
