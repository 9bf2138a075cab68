import type { Execution } from '../model/execution';

/** What an execution came to, in the words of an application's `notify`. */
export function outcomeName(execution: Execution): 'succeeded' | 'failed' | 'canceled' | 'rolledBack' {
  if (execution.status === 'SUCCEEDED') return execution.definition.kind === 'rollback' ? 'rolledBack' : 'succeeded';
  return execution.status === 'CANCELED' ? 'canceled' : 'failed';
}
