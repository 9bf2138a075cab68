import type { Execution, Failure, Stage } from '../model/execution';
import { topLevelStages } from './graph';

/** A condition that was not met and ends its own branch only is how a pipeline chooses, as between the answers of a judgment. */
const isChoice = ({ status, failure, context }: Stage): boolean =>
  status === 'STOPPED' && failure?.code === 'PRECONDITION_FAILED' && context.completeOtherBranchesThenFail !== true;

/**
 * Why an execution failed: the failure of the first of its stages that ended it, or else of the first that failed; undefined
 * where none did.
 */
export function failureOf(execution: Execution): Failure | undefined {
  const failed = topLevelStages(execution).filter((stage) => stage.failure !== undefined && !isChoice(stage));
  return (failed.find(({ status }) => status === 'TERMINAL') ?? failed[0])?.failure;
}
