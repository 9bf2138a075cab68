import { z } from 'zod';
import type { Execution, Stage, StageContext } from '../model/execution';
import { locationName, placeName, type Location } from '../model/server-group';
import type { StagePlan } from '../engine/contracts/stage';
import { childrenOf } from '../engine/graph';
import { decisionOf } from '../engine/decisions';
import { effectKeysOf } from '../engine/effect-key';
import { strategyRunsOf } from './strategy-runs';

const createdSchema = z.object({ serverGroupName: z.string(), stoodBefore: z.array(z.string()).default([]) });
const servedSchema = z
  .object({
    serverGroupName: z.string(),
    desired: z.number().positive(),
    serving: z.number().optional(),
    left: z.number().optional(),
  })
  .transform((served): Source => ({ ...served, serving: served.serving ?? served.desired }));
const alsoServedSchema = z.object({ alsoServed: z.array(servedSchema).default([]) });
const placeSchema = z.object({
  cluster: z.string(),
  location: z.object({ account: z.string(), region: z.string(), dcosCluster: z.string(), group: z.string() }),
});

/** The stage types that create a server group, and the names of the tasks that do it. */
export type CreationType = 'createServerGroup' | 'cloneServerGroup';
const creationTypes: readonly string[] = ['createServerGroup', 'cloneServerGroup'] satisfies readonly CreationType[];

/** Whether a creation leaves everything to a strategy pipeline. */
export const isCustom = ({ strategy }: Stage['context']): boolean =>
  typeof strategy === 'string' && strategy.toLowerCase() === 'custom';

/** Whether a stage runs a strategy pipeline, which creates a server group for it. */
export const isStrategyRun = ({ type, context }: Pick<Stage, 'type' | 'context'>): boolean =>
  type === 'pipeline' && context.strategyRun !== undefined;

/** Whether a stage is there to create a server group, by itself or by the strategy pipeline that it runs. */
export const isCreation = (stage: Pick<Stage, 'type' | 'context'>): boolean =>
  creationTypes.includes(stage.type) ? !isCustom(stage.context) : isStrategyRun(stage);

/** What creates a server group for a stage: itself, or the parts of it that run its strategy pipeline. */
export const creationsOf = (execution: Execution, stage: Stage): readonly Stage[] =>
  isCreation(stage) ? [stage] : childrenOf(execution, stage).filter(isStrategyRun);

/** The execution that a strategy run has started, or may have; undefined where it has not. */
function strategyExecution({ context, tasks }: Stage): string | undefined {
  const intended = tasks.map(({ memo }) => memo?.executionId).find((id) => typeof id === 'string');
  return typeof context.executionId === 'string' ? context.executionId : intended;
}

/** How the keys begin that carry what the attempts of a stage have created since it last succeeded. */
function keysOf(execution: Execution, stage: Stage): readonly string[] {
  if (!isStrategyRun(stage)) return effectKeysOf(execution, stage);
  const runs = [...strategyRunsOf(execution, stage), strategyExecution(stage) ?? []].flat();
  return [...new Set(runs)].map((id) => `${id}/`);
}

type Source = {
  readonly serverGroupName: string;
  /** Its size before the first attempt of the deploy. */
  readonly desired: number;
  /** How many of its instances were healthy when the deploy began. */
  readonly serving: number;
  /** Its size when this attempt began, where an earlier one may have taken from it. @default desired */
  readonly left?: number | undefined;
};
type Place = { readonly location: Location; readonly cluster: string };

/** What one createServerGroup stage did: where, what it made, and what served there before. */
export type Change = Place & {
  readonly created: string;
  readonly source: Source | undefined;
  /** What else was in service then. @default nothing */
  readonly alsoServed?: readonly Source[];
  /** All groups of the cluster that stood there when the deploy began. */
  readonly stoodBefore: readonly string[];
};

function placeOf(stage: Stage): Place | undefined {
  const place = placeSchema.safeParse({ ...stage.outputs, ...stage.context });
  return place.success ? place.data : undefined;
}

/** What a stage found out before it created anything; a strategy run is told it. */
const foundBefore = (stage: Stage): StageContext =>
  isStrategyRun(stage) ? ((stage.context.strategyRun ?? {}) as StageContext) : stage.outputs;

/**
 * What served in the place of a creation when it began, to which its strategy goes back; undefined where nothing did. Stages
 * of builds that did not tell it apart from their source have that alone.
 */
export function servedBefore(stage: Stage): Source | undefined {
  const found = foundBefore(stage);
  return servedSchema.safeParse(found.servedBefore ?? found.source).data;
}
const alsoServedOf = (stage: Stage): readonly Source[] =>
  alsoServedSchema.safeParse(foundBefore(stage)).data?.alsoServed ?? [];

/** Reads a createServerGroup stage's change; undefined where it knows of nothing that it created. */
export function changeOf(stage: Stage): Change | undefined {
  const created = createdSchema.safeParse(stage.outputs);
  const place = placeOf(stage);
  if (!created.success || place === undefined) return undefined;
  const { serverGroupName, stoodBefore } = created.data;
  const alsoServed = alsoServedOf(stage);
  return { ...place, created: serverGroupName, source: servedBefore(stage), alsoServed, stoodBefore };
}

/**
 * Whether a createServerGroup stage may have created something, known to it or not: a name was chosen, now or before. One that
 * has not looked around in this attempt has not in it, and what it found in an earlier one says nothing.
 */
export const mayHaveCreated = (execution: Execution, stage: Stage): boolean =>
  isStrategyRun(stage) ? keysOf(execution, stage).length > 0 : hasLooked(stage) && mayHaveChosen(execution, stage);

const hasLooked = ({ tasks }: Stage): boolean =>
  tasks.some(({ name, status }) => creationTypes.includes(name) && status !== 'NOT_STARTED');

const mayHaveChosen = (execution: Execution, stage: Stage): boolean =>
  decisionOf(execution, stage) !== undefined ||
  stage.tasks.some(
    ({ name, status, memo }) =>
      creationTypes.includes(name) && (status === 'SUCCEEDED' || typeof memo?.name === 'string'),
  );

/** Whether all instances that a createServerGroup stage asked for came up; a strategy run says so by its end. */
export const cameUp = (stage: Stage): boolean =>
  (isStrategyRun(stage) && stage.status === 'SUCCEEDED') ||
  stage.tasks.some((task) => task.name === 'waitForCapacityMatch' && task.status === 'SUCCEEDED');

/** How long a group that did not come up is kept where its description does not say. */
export const keepFailedMinutes = 60;
const keepSchema = z.object({ keepFailedMinutes: z.number().default(keepFailedMinutes) });

/**
 * Which of the groups that stages created failed, and how long they are kept for diagnosis. Which of its groups did not come
 * up a strategy pipeline knows, and keeps them itself.
 */
function keepFailed(execution: Execution, stages: readonly Stage[]) {
  const failed = stages.filter((stage) => !isStrategyRun(stage));
  const [first] = failed;
  if (first === undefined) return {};
  const keys = failed.flatMap((stage) => keysOf(execution, stage));
  return { keepFailed: { keys, minutes: keepSchema.parse(first.context).keepFailedMinutes } };
}

/** What served before a creation, by name: an earlier deploy of the same stage may have made it. */
const servedNames = (stage: Stage): readonly string[] =>
  [servedBefore(stage) ?? [], alsoServedOf(stage)].flat().map(({ serverGroupName }) => serverGroupName);

/** Takes a group that did not come up out of service and keeps it for diagnosis; what serves is left alone. */
export function planRetirement(execution: Execution, stage: Stage): readonly StagePlan[] {
  const place = placeOf(stage);
  if (place === undefined || !mayHaveCreated(execution, stage)) return [];
  const keys = keysOf(execution, stage);
  const served = servedNames(stage);
  const context = { ...place, keys, served, restores: false, ...keepFailed(execution, cameUp(stage) ? [] : [stage]) };
  return [{ type: 'undoServerGroup', name: `Keep for diagnosis in ${locationName(place.location)}`, context }];
}

/**
 * The way back from createServerGroup stages of one place, in the order they ran: what they created is found by the key
 * it carries, whether or not they knew of it, and gives way to all that served before the first of them. What `isFailed` is kept
 * for diagnosis and destroyed then; by default what did not come up.
 */
export function planUndo(
  execution: Execution,
  stages: readonly Stage[],
  isFailed: (stage: Stage) => boolean = (stage) => !cameUp(stage),
): readonly StagePlan[] {
  const [first] = stages;
  const place = first === undefined ? undefined : placeOf(first);
  const acted = stages.filter((stage) => mayHaveCreated(execution, stage));
  if (first === undefined || place === undefined || acted.length === 0) return [];
  const source = servedBefore(first);
  // Nothing served before and the new group does: there is nothing to go back to. Of a strategy run that pipeline decides.
  if (source === undefined && acted.some((stage) => isStrategyRun(stage) || cameUp(stage))) return [];
  const keys = acted.flatMap((stage) => keysOf(execution, stage));
  if (keys.length === 0) return [];
  const failed = keepFailed(execution, acted.filter(isFailed));
  // What did not serve is no part of the way back: waiting for it to serve would hold up the rest.
  const alsoServed = alsoServedOf(first).filter(({ serving }) => serving > 0);
  const found = source === undefined ? {} : { source, alsoServed };
  const context = { ...place, keys, served: servedNames(first), ...found, ...failed };
  return [{ type: 'undoServerGroup', name: `Go back in ${locationName(place.location)}`, context }];
}

/** Stages that created something, by the place and cluster they did it in, in the order they were planned. */
export function creationsByPlace(stages: readonly Stage[]): readonly (readonly Stage[])[] {
  const places = new Map<string, Stage[]>();
  for (const stage of stages) {
    const place = isCreation(stage) ? placeOf(stage) : undefined;
    if (place === undefined) continue;
    const name = `${placeName(place.location)}/${place.cluster}`;
    places.set(name, [...(places.get(name) ?? []), stage]);
  }
  return [...places.values()];
}
