import { resolveParameters, type ParameterExtras, type ParameterProblem } from '../engine/resolve-parameters';
import type { Application, Pipeline } from '../model/application';
import type { PipelineRun, StageContext } from '../model/execution';

/** What an execution of a pipeline carries of it; or why none starts, and which values are to blame, if any are. */
export type RunPlan =
  | { readonly run: PipelineRun; readonly refused?: undefined }
  | { readonly refused: string; readonly problems: readonly ParameterProblem[]; readonly run?: undefined };

/**
 * What an execution of a pipeline of an application's file carries: the values of its parameters, and what it says of
 * those that run at once. The same for whoever starts it: a command, a trigger, a stage of another pipeline, whose
 * `extras` pass. Pure.
 */
export function planRun(
  { file }: Pick<Application, 'file'>,
  pipeline: Pipeline,
  given: StageContext,
  extras: ParameterExtras = 'refuse',
): RunPlan {
  const { name, parameters = [], disabled, startExpiryMs } = pipeline;
  const { limitConcurrent, maxConcurrentExecutions, keepWaitingPipelines } = pipeline;
  if (disabled === true) {
    const refused = `Pipeline '${name}' is disabled: ${file} says so. Who may change that file can enable it: remove disabled: true there.`;
    return { refused, problems: [] };
  }
  const { values, problems } = resolveParameters(parameters, given, extras);
  if (problems !== undefined) return { refused: problems.map(({ message }) => message).join(' '), problems };
  const run = {
    ...(limitConcurrent === undefined ? {} : { limitConcurrent }),
    ...(maxConcurrentExecutions === undefined ? {} : { maxConcurrentExecutions }),
    ...(keepWaitingPipelines === undefined ? {} : { keepWaitingPipelines }),
    ...(startExpiryMs === undefined ? {} : { startExpiryMs }),
  };
  return { run: { ...run, parameters: values } };
}
