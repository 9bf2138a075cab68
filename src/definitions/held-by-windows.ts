import type { Environment, Pipeline, PipelineStage } from '../model/application';
import type { NamedWindow } from '../model/common-window';
import { changedBefore, stagesBefore } from './changed-before';
import { changingTypes } from './touched-clusters';

/** Brings back what served before, so that no window of an environment or a pipeline keeps it. */
const isWayBack = ({ type }: Pick<PipelineStage, 'type'>): boolean =>
  type === 'rollbackCluster' || type === 'rollbackServerGroup';

/** Whether a stage changes server groups, and brings back nothing that served before: windows of environments hold it. */
export const changesForward = (stage: Pick<PipelineStage, 'type'>): boolean =>
  changingTypes.includes(stage.type) && !isWayBack(stage);

/** Whether stages before it may have begun what a stage goes on with, so that only its own windows surely hold it back. */
export const mayGoOn = (stage: PipelineStage, stages: readonly PipelineStage[]): boolean =>
  changesForward(stage) && stagesBefore(stage, stages).some(changesForward);

/** Whose windows count beside those of the stages themselves. */
export type WindowOwners = {
  readonly environment?: Pick<Environment, 'name' | 'window'> | undefined;
  readonly pipeline?: Pick<Pipeline, 'name' | 'window'> | undefined;
};

/** The windows of environment and pipeline that hold a stage back. */
function ownersWindows(stage: PipelineStage, { environment, pipeline }: WindowOwners): readonly NamedWindow[] {
  const ofEnvironment = changesForward(stage) ? environment : undefined;
  const ofPipeline = changesForward(stage) || stage.type === 'pipeline' ? pipeline : undefined;
  return [
    ...(ofEnvironment?.window === undefined
      ? []
      : [{ of: `environment ${ofEnvironment.name}`, window: ofEnvironment.window }]),
    ...(ofPipeline?.window === undefined ? [] : [{ of: `pipeline ${ofPipeline.name}`, window: ofPipeline.window }]),
  ];
}

/**
 * A stage with all windows that hold it back: those of the environment where it changes server groups, of the pipeline where
 * it does that or runs another pipeline, and its own. Those of others hold back what begins a change, not what goes on with
 * it: with the `stages` of a resolved pipeline, they say which of these must have begun for that.
 */
export function heldByWindows(
  stage: PipelineStage,
  owners: WindowOwners,
  stages: readonly PipelineStage[] = [],
): PipelineStage {
  const unlessBegun = changedBefore(stage, stages, changesForward);
  const ofOwners = ownersWindows(stage, owners).map((named) =>
    unlessBegun === undefined ? named : { ...named, unlessBegun },
  );
  const windows = [...ofOwners, ...(stage.windows ?? [])];
  return windows.length === 0 ? stage : { ...stage, windows };
}
