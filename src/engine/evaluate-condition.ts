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
  const { value, problems, isOpen } = evaluate(`${mark}${text}}`, path);
  const moved = problems.map((problem): Problem => ({ ...problem, column: Math.max(1, problem.column - mark.length) }));
  return { value, problems: moved, isOpen };
}

/** What a condition came to: a boolean, or a text that says one in any case; undefined for anything else. */
export function truthOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
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
  const truth = truthOf(value);
  if (truth !== undefined) return truth ? met : { type: 'unmet', expression };
  return broken(expression, `it must come to true or false, not to ${JSON.stringify(value).slice(0, 100)}`);
}
