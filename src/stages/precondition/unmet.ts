import type { TaskResult } from '../../engine/contracts/task';

/** The end of a precondition that does not hold: in its author's words where they gave some. */
export function unmet(reason: string, failureMessage?: string): TaskResult {
  const isGiven = failureMessage !== undefined && failureMessage !== '';
  return { status: 'TERMINAL', code: 'PRECONDITION_FAILED', reason: isGiven ? failureMessage : reason };
}
