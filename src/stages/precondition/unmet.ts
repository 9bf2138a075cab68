import { z } from 'zod';
import type { TaskResult } from '../../engine/contracts/task';

/** What every precondition may say, whatever its type. */
export const failPipelineField = z
  .boolean()
  .optional()
  .describe('Whether the pipeline fails where it does not hold; otherwise its branch stops. Default: true.');
export const failureMessageField = z.string().optional().describe('What is said where it does not hold.');

/** The end of a precondition that does not hold: in its author's words where they gave some. */
export function unmet(reason: string, failureMessage?: string): TaskResult {
  const isGiven = failureMessage !== undefined && failureMessage !== '';
  return { status: 'TERMINAL', code: 'PRECONDITION_FAILED', reason: isGiven ? failureMessage : reason };
}
