import type { Stage } from '../model/execution';
import type { ExecutionStatus } from '../model/status';

/** What a stage that failed becomes, by its failure choice (semantics §6.2). */
export function failureStatus(stage: Stage): ExecutionStatus {
  if (stage.context.continuePipeline === true) return 'FAILED_CONTINUE';
  return stage.context.failPipeline === false ? 'STOPPED' : 'TERMINAL';
}
