import type { Execution, Failure } from '../model/execution';
import { topLevelStages } from './graph';

/** Why an execution failed: the failure of the first of its stages that did; undefined where none did. */
export const failureOf = (execution: Execution): Failure | undefined =>
  topLevelStages(execution).find((stage) => stage.failure !== undefined)?.failure;
