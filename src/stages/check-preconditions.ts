import { z } from 'zod';
import type { EvaluateValue, Evaluated, PlanInput, StagePlan } from '../engine/contracts/stage';
import type { TaskLook, TaskResult } from '../engine/contracts/task';
import { evaluateCondition, truthOf } from '../engine/evaluate-condition';
import { withoutUrls } from '../engine/without-urls';
import type { Problem } from '../engine/expressions';
import type { StageContext } from '../model/execution';
import { clipText } from '../model/text';
import { defineStage, type Services } from '../services';
import { checkClusterSize, clusterSize } from './precondition/cluster-size';
import { checkStageStatus, stageStatus } from './precondition/stage-status';
import { failPipelineField, failureMessageField, unmet } from './precondition/unmet';

const expression = z.looseObject({
  type: z.literal('expression').describe('What is checked.'),
  failPipeline: failPipelineField,
  context: z
    .looseObject({
      expression: z.string().describe('`expression`: what must be true; `${ }` may be left out.'),
      failureMessage: failureMessageField,
      expressionResult: z.unknown().optional().describe('Set by the check: what the expression came to.'),
      expressionProblem: z.string().optional().describe('Set by the check: why it came to nothing.'),
    })
    .describe('How it is checked.'),
});
const precondition = z.discriminatedUnion('type', [expression, clusterSize, stageStatus]);
const config = z.looseObject({
  preconditions: z.array(precondition).min(1).describe('What must hold, all at the same time.'),
});
/** A part is a stage, which has a type of its own: that of its precondition stands beside it. */
const part = z.looseObject({ preconditionType: z.enum(['expression', 'clusterSize', 'stageStatus']) });

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

/** What the stage says for all its preconditions that leave it out. */
const shared = ['cluster', 'moniker', 'credentials', 'account', 'regions', 'region', 'locations', 'location'];

function planParts({ stage }: PlanInput): readonly StagePlan[] {
  if (isPart(stage.context)) return [];
  const gaps = Object.entries(stage.context).filter(([key]) => shared.includes(key));
  return config.parse(stage.context).preconditions.map(({ type, ...written }) => ({
    type: 'checkPreconditions',
    name: `Check precondition (${type})`,
    context: { ...Object.fromEntries(gaps), ...written, preconditionType: type },
  }));
}

function checkExpression({ context }: Precondition): TaskResult {
  const { expression: text, failureMessage, expressionResult, expressionProblem } = context;
  const written = clipText(withoutUrls(text), 300);
  if (expressionProblem !== undefined) {
    return unmet(`Precondition '${written}' could not be evaluated, ${expressionProblem}.`);
  }
  if (truthOf(expressionResult) === true) return { status: 'SUCCEEDED' };
  const reason = `Precondition '${written}' is not met: it is ${clipText(JSON.stringify(expressionResult), 200)}.`;
  return unmet(reason, failureMessage);
}

async function check(look: TaskLook<Pick<Services, 'serverGroups'>>): Promise<TaskResult> {
  const { context } = look.stage;
  const checked = precondition.parse({ ...context, type: part.parse(context).preconditionType });
  switch (checked.type) {
    case 'expression':
      return checkExpression(checked);
    case 'clusterSize':
      return await checkClusterSize(look, checked.context);
    case 'stageStatus':
      return checkStageStatus(look.execution, checked.context);
  }
}

/** Goes on only where every precondition holds; each is a part of its own, all at the same time (semantics §4.4). */
export const checkPreconditions = defineStage({
  type: 'checkPreconditions',
  about: {
    summary:
      'Goes on only where every precondition holds. One that does not fails the pipeline, or stops its branch where it has `failPipeline: false`.',
    shorthand: {
      expression: 'One precondition of type `expression`, in the place of `preconditions`.',
      failureMessage: 'What is said where that is not met.',
    },
    cancel: 'Ends at once; there is nothing to undo.',
    restart: 'Checks everything again.',
  },
  needs: ['serverGroups'],
  config,
  outputs: [],
  evaluate: evaluatePreconditions,
  parallelBefore: true,
  before: planParts,
  tasks: ({ stage }) =>
    isPart(stage.context)
      ? [{ name: 'checkPrecondition', timeoutMs: 60_000, timeoutFromStage: false, run: check }]
      : [],
});
