import type { Execution } from '../model/execution';

/** What an execution came to, in the words of an application's `notify`. */
export function outcomeName(execution: Execution): 'succeeded' | 'failed' | 'canceled' | 'rolledBack' {
  if (execution.status === 'SUCCEEDED') return execution.definition.kind === 'rollback' ? 'rolledBack' : 'succeeded';
  // Clean-up that says it restores nothing is no going back.
  const cleanUp = execution.stages.filter(
    (stage) => (stage.onFailure === true || stage.onCancel === true) && stage.context.restores !== false,
  );
  const wentBack = cleanUp.length > 0 && cleanUp.every((stage) => stage.status === 'SUCCEEDED');
  if (execution.status === 'TERMINAL' && wentBack) return 'rolledBack';
  return execution.status === 'CANCELED' ? 'canceled' : 'failed';
}
