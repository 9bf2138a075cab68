import type { Execution } from '../model/execution';

type Begun = Execution & { readonly startTime: number };

/** Whether an execution has ever begun; one that waits for its start, or was called off before it, has changed nothing. */
const hasBegun = (execution: Execution): execution is Begun => execution.startTime !== undefined;

/**
 * Those of several executions that have begun, whoever began last first; within one millisecond, who was asked for last. A
 * retry begins anew, and counts as before until it does. Ids tell only when each was asked for: a rollback begins before
 * others that wait there.
 */
export const lastBegunFirst = (executions: readonly Execution[]): readonly Execution[] =>
  executions.filter(hasBegun).toSorted((one, other) => other.startTime - one.startTime || (one.id > other.id ? -1 : 1));
