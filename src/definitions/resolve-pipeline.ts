import type { Application, Environment, PipelineStage } from '../model/application';
import type { ServerGroupDescription } from '../model/description';
import { imageVersion, locationName, safeRegion, type Location } from '../model/server-group';
import { interpolate } from './interpolation';

/** What a run chooses: the image with its tag, and where and how much if not everywhere as written. */
export type PipelineChoice = {
  readonly image: string;
  readonly locations?: readonly Location[];
  readonly instancesPerRegion?: number;
};

function resolveDeploy(
  application: Application,
  environment: Environment,
  choice: PipelineChoice,
  stage: PipelineStage,
): PipelineStage | undefined {
  const { regions, stageTimeoutMs, comments, failPipeline, continuePipeline, completeOtherBranchesThenFail, ...own } =
    stage.context as { regions?: readonly string[] } & Record<string, unknown>;
  const chosen = new Set((choice.locations ?? environment.locations).map(locationName));
  const clusters = environment.locations
    .filter((location) => chosen.has(locationName(location)) && (regions?.includes(locationName(location)) ?? true))
    .map((location) => ({
      cloudProvider: 'dcos',
      account: location.account,
      application: application.name,
      stack: environment.name,
      freeFormDetails: '',
      dcosCluster: location.dcosCluster,
      group: location.group,
      region: safeRegion(location),
      location,
      desiredCapacity: choice.instancesPerRegion ?? environment.instances,
      ...environment.service,
      docker: { image: { imageId: choice.image } },
      ...(own as Pick<ServerGroupDescription, 'strategy'>),
      ...(typeof stageTimeoutMs === 'number' ? { stageTimeoutMs } : {}),
    })) satisfies ServerGroupDescription[];
  if (clusters.length === 0) return undefined;
  const flow = { comments, failPipeline, continuePipeline, completeOtherBranchesThenFail };
  const kept = Object.fromEntries(Object.entries(flow).filter(([, value]) => value !== undefined));
  return { ...stage, context: { ...kept, clusters } };
}

function withoutDropped(
  stages: readonly PipelineStage[],
  dropped: ReadonlyMap<string, PipelineStage>,
): PipelineStage[] {
  const through = (refId: string): readonly string[] =>
    dropped.get(refId)?.requisiteStageRefIds.flatMap(through) ?? [refId];
  const refIds = new Map(stages.map((stage, index) => [stage.refId, String(index + 1)]));
  return stages.map((stage) => ({
    ...stage,
    refId: refIds.get(stage.refId) ?? stage.refId,
    requisiteStageRefIds: [...new Set(stage.requisiteStageRefIds.flatMap(through))].flatMap(
      (id) => refIds.get(id) ?? [],
    ),
  }));
}

/**
 * A pipeline made ready to run: deploy stages get one server group description per region, and `${ }` in instructions is
 * filled. A deploy stage without a region left is dropped; what waited for it waits for what it waited for.
 */
export function resolvePipeline(
  application: Application,
  environment: Environment,
  choice: PipelineChoice,
): readonly PipelineStage[] {
  const values = {
    application: application.name,
    environment: environment.name,
    'image.tag': imageVersion(choice.image),
  };
  const dropped = new Map<string, PipelineStage>();
  const stages = environment.pipeline.stages.flatMap((stage) => {
    if (stage.type === 'deploy' && stage.context.clusters === undefined) {
      const resolved = resolveDeploy(application, environment, choice, stage);
      if (resolved === undefined) dropped.set(stage.refId, stage);
      return resolved ?? [];
    }
    const { instructions } = stage.context;
    if (typeof instructions !== 'string') return stage;
    return { ...stage, context: { ...stage.context, instructions: interpolate(instructions, values) } };
  });
  return withoutDropped(stages, dropped);
}
