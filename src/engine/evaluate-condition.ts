import { z } from 'zod';
import type { EvaluateValue, Evaluated } from './contracts/stage';
import type { Problem } from './expressions';

const mark = '${';

/**
 * Evaluates an expression that stands for itself, without `${}`, as conditions are written; with `${}` around it, it means
 * the same. Columns of problems count in the text as written.
 */
export function evaluateCondition(text: string, path: string, evaluate: EvaluateValue): Evaluated {
  if (text.trimStart().startsWith(mark)) return evaluate(text, path);
  const { value, problems } = evaluate(`${mark}${text}}`, path);
  const moved = problems.map((problem): Problem => ({ ...problem, column: Math.max(1, problem.column - mark.length) }));
  return { value, problems: moved };
}

/** Whether a stage is to run; where its condition is neither true nor false, the problems say why. */
export type Verdict =
  | { readonly type: 'met' }
  | { readonly type: 'unmet'; readonly expression: string }
  | { readonly type: 'broken'; readonly problems: readonly Problem[] };

const conditionSchema = z.looseObject({
  type: z.literal('expression').optional(),
  expression: z.string().nullish(),
});
const path = 'stageEnabled';
const met = { type: 'met' } as const;

const broken = (expression: string, message: string): Verdict => ({
  type: 'broken',
  problems: [{ level: 'ERROR', path, column: 1, expression, message }],
});

/** Judges the `stageEnabled` of a stage (semantics §6.3); without one, or with a blank expression, the stage runs. */
export function judgeCondition(written: unknown, evaluate: EvaluateValue): Verdict {
  if (written === undefined || written === null) return met;
  const parsed = conditionSchema.safeParse(written);
  if (!parsed.success) return broken('', "it must read { type: expression, expression: '…' }");
  const expression = parsed.data.expression ?? '';
  if (expression.trim() === '') return met;
  const { value, problems } = evaluateCondition(expression, path, evaluate);
  if (problems.length > 0) return { type: 'broken', problems };
  const text = String(value).toLowerCase();
  if (text === 'true') return met;
  if (text === 'false') return { type: 'unmet', expression };
  return broken(expression, `it must come to true or false, not to ${JSON.stringify(value).slice(0, 100)}`);
}
