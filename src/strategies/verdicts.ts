import type { ValidationPipeline } from '../model/description';
import type { StagePlan } from '../engine/contracts/stage';
import type { StageContext } from '../model/execution';

const threeDaysMs = 3 * 24 * 3_600_000;
const twelveHoursMs = 12 * 3_600_000;

/** A person decides; the time that the deploy has for coming up is not the time that a person has. */
export const judgmentPlan = (name: string, instructions: string): StagePlan => ({
  type: 'manualJudgment',
  name,
  context: { instructions, stageTimeoutMs: threeDaysMs },
});

/** An expression decides, which sees `facts` as its names. */
export const expressionPlan = (name: string, expression: string, facts: StageContext): StagePlan => ({
  type: 'checkPreconditions',
  name,
  isWritten: true,
  context: { ...facts, preconditions: [{ type: 'expression', context: { expression } }] },
});

/** A pipeline decides; `facts` join its parameters, under the names that Spinnaker gives them (semantics §5). */
export const validationPlan = (
  name: string,
  { application, pipelineId, pipelineParameters }: ValidationPipeline,
  facts: {
    readonly deployedServerGroup: string;
    readonly sourceServerGroup: string;
    readonly percentageComplete: number;
  },
): StagePlan => ({
  type: 'pipeline',
  name,
  context: {
    application,
    pipeline: pipelineId,
    waitForCompletion: true,
    pipelineParameters: { ...pipelineParameters, ...facts },
    stageTimeoutMs: twelveHoursMs,
  },
});
