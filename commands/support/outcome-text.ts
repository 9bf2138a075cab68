import { outcomeName } from '../../src/engine/outcome-name';
import { durationText } from '../../src/engine/task-timeout';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';

/** What an execution came to, in a word: `succeeded`, `failed`, `rolled back`, or what it is while it is not over. */
export function outcomeWord(execution: Execution): string {
  if (execution.status === 'PAUSED') return 'paused';
  if (!isComplete(execution.status)) return 'under way';
  const outcome = outcomeName(execution);
  if (outcome === 'rolledBack') return execution.definition.kind === 'rollback' ? 'succeeded' : 'rolled back';
  return outcome;
}

/** The word, and how long ago it was: `failed 2 h ago`. */
export const outcomeText = (execution: Execution, now: number): string =>
  `${outcomeWord(execution)} ${durationText(Math.max(0, now - (execution.endTime ?? execution.buildTime)))} ago`;
