import type { ErrorCode } from '../model/errors';
import type { Execution, Stage } from '../model/execution';
import type { Text } from '../model/text';
import { replaceStage } from './plan-stages';

/** What became of a signal; a refusal says who was first and when. */
export type SignalOutcome =
  { readonly accepted: true } | { readonly accepted: false; readonly code: ErrorCode; readonly message: Text };

/** The execution after a signal, and what to tell the person. */
export type Signaled = { readonly execution: Execution; readonly outcome: SignalOutcome };

/** The signal counts. */
export const accepted = (execution: Execution): Signaled => ({ execution, outcome: { accepted: true } });

/** The signal does not count; the execution stays as it is. */
export const refused = (execution: Execution, code: ErrorCode, message: Text): Signaled => ({
  execution,
  outcome: { accepted: false, code, message },
});

/** The execution with more in a stage's context, by somebody's signal; the stage looks at it at once. */
export function patchStage(
  execution: Execution,
  stage: Stage,
  context: Stage['context'],
  { user, now }: { readonly user: string; readonly now: number },
): Execution {
  return replaceStage(execution, {
    ...stage,
    context: { ...stage.context, ...context },
    lastModified: { user, lastModifiedTime: now },
    tasks: stage.tasks.map((task) => (task.status === 'RUNNING' ? { ...task, dueAt: now } : task)),
  });
}
