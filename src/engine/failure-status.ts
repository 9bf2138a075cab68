import type { Stage, StageContext } from '../model/execution';
import type { ExecutionStatus } from '../model/status';

/** What a stage that failed becomes, by its failure choice (semantics §6.2). */
export function failureStatus(stage: Stage): ExecutionStatus {
  if (stage.context.continuePipeline === true) return 'FAILED_CONTINUE';
  return stage.context.failPipeline === false ? 'STOPPED' : 'TERMINAL';
}

const choices: readonly string[] = ['failPipeline', 'continuePipeline', 'completeOtherBranchesThenFail'];

/** A context to plan the parts of a stage with: the failure choice is the stage's own, and a part that fails fails. */
export const withoutFailureChoice = (context: StageContext): StageContext =>
  Object.fromEntries(Object.entries(context).filter(([key]) => !choices.includes(key)));
