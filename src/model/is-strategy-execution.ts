import type { Execution } from './execution';

/** Whether an execution is a run of a strategy pipeline: a part of the deploy that started it, and nothing without that. */
export function isStrategyExecution({ trigger }: Pick<Execution, 'trigger'>): boolean {
  if (trigger.type !== 'pipeline') return false;
  const { strategy, parentPipelineId } = trigger.parameters;
  return strategy === true && parentPipelineId === trigger.parentExecutionId;
}
