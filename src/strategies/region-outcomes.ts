import { z } from 'zod';
import type { Execution, Stage } from '../model/execution';
import { locationName } from '../model/server-group';
import { changeLeftBy } from './left-serving';
import { changeOf, isCreation, isStrategyRun, mayHaveCreated, type Change } from './undo';

const regionSchema = z.object({
  name: z.string(),
  state: z.enum(['untouched', 'unclear', 'changed', 'restored', 'halfway']),
  /** The server group that was created. */
  created: z.string().optional(),
  /** What served before; absent where nothing did. */
  source: z.object({ serverGroupName: z.string(), desired: z.number() }).optional(),
  /** Whether that was taken out of service. */
  isSourceOut: z.boolean().optional(),
  /** The size that it was left with by a step that took from it. */
  sourceSize: z.number().optional(),
});
/** What became of one region, `account/region`. */
export type RegionOutcome = z.infer<typeof regionSchema>;

const outcomeSchema = z.object({
  application: z.string(),
  environment: z.string(),
  kind: z.enum(['deploy', 'pipeline']),
  /** The pipeline's name within its application. */
  pipeline: z.string().optional(),
  image: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()),
  regions: z.array(regionSchema),
});
/** What a deployment, or a run of a pipeline, has done to the regions of its environment. */
export type Outcome = z.infer<typeof outcomeSchema>;

/** What a `pipeline` stage keeps of what it had started; in its context, under this name. */
export const childOutcomes = 'childOutcomes';

const sized = z.object({ capacity: z.object({ desired: z.number() }) });

function placeNameOf({ context }: Stage): string {
  const { account, region } = (context.location ?? {}) as { account?: unknown; region?: unknown };
  return `${String(account)}/${String(region)}`;
}

const isIn = (stage: Stage, { location }: Change): boolean => placeNameOf(stage) === locationName(location);

/** Whether a stage of this type succeeded on a group in the change's place. */
const succeededOn = (execution: Execution, change: Change, type: string, field: string, name: string): boolean =>
  execution.stages.some(
    (stage) =>
      stage.type === type && stage.status === 'SUCCEEDED' && isIn(stage, change) && stage.context[field] === name,
  );

/** The size that a group was last given; undefined where no stage gave it one. */
function sizeLeft(execution: Execution, change: Change, name: string): number | undefined {
  const resized = execution.stages.filter(
    (stage) =>
      stage.type === 'resizeServerGroup' &&
      stage.status === 'SUCCEEDED' &&
      isIn(stage, change) &&
      stage.context.serverGroupName === name,
  );
  return sized.safeParse(resized.at(-1)?.context).data?.capacity.desired;
}

/** Whether a strategy pipeline that did not end well may have changed a region: what it did, it says itself. */
const mayBeChanged = (execution: Execution, name: string): boolean =>
  execution.stages.some(
    (stage) => isStrategyRun(stage) && mayHaveCreated(execution, stage) && placeNameOf(stage) === name,
  );

/** What stages created in a region on the cluster of the environment, in order. */
const changesIn = ({ stages, definition }: Execution, name: string) =>
  stages.filter(isCreation).flatMap((stage) => {
    const change = changeOf(stage);
    const isThere = change?.cluster === definition.cluster && locationName(change.location) === name;
    return isThere ? [{ stage, change }] : [];
  });

const sourceOf = ({ source }: Change): Pick<RegionOutcome, 'source'> =>
  source === undefined ? {} : { source: { serverGroupName: source.serverGroupName, desired: source.desired } };

/** What a strategy pipeline that failed left in service in a region, and what it stands for; empty for nothing. */
function leftIn({ stages }: Execution, name: string): Pick<RegionOutcome, 'created' | 'source'> {
  const left = stages.flatMap((stage) => (placeNameOf(stage) === name ? (changeLeftBy(stage) ?? []) : [])).at(-1);
  return left === undefined ? {} : { created: left.created, ...sourceOf(left) };
}

function regionOf(execution: Execution, name: string): RegionOutcome {
  const changes = changesIn(execution, name);
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined)
    return mayBeChanged(execution, name)
      ? { name, state: 'unclear', ...leftIn(execution, name) }
      : { name, state: 'untouched' };
  const { stage, change } = last;
  const { created, source } = change;
  const isRestored =
    succeededOn(execution, change, 'rollbackServerGroup', 'rollbackServerGroupName', created) ||
    succeededOn(execution, change, 'disableServerGroup', 'serverGroupName', created);
  if (isRestored) return { name, state: 'restored', created, ...sourceOf(change) };
  if (stage.status === 'SUCCEEDED') return { name, state: 'changed', created, ...sourceOf(first.change) };
  if (source === undefined) return { name, state: 'halfway', created };
  const { serverGroupName } = source;
  const isSourceOut = succeededOn(execution, change, 'disableServerGroup', 'serverGroupName', serverGroupName);
  const sourceSize = sizeLeft(execution, change, serverGroupName);
  const left = sourceSize === undefined ? {} : { sourceSize };
  return { name, state: 'halfway', created, ...sourceOf(change), isSourceOut, ...left };
}

/** What an execution did itself; undefined for what is neither a deployment nor a run of a pipeline. */
function ownOutcome(execution: Execution): Outcome | undefined {
  const { application, pipelineConfigId, definition, trigger } = execution;
  const { kind, environment, image, regions } = definition;
  if (kind !== 'deploy' && kind !== 'pipeline') return undefined;
  return {
    application,
    environment,
    kind,
    ...(pipelineConfigId === undefined ? {} : { pipeline: pipelineConfigId.slice(application.length + 1) }),
    ...(image === undefined ? {} : { image }),
    parameters: trigger.parameters,
    regions: regions.map((name) => regionOf(execution, name)),
  };
}

const childrenSchema = z.array(outcomeSchema).catch([]);

/** What an execution did, and what the pipelines did that it had started; of a strategy pipeline its deploy tells that. */
export function outcomesOf(execution: Execution): readonly Outcome[] {
  const started = execution.stages
    .filter((stage) => !isStrategyRun(stage))
    .flatMap(({ context }) => childrenSchema.parse(context[childOutcomes]));
  return [ownOutcome(execution) ?? [], started].flat();
}

/** A region over which several had their say: its own execution where that changed it, else who changed it last. */
function pickRegion([own, ...others]: readonly [RegionOutcome, ...RegionOutcome[]]): RegionOutcome {
  if (!['untouched', 'restored'].includes(own.state)) return own;
  const stands = others.findLast(({ state }) => !['untouched', 'restored'].includes(state));
  return stands ?? [own, ...others].findLast(({ state }) => state !== 'untouched') ?? own;
}

function mergeOutcomes([first, ...others]: readonly [Outcome, ...Outcome[]]): Outcome {
  const all = [first, ...others];
  const names = [...new Set(all.flatMap(({ regions }) => regions.map(({ name }) => name)))];
  const regions = names.flatMap((name) => {
    const [own, ...rest] = all.flatMap((outcome) => outcome.regions.filter((region) => region.name === name));
    return own === undefined ? [] : [pickRegion([own, ...rest])];
  });
  const image = all.find((outcome) => outcome.image !== undefined)?.image;
  return { ...first, ...(image === undefined ? {} : { image }), regions };
}

/** The same, one for each environment of each application, the execution's own first. */
export function outcomesByEnvironment(execution: Execution): readonly Outcome[] {
  const groups = new Map<string, readonly Outcome[]>();
  for (const outcome of outcomesOf(execution)) {
    const key = `${outcome.application} ${outcome.environment}`;
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [mergeOutcomes([first, ...others])],
  );
}
