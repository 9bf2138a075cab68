/** Status of an execution, a stage or a task, named and meant as in Spinnaker's orca. */
export type ExecutionStatus =
  | 'NOT_STARTED'
  | 'RUNNING'
  | 'PAUSED'
  | 'SUCCEEDED'
  | 'SKIPPED'
  | 'FAILED_CONTINUE'
  | 'TERMINAL'
  | 'CANCELED'
  | 'STOPPED';

const complete: readonly ExecutionStatus[] = [
  'SUCCEEDED',
  'SKIPPED',
  'FAILED_CONTINUE',
  'TERMINAL',
  'CANCELED',
  'STOPPED',
];
const halt: readonly ExecutionStatus[] = ['TERMINAL', 'CANCELED', 'STOPPED'];

/** Whether nothing more happens by itself in this status. */
export const isComplete = (status: ExecutionStatus): boolean => complete.includes(status);

/** Whether nothing downstream may run after this status. */
export const isHalt = (status: ExecutionStatus): boolean => halt.includes(status);

/** Whether stages downstream may start after this status. */
export const isPassed = (status: ExecutionStatus): boolean => isComplete(status) && !isHalt(status);

/** Whether the status tells of a failure; STOPPED and FAILED_CONTINUE do too. */
export const isFailure = (status: ExecutionStatus): boolean =>
  status === 'TERMINAL' || status === 'STOPPED' || status === 'FAILED_CONTINUE';
