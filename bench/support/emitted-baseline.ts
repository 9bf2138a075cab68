import type { Scope } from '../../src/engine/expressions';
import { Budget } from '../../src/engine/expressions/budget';
import { translate } from '../../src/engine/expressions/compile';
import { defaultLimits } from '../../src/engine/expressions/limits';
import { expressionOf, machine, seenBy } from '../../src/engine/expressions/machine';
import { MemoBook } from '../../src/engine/expressions/memo';
import { Run } from '../../src/engine/expressions/run';

/**
 * expr-eval alone on the source that we emit for an expression: written out, read by its own parser, evaluated with our
 * helper and one run that lasts. What we do around that for every evaluation is not in it.
 */
export function emittedBaseline(text: string, scope: Scope): () => unknown {
  const { instructions, steps } = translate(text, defaultLimits);
  const expression = machine.parse(String(expressionOf(instructions)));
  const budget = new Budget({ ...defaultLimits, steps: Infinity });
  const run = new Run({ scope, budget, memo: new MemoBook(scope.memo), place: { path: '', offset: 0 } }, steps);
  return () => expression.evaluate(seenBy(run)) as unknown;
}
