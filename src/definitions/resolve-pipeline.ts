import type { StrategyRun } from '../engine/contracts/child-pipelines';
import { emptyMemo, evaluate, type Json, type Scope } from '../engine/expressions';
import type { Application, Environment, Pipeline, PipelineStage } from '../model/application';
import { clusterOf } from '../model/cluster-of';
import type { ServerGroupDescription } from '../model/description';
import type { StageContext } from '../model/execution';
import { imageVersion, locationName, safeRegion, type Location } from '../model/server-group';
import { resolveCanaryJobs } from './resolve-canary-jobs';
import { heldByWindows } from './held-by-windows';
import { namesJob, resolveJob } from './resolve-job';
import { needsPlaces, placedKeys, resolvePlaces } from './resolve-places';
import { withoutAbsent } from './without-absent';

/** What a run chooses: the image with its tag, and where and how much if not everywhere as written. */
export type PipelineChoice = {
  /** Absent where no stage deploys it. */
  readonly image?: string | undefined;
  /** The values of its parameters, for names that say them. @default none */
  readonly parameters?: StageContext;
  /** @default the pipeline of the environment */
  readonly pipeline?: Pipeline;
  readonly locations?: readonly Location[];
  readonly instancesPerRegion?: number;
  /** Whose file has the pipeline, where that is another's: its stages name jobs and pipelines of that. */
  readonly owner?: Application | undefined;
  /** The one place, the cluster and the description that a strategy pipeline is run for. */
  readonly strategyRun?: StrategyRun | undefined;
};

/** Fields of a deploy stage that are about the stage, not about its server groups. */
const flow: readonly string[] = [
  'comments',
  'failPipeline',
  'continuePipeline',
  'completeOtherBranchesThenFail',
  'stageEnabled',
  'failOnFailedExpressions',
  'waitTimeBetweenRegions',
];

/** Whether a stage's server group descriptions are made when its pipeline is made ready to run. */
export const isDescribed = ({ type, context }: PipelineStage): boolean =>
  type === 'deploy' && context.clusters === undefined;

/** Whether a script may run anywhere: without a Jenkins that is the first place of the run. */
const isOpenScript = ({ type, context }: PipelineStage): boolean =>
  type === 'script' && (context.account ?? '') === '' && context.location === undefined;

/** Fields that a stage gets from the job that it names. */
const ofJobs: readonly string[] = ['general', 'docker', 'env', 'labels', 'location', 'locations'];

/** The keys that a stage's context has when the stage starts: those of a deploy stage have moved into its clusters. */
export function keysAtStart(stage: PipelineStage): readonly string[] {
  const keys = placedKeys(stage);
  if (namesJob(stage)) return [...keys, ...ofJobs];
  if (isOpenScript(stage)) return [...keys, 'location'];
  return isDescribed(stage) ? ['clusters', ...keys.filter((key) => flow.includes(key))] : keys;
}

function placesOf(environment: Environment, { locations, strategyRun }: PipelineChoice): readonly Location[] {
  if (strategyRun !== undefined) return [strategyRun.location];
  const chosen = new Set((locations ?? environment.locations).map(locationName));
  return environment.locations.filter((location) => chosen.has(locationName(location)));
}

/** A deploy of a strategy pipeline creates what the deploy describes that runs it, and leaves the rest to other stages. */
function resolveStrategyDeploy({ description }: StrategyRun, stage: PipelineStage): PipelineStage {
  const ofStage = Object.entries(stage.context).filter(([key]) => flow.includes(key));
  const { keepFailedMinutes, stageTimeoutMs } = stage.context;
  const own = withoutAbsent({ keepFailedMinutes, stageTimeoutMs });
  const clusters = [{ ...description, ...own, strategy: 'none' }];
  return { ...stage, context: { ...Object.fromEntries(ofStage), clusters } };
}

function resolveDeploy(
  application: Application,
  environment: Environment,
  choice: PipelineChoice,
  stage: PipelineStage,
): PipelineStage | undefined {
  const { regions, stageTimeoutMs, ...written } = stage.context as { regions?: readonly string[] } & StageContext;
  const ofStage = Object.entries(written).filter(([key]) => flow.includes(key));
  const own = Object.fromEntries(Object.entries(written).filter(([key]) => !flow.includes(key)));
  const clusters = placesOf(environment, choice)
    .filter((location) => regions?.includes(locationName(location)) ?? true)
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
      docker: { image: { imageId: choice.image ?? '' } },
      ...(own as Pick<ServerGroupDescription, 'strategy'>),
      ...resolveCanaryJobs(application, environment, location, stage),
      ...(stageTimeoutMs === undefined ? {} : { stageTimeoutMs: stageTimeoutMs as number }),
    })) satisfies ServerGroupDescription[];
  if (clusters.length === 0) return undefined;
  return { ...stage, context: { ...Object.fromEntries(ofStage), clusters } };
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

/** A name that people can read before the stage starts, where it needs nothing that is known only then. */
function readableName(
  name: string,
  application: Application,
  environment: Environment,
  { image, parameters = {} }: PipelineChoice,
): string {
  const known: Readonly<Record<string, Json>> = {
    application: application.name,
    environment: environment.name,
    ...(image === undefined ? {} : { image: { tag: imageVersion(image) } }),
    parameters: parameters as Readonly<Record<string, Json>>,
  };
  const scope: Scope = {
    lookup: (key) => known[key],
    names: () => Object.keys(known),
    root: () => known,
    functions: new Map(),
    memo: emptyMemo,
    now: 0,
    unknown: 'keep',
  };
  const { value, problems, memo } = evaluate(name, scope);
  const isSettled = problems.length === 0 && memo === emptyMemo && typeof value === 'string' && !value.includes('${');
  return isSettled ? value : name;
}

/** A stage of another application's file that runs a pipeline: unnamed, that file's. */
function ownCall({ owner }: PipelineChoice, stage: PipelineStage): PipelineStage {
  if (owner === undefined || stage.type !== 'pipeline') return stage;
  return { ...stage, context: { application: owner.name, ...stage.context } };
}

function resolveStage(
  application: Application,
  environment: Environment,
  choice: PipelineChoice,
  stage: PipelineStage,
): PipelineStage | undefined {
  if (isDescribed(stage) && choice.strategyRun !== undefined) return resolveStrategyDeploy(choice.strategyRun, stage);
  if (isDescribed(stage)) return resolveDeploy(application, environment, choice, stage);
  const places = placesOf(environment, choice);
  if (namesJob(stage)) return resolveJob(application, environment, places, stage, choice.owner);
  if (isOpenScript(stage)) return { ...stage, context: { ...stage.context, location: places[0] } };
  const cluster = choice.strategyRun?.cluster ?? clusterOf(application, environment);
  return needsPlaces(stage) ? resolvePlaces(cluster, places, stage) : ownCall(choice, stage);
}

/**
 * A pipeline made ready to run: deploy stages get one server group description per region, stages that name a job what it
 * is made of, and other stages on server groups their places. A stage of these kinds without a region left is dropped;
 * what waited for it waits for what it waited for. Expressions stay; they are evaluated when their stage starts, except
 * that names which say `${application}`, `${environment}`, `${image.tag}` or `${parameters.x}` are readable at once.
 */
export function resolvePipeline(
  application: Application,
  environment: Environment,
  choice: PipelineChoice,
): readonly PipelineStage[] {
  const dropped = new Map<string, PipelineStage>();
  const { pipeline = environment.pipeline, strategyRun } = choice;
  // A strategy goes on with what its deploy has begun.
  const owners = { pipeline, environment: strategyRun === undefined ? environment : undefined };
  const stages = pipeline.stages.flatMap((written) => {
    const stage = { ...written, name: readableName(written.name, application, environment, choice) };
    const resolved = resolveStage(application, environment, choice, stage);
    if (resolved === undefined) dropped.set(stage.refId, stage);
    return resolved === undefined ? [] : [resolved];
  });
  const left = withoutDropped(stages, dropped);
  return left.map((stage) => heldByWindows(stage, owners, left));
}
