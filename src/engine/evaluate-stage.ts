import type { z } from 'zod';
import type { Execution, Failure, Stage, StageContext } from '../model/execution';
import type { EvaluateValue, Evaluated, StageDefinition } from './contracts/stage';
import { failureOfProblems, summarize } from './describe-problems';
import { judgeCondition } from './evaluate-condition';
import { evaluate, type Json, type Memo, type Problem } from './expressions';
import { scopeOf } from './expression-scope';
import { clipText } from '../model/text';
import { withoutUrls } from './without-urls';

/** What came of the expressions of a stage that is about to start. */
export type StageEvaluation =
  | { readonly type: 'evaluated'; readonly stage: Stage }
  | { readonly type: 'skipped'; readonly stage: Stage }
  | { readonly type: 'failed'; readonly stage: Stage; readonly failure: Failure }
  /** Not yet known: what must be fetched first, and what must be the same then. */
  | {
      readonly type: 'needs';
      readonly needs: readonly { readonly kind: 'url'; readonly url: string }[];
      readonly memo: Memo;
    };

/** A stage about to start, and what was fetched for it. */
export type StageToEvaluate = {
  readonly execution: Execution;
  readonly stage: Stage;
  readonly definition: Pick<StageDefinition<never>, 'evaluate' | 'config'>;
  readonly now: number;
  readonly memo: Memo;
  /** How many steps it may take still; counted down. */
  readonly allowance: { steps: number };
};

/** The most steps that all expressions of one stage take together, so that nobody else waits long: below a second. */
export const mostSteps = 500_000;
/** The most characters of an evaluated name. */
const longestName = 200;

/** One evaluation of several values: they share times, random values and fetched answers. */
class Session {
  readonly needs = new Map<string, { readonly kind: 'url'; readonly url: string }>();
  memo: Memo;
  private readonly input: StageToEvaluate;

  constructor(input: StageToEvaluate) {
    this.input = input;
    this.memo = input.memo;
  }

  readonly evaluate: EvaluateValue = (value, path, names) => {
    const { execution, stage, now, allowance } = this.input;
    const context = names === undefined ? {} : { context: names };
    const { memo } = this;
    const evaluation = evaluate(value as Json, scopeOf(execution, stage, { now, memo, allowance, ...context }), path);
    this.memo = evaluation.memo;
    for (const need of evaluation.needs) this.needs.set(need.url, need);
    return { value: evaluation.value, problems: evaluation.problems, isOpen: evaluation.needs.length > 0 };
  };
}

const isDialectOfOurs = ({ definition }: Execution): boolean => definition.writtenAs === 'yaml';

/** Whether expressions that came to nothing fail the stage (decision 9). */
function failsWithProblems(
  execution: Execution,
  { failOnFailedExpressions, expressionEvaluationSummary }: StageContext,
): boolean {
  if (expressionEvaluationSummary === undefined) return false;
  if (typeof failOnFailedExpressions === 'boolean') return failOnFailedExpressions;
  return isDialectOfOurs(execution);
}

const withSkipReason = (stage: Stage, skipReason: string): Stage => ({
  ...stage,
  context: { ...stage.context, skipReason },
});

/** Judges the stage's condition; undefined where it is met. */
function settleCondition({ execution, stage }: StageToEvaluate, session: Session): StageEvaluation | undefined {
  const verdict = judgeCondition(stage.context.stageEnabled, session.evaluate);
  if (verdict.type === 'met' || session.needs.size > 0) return undefined;
  if (verdict.type === 'unmet') {
    return {
      type: 'skipped',
      stage: withSkipReason(stage, `its condition ${withoutUrls(verdict.expression)} is false`),
    };
  }
  const failure = failureOfProblems(stage.name, verdict.problems);
  if (isDialectOfOurs(execution)) return { type: 'failed', stage, failure };
  return { type: 'skipped', stage: withSkipReason(stage, `its condition is broken. ${failure.message}`) };
}

/** The context with its expressions evaluated; the condition, which is one as a whole, stays as it was written. */
function evaluateContext({ stage, definition }: StageToEvaluate, session: Session): Evaluated<StageContext> {
  const { stageEnabled, ...written } = stage.context;
  const evaluated =
    definition.evaluate?.(written, session.evaluate) ?? (session.evaluate(written, '') as Evaluated<StageContext>);
  const { value } = evaluated;
  if (value === written) return { ...evaluated, value: stage.context };
  return { ...evaluated, value: stageEnabled === undefined ? value : { ...value, stageEnabled } };
}

const keysMade = (written: StageContext, evaluated: StageContext): readonly string[] =>
  Object.keys(evaluated).filter((key) => !Object.hasOwn(written, key));

function evaluateName({ stage }: StageToEvaluate, session: Session): Evaluated<string> {
  const { value, ...others } = session.evaluate(stage.name, 'the name');
  return { ...others, value: clipText(typeof value === 'string' ? value : JSON.stringify(value), longestName) };
}

function textAt(context: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Readonly<Record<PropertyKey, unknown>>)[key] : undefined,
    context,
  );
}

function misfitOf(issue: z.core.$ZodIssue, written: StageContext): string {
  const source = textAt(written, issue.path);
  const from = typeof source === 'string' ? `, evaluated from ${clipText(withoutUrls(source), 200)}` : '';
  return `${issue.path.join('.')}: ${issue.message}${from}.`;
}

/** What is wrong with the values of expressions in their fields; undefined where nothing is. */
function refuseMisfits({ stage, definition }: StageToEvaluate, context: StageContext): Failure | undefined {
  const issues = definition.config.safeParse(context).error?.issues ?? [];
  if (issues.length === 0) return undefined;
  const misfits = issues.slice(0, 3).map((issue) => misfitOf(issue, stage.context));
  return { code: 'EXPRESSION_FAILED', message: `Stage '${stage.name}': ${misfits.join(' ')}` };
}

function summaryOf(problems: readonly Problem[], now: number): StageContext {
  return problems.length === 0 ? {} : { expressionEvaluationSummary: summarize(problems, now) };
}

/** Evaluates name and context; the stage itself where nothing in it is an expression. */
function evaluateAll(input: StageToEvaluate, session: Session): StageEvaluation {
  const { execution, stage, now } = input;
  const context = evaluateContext(input, session);
  const name = evaluateName(input, session);
  if (session.needs.size > 0) return { type: 'needs', needs: [...session.needs.values()], memo: session.memo };
  const problems = [...name.problems, ...context.problems];
  const isUntouched = context.value === stage.context && name.value === stage.name;
  if (isUntouched && problems.length === 0) return { type: 'evaluated', stage };
  const evaluated: Stage = {
    ...stage,
    name: name.value,
    context: { ...context.value, ...summaryOf(problems, now) },
    written: { name: stage.name, context: stage.context, made: keysMade(stage.context, context.value) },
  };
  const failure = failsWithProblems(execution, evaluated.context)
    ? failureOfProblems(evaluated.name, problems)
    : refuseMisfits(input, evaluated.context);
  if (failure !== undefined) return { type: 'failed', stage, failure };
  return { type: 'evaluated', stage: evaluated };
}

/**
 * Evaluates the condition, the name and the context of a stage that is about to start, once: what comes out is data
 * (decision 8). Times and random values that the memo holds are taken from there. Pure but for those that it does not hold.
 */
export function evaluateStage(input: StageToEvaluate): StageEvaluation {
  const session = new Session(input);
  const decided = settleCondition(input, session);
  if (decided !== undefined) return decided;
  if (session.needs.size > 0) return { type: 'needs', needs: [...session.needs.values()], memo: session.memo };
  return evaluateAll(input, session);
}
