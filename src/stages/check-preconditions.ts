import { z } from 'zod';
import type { EvaluateValue, Evaluated, PlanInput, StagePlan } from '../engine/contracts/stage';
import type { TaskResult } from '../engine/contracts/task';
import { evaluateCondition, truthOf } from '../engine/evaluate-condition';
import type { Problem } from '../engine/expressions';
import type { StageContext } from '../model/execution';
import { clipText } from '../model/text';
import { defineStage } from '../services';

const expression = z.looseObject({
  type: z.literal('expression'),
  failPipeline: z.boolean().optional(),
  context: z.looseObject({
    expression: z.string(),
    failureMessage: z.string().optional(),
    /** What the expression came to. */
    expressionResult: z.unknown().optional(),
    /** Why it came to nothing. */
    expressionProblem: z.string().optional(),
  }),
});
const config = z.looseObject({ preconditions: z.array(expression).min(1) });
const part = z.looseObject({ preconditionType: z.literal('expression'), ...expression.omit({ type: true }).shape });

type Precondition = z.infer<typeof expression>;

const describe = ({ column, message }: Problem): string => `column ${column}: ${message}`;

/** An expression stays as it was written, with its result beside it; a broken one fails its precondition only. */
function evaluateOne(written: unknown, path: string, evaluate: EvaluateValue): Evaluated {
  const parsed = expression.safeParse(written);
  if (!parsed.success) return evaluate(written, path);
  const { context, ...others } = parsed.data;
  const { expression: text, ...rest } = context;
  const result = evaluateCondition(text, `${path}.context.expression`, evaluate);
  const { value, problems, isOpen } = evaluate({ ...others, context: rest }, path) as Evaluated<Precondition>;
  const [problem] = result.problems;
  const came = problem === undefined ? { expressionResult: result.value } : { expressionProblem: describe(problem) };
  return {
    value: { ...value, context: { ...value.context, expression: text, ...came } },
    problems,
    isOpen: isOpen || result.isOpen,
  };
}

function evaluatePreconditions(context: StageContext, evaluate: EvaluateValue): Evaluated<StageContext> {
  const { preconditions, ...others } = context;
  if (!Array.isArray(preconditions)) return evaluate(context, '') as Evaluated<StageContext>;
  const rest = evaluate(others, '') as Evaluated<StageContext>;
  const each = preconditions.map((written, index) => evaluateOne(written, `preconditions[${index}]`, evaluate));
  return {
    value: { ...rest.value, preconditions: each.map(({ value }) => value) },
    problems: [rest, ...each].flatMap(({ problems }) => problems),
    isOpen: [rest, ...each].some(({ isOpen }) => isOpen),
  };
}

const isPart = (context: StageContext): boolean => part.safeParse(context).success;

function planParts({ stage }: PlanInput): readonly StagePlan[] {
  if (isPart(stage.context)) return [];
  return config.parse(stage.context).preconditions.map(({ type, ...precondition }) => ({
    type: 'checkPreconditions',
    name: `Check precondition (${type})`,
    context: { ...precondition, preconditionType: type },
  }));
}

const unmet = (reason: string): TaskResult => ({ status: 'TERMINAL', code: 'PRECONDITION_FAILED', reason });

function check(context: StageContext): TaskResult {
  const { expression: text, failureMessage, expressionResult, expressionProblem } = part.parse(context).context;
  const written = clipText(text, 300);
  if (expressionProblem !== undefined) {
    return unmet(`Precondition '${written}' could not be evaluated, ${expressionProblem}.`);
  }
  if (truthOf(expressionResult) === true) return { status: 'SUCCEEDED' };
  if (failureMessage !== undefined && failureMessage !== '') return unmet(failureMessage);
  return unmet(`Precondition '${written}' is not met: it is ${clipText(JSON.stringify(expressionResult), 200)}.`);
}

/** Goes on only where every precondition holds; each is a part of its own, all at the same time (semantics §4.4). */
export const checkPreconditions = defineStage({
  type: 'checkPreconditions',
  needs: [],
  config,
  outputs: [],
  evaluate: evaluatePreconditions,
  parallelBefore: true,
  before: planParts,
  tasks: ({ stage }) =>
    isPart(stage.context)
      ? [
          {
            name: 'checkPrecondition',
            timeoutMs: 60_000,
            timeoutFromStage: false,
            run: (look) => Promise.resolve(check(look.stage.context)),
          },
        ]
      : [],
});
