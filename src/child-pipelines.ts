import { z } from 'zod';
import { chooseImage, findPipeline, findStrategyPipeline, type PipelinePlace } from './definitions/find-pipeline';
import { draftOf } from './definitions/draft-of';
import { planRun } from './definitions/plan-run';
import { isDescribed, resolvePipeline } from './definitions/resolve-pipeline';
import { foreignClusters, touchesCluster } from './definitions/touched-clusters';
import { actingUserOf, actingUserText } from './engine/acting-user';
import { isNewest } from './engine/is-newest';
import { clusterHolder, holderOf, lockCluster } from './engine/cluster-lock';
import type {
  ChildPipelines,
  ChildReopening,
  ChildRequest,
  ChildStart,
  StrategyRun,
} from './engine/contracts/child-pipelines';
import { executionKind } from './engine/document-kinds';
import { threadIdOf } from './engine/drain-execution';
import { findCircle } from './engine/find-circle';
import type { NewId } from './engine/ids';
import { stageById } from './engine/graph';
import { ancestorIdsOf, deepestLineage, lineageOf } from './engine/lineage';
import { worksOnCluster } from './engine/read-history';
import { startExecution, type StartParts, type StartRefusal } from './engine/start-execution';
import type { Definitions } from './model/application';
import type { ExecutionDraft } from './model/command';
import { CoxswainError } from './model/errors';
import type { Execution, ReportTarget } from './model/execution';
import { imageVersion, locationName, type Location } from './model/server-group';
import { plainText } from './model/text';
import type { People } from './policy/people';
import { mayDeploy } from './policy/permissions';

type Parts = StartParts & {
  readonly newId: NewId;
  readonly definitions: () => Definitions;
  readonly people: (users: readonly string[]) => Promise<People>;
  /** Has nothing of an execution offered to be run again. */
  readonly close: (executionId: string) => Promise<void>;
};

/** The stage of another execution that wants a child. */
type Parent = Pick<ChildRequest, 'parent' | 'parentStageId'>;

const refuse = (message: string) => new CoxswainError('INVALID_INPUT', { message });

const describe = ({ pipelineConfigId, name, definition }: Execution): string =>
  pipelineConfigId === undefined ? name : `${pipelineConfigId} for ${definition.environment}`;

const idOf = ({ application, owner = application, pipeline }: PipelinePlace): string =>
  `${owner.name}/${pipeline.name}`;

/** Refuses a pipeline that one above it runs already for the same environment, and one too far down. */
function refuseCircle(place: PipelinePlace, lineage: readonly Execution[]): void {
  const { environment } = place;
  const id = idOf(place);
  const chain = [...lineage].reverse().map(describe);
  const own = `${id} for ${environment.name}`;
  const isSame = (other: Execution) =>
    other.pipelineConfigId === id && other.definition.environment === environment.name;
  if (lineage.some(isSame))
    throw refuse(`Pipeline ${own} would run itself: ${[...chain, own].join(' → ')}. Break the circle.`);
  if (lineage.length >= deepestLineage) {
    throw refuse(
      `Pipelines may start one another ${deepestLineage} deep at most; this would be one more: ${[...chain, own].join(' → ')}.`,
    );
  }
}

/** Refuses whoever it runs for, who started it all or retried it, where they may not change what this pipeline is run for. */
async function refuseStranger(
  parts: Parts,
  { application, environment }: Pick<PipelinePlace, 'application' | 'environment'>,
  { parent, parentStageId }: Parent,
  why = '',
) {
  const stage = stageById(parent, parentStageId);
  const user = actingUserOf(parent, stage);
  const where = `${application.name} ${environment.name}`;
  const permission = mayDeploy(
    environment.policy,
    await parts.people([user]),
    user,
    where,
    actingUserText(parent, stage),
  );
  if (!permission.allowed) throw new CoxswainError('NOT_ALLOWED', { message: `${plainText(permission.reason)}${why}` });
}

/** Refuses whoever it runs for where they may not change another environment that a stage names; answers which clusters it names. */
async function refuseReach(parts: Parts, place: PipelinePlace, parent: Parent): Promise<readonly string[]> {
  const foreign = foreignClusters(parts.definitions(), place);
  for (const reached of foreign) {
    const why = ` Stage '${reached.stage}' of pipeline ${place.application.name}/${place.pipeline.name} names ${reached.cluster}.`;
    await refuseStranger(parts, reached, parent, why);
  }
  return foreign.map(({ cluster }) => cluster);
}

/** Who works on the first of several clusters that is busy. */
async function busyHolderOf({ store }: Parts, clusters: readonly string[], chain: readonly string[]) {
  for (const cluster of clusters) {
    const holder = await clusterHolder(store, cluster, chain);
    if (holder !== undefined) return { ...holder, cluster };
  }
  return undefined;
}

type Waiting = Extract<ChildStart, { state: 'waits' }>;

/** In the thread of whoever started it, where that reports at all. */
function reportOf({ environment }: PipelinePlace, parent: Execution): ReportTarget | undefined {
  const { report, teamId } = parent;
  if (report !== undefined) return { ...report, threadOf: threadIdOf(parent) };
  return environment.channel === undefined ? undefined : { teamId, channel: environment.channel };
}

/** Which version deploys where; where nothing is deployed, which pipeline is run. */
const nameOf = ({ application, pipeline, environment }: PipelinePlace, image: string | undefined): string =>
  image !== undefined && pipeline.stages.some(isDescribed)
    ? `Deploy ${application.name} ${imageVersion(image)} to ${environment.name}`
    : `Run ${application.name}/${pipeline.name} for ${environment.name}`;

/** Which version a strategy deploys in which place; where the image is not at hand, which strategy is run there. */
function strategyName(place: PipelinePlace, { location }: StrategyRun, image: string | undefined): string {
  const { application, environment } = place;
  const where = `${environment.name} in ${locationName(location)}`;
  return image === undefined
    ? `Run ${idOf(place)} for ${where}`
    : `Deploy ${application.name} ${imageVersion(image)} to ${where} by ${idOf(place)}`;
}

const described = z.object({ docker: z.object({ image: z.object({ imageId: z.string().min(1) }) }) });

/** What is deployed: the image of the description that a strategy gets, or what the stage asks for. */
function imageOf(place: PipelinePlace, request: ChildRequest): string | undefined {
  const { strategyRun, parent } = request;
  if (strategyRun !== undefined) return described.safeParse(strategyRun.description).data?.docker.image.imageId;
  return chooseImage(
    place,
    request,
    parent.application === place.application.name ? parent.definition.image : undefined,
  );
}

/** What touches no cluster takes none, so that it waits for nobody; a strategy works in the place of its deploy. */
function placesFor({ environment, pipeline }: PipelinePlace, { strategyRun }: ChildRequest): readonly Location[] {
  if (strategyRun !== undefined) return [strategyRun.location];
  return touchesCluster(pipeline) ? environment.locations : [];
}

function draftChild(place: PipelinePlace, request: ChildRequest): ExecutionDraft {
  const { application, pipeline, environment, owner = application } = place;
  const { parent, strategyRun } = request;
  const image = imageOf(place, request);
  const { run, refused } = planRun(owner, pipeline, request.parameters, 'pass');
  if (run === undefined) throw refuse(refused);
  const draft = draftOf({
    kind: 'pipeline',
    writtenAs: 'yaml',
    name: strategyRun === undefined ? nameOf(place, image) : strategyName(place, strategyRun, image),
    application,
    environment,
    locations: placesFor(place, request),
    stages: resolvePipeline(application, environment, {
      image,
      pipeline,
      parameters: run.parameters,
      strategyRun,
      owner: place.owner,
    }),
    pipeline: pipeline.name,
    run,
    ...(image === undefined ? {} : { image, toVersion: imageVersion(image) }),
    report: reportOf(place, parent),
  });
  return { ...draft, pipelineConfigId: idOf(place) };
}

async function describeHolder({ store }: Parts, holder: StartRefusal, cluster: string): Promise<Waiting['holder']> {
  if ('waiting' in holder) return { name: `${holder.waiting} others that wait for the same pipeline` };
  const { executionId, expiryId } = holder;
  if (expiryId !== undefined) return { name: 'the end of a server group that had failed', cluster };
  const found = (await store.get(executionKind, executionId))?.document;
  return found === undefined ? { name: executionId, cluster } : { name: found.name, user: found.trigger.user, cluster };
}

/** A start that waits for somebody, as things stand; its stage may be the one to give up. */
async function wait({ store }: Parts, { parent, parentStageId }: Parent, holder: Waiting['holder']): Promise<Waiting> {
  const circle = await findCircle(store, { executionId: parent.id, stageId: parentStageId });
  return { state: 'waits', holder, ...(circle === undefined ? {} : { circle }) };
}

function findPlace(definitions: Definitions, request: ChildRequest): PipelinePlace {
  const { parent, pipeline, strategyRun } = request;
  const application = request.application ?? parent.application;
  const environment = request.environment ?? parent.definition.environment;
  return strategyRun === undefined
    ? findPipeline(definitions, { application, pipeline, environment })
    : findStrategyPipeline(definitions, { application, pipeline }, { application: parent.application, environment });
}

async function start(parts: Parts, request: ChildRequest): Promise<ChildStart> {
  const { store, definitions } = parts;
  const { id, key, parent, parentStageId, isAwaited } = request;
  const known = (await store.get(executionKind, id))?.document;
  if (known !== undefined && known.status !== 'NOT_STARTED') return { state: 'started', name: known.name };
  // Paused since it was loaded, it has nobody to pass the pause on to yet.
  const { status } = (await store.get(executionKind, parent.id))?.document ?? parent;
  if (status === 'PAUSED') return { state: 'waits', holder: { name: 'the end of a pause' } };
  const lineage = [parent, ...(await lineageOf(store, parent))];
  const place = findPlace(definitions(), request);
  refuseCircle(place, lineage);
  await refuseStranger(parts, place, request);
  const reached = await refuseReach(parts, place, request);
  const draft = draftChild(place, request);
  const ancestorIds = lineage.map((execution) => execution.id);
  // Asked before anything is created: it may be busy for hours.
  const own = worksOnCluster(draft) ? [draft.definition.cluster] : [];
  const busy = await busyHolderOf(parts, [...own, ...reached], [...ancestorIds, id]);
  const user = actingUserOf(parent, stageById(parent, parentStageId));
  const above = [parent.trigger.user, ...(parent.trigger.alsoAsked ?? [])].filter((other) => other !== user);
  const alsoAsked = above.length === 0 ? {} : { alsoAsked: [...new Set(above)] };
  const origin = { parentExecutionId: parent.id, parentStageId, isAwaited, ...alsoAsked };
  const trigger = { type: 'pipeline', user, parameters: {}, correlationId: key, ...origin } as const;
  const begin = () => startExecution(parts, { id, teamId: parent.teamId, draft, trigger, ancestorIds });
  const holder = busy ?? (await begin()).refusal;
  if (holder === undefined) return { state: 'started', name: draft.name };
  return wait(parts, request, await describeHolder(parts, holder, busy?.cluster ?? draft.definition.cluster));
}

/** What is of the parent's own cluster needs no more than its lock, which holds until the parent ends. */
async function reopen(parts: Parts, executionId: string, request: Parent): Promise<ChildReopening> {
  const { store } = parts;
  const { parent } = request;
  const child = (await store.get(executionKind, executionId))?.document;
  if (child === undefined || !worksOnCluster(child)) return { state: 'free' };
  const { cluster } = child.definition;
  if (cluster === parent.definition.cluster && worksOnCluster(parent)) return { state: 'free' };
  if (!(await isNewest(store, child))) return { state: 'newer' };
  const chain = [parent.id, ...(await ancestorIdsOf(store, parent))];
  const holder = await lockCluster(store, cluster, holderOf(parent), undefined, chain);
  if (holder === undefined) return { state: 'free' };
  return wait(parts, request, await describeHolder(parts, holder, cluster));
}

/** Runs the pipelines that stages ask for: as the files say them now, under the policy of what they are run for. */
export const createChildPipelines = (parts: Parts): ChildPipelines => ({
  newId: parts.newId,
  start: (request) => start(parts, request),
  reopen: (executionId, request) => reopen(parts, executionId, request),
  close: parts.close,
  look: async (executionId) => (await parts.store.get(executionKind, executionId))?.document,
  cancel: async (executionId, { user, reason, key }) => {
    await parts.signal(executionId, { type: 'cancel', user, reason }, `${key}/cancel`);
  },
});
