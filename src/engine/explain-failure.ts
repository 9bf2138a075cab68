import { readDiagnosis } from '../model/diagnosis';
import type { Failure, StageContext } from '../model/execution';

/**
 * A failure with what the stage's task last found out about it: a task that waits may keep a `diagnosis` in the context,
 * so that its end is explained without another request.
 */
export function explainFailure(failure: Failure, context: StageContext): Failure {
  const diagnosis = readDiagnosis(context.diagnosis);
  if (diagnosis === undefined) return failure;
  const { reasons, output } = diagnosis;
  const message = [failure.message, ...reasons].join(' ');
  return { ...failure, message, ...(output === undefined ? {} : { output }) };
}
