import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import type { ServerGroupDescription } from '../../model/description';
import type { Stage, StageContext } from '../../model/execution';
import { safeRegion, type Location, type ServerGroup } from '../../model/server-group';
import type { ServerGroups } from '../../dcos/server-groups';
import { keyLabel } from '../../dcos/server-groups';
import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { effectKeysOf } from '../../engine/effect-key';
import {
  cameUp,
  changeOf,
  creationsOf,
  findStrategy,
  isCustom,
  planRetirement,
  planUndo,
  servedBefore,
  strategyRunsBelow,
  type CreationType,
} from '../../strategies';
import { healthWishOf } from './health-wish';
import { nameOfNext } from './next-name';
import { isWorker, placeOf } from './place';
import { undoOfPlace } from './place-undo';
import { servedDecision, servedNames } from './served-before';
import { wholeNumber } from './spinnaker-values';
import { cancelStrategyRun, planStrategyRun } from './strategy-run';

type Needs = { readonly serverGroups: ServerGroups };

const chosen = z.object({ cluster: z.string() });
const sized = z.object({ desiredCapacity: wholeNumber.pipe(z.number().int().positive()) });

/** The cluster that the new group is to be of: as the stage gives it, or as an earlier task of it found out. */
export const newClusterOf = (context: StageContext): string => chosen.parse(context).cluster;

/**
 * A description is checked when the definition was read; what the engine added to the context does no harm. Spinnaker writes
 * null for what is not there, and leaves out lists that are empty.
 */
export function descriptionOf(context: StageContext): ServerGroupDescription {
  const given = Object.entries(context).filter(([, value]) => value !== null);
  return { serviceEndpoints: [], healthChecks: [], ...Object.fromEntries(given) } as unknown as ServerGroupDescription;
}

/**
 * Whether a group is what an attempt of this very stage has made that did not succeed, or a strategy pipeline for it: neither
 * source nor way back.
 */
export function isLeftover(look: Pick<PlanInput, 'execution' | 'stage'>, { name, labels }: ServerGroup): boolean {
  const { execution, stage } = look;
  const runs = strategyRunsBelow(execution, stage).map((id) => `${id}/`);
  const own = [...effectKeysOf(execution, stage), ...runs];
  const isOwn = own.some((prefix) => labels[keyLabel]?.startsWith(prefix) === true);
  return isOwn && servedNames(look)?.includes(name) === false;
}

/** What the strategy is told: a clone found out its size, everything else is in the context. */
const deploymentOf = (stage: Stage): ServerGroupDescription => ({
  ...descriptionOf(stage.context),
  ...descriptionOf(healthWishOf(stage.context)),
  desiredCapacity: sized.parse({ ...stage.context, ...stage.outputs }).desiredCapacity,
});

/** The size to create the group at: its strategy may begin with less than the whole where another group serves. */
export function firstSizeOf(stage: Stage): number {
  const deployment = deploymentOf(stage);
  const { firstSize } = findStrategy(deployment.strategy);
  const isAlone = servedBefore(stage) === undefined;
  return isAlone || firstSize === undefined ? deployment.desiredCapacity : firstSize(deployment);
}

/** The name is saved before anything is made, and with it what served and what is cloned, to which later attempts keep. */
function intend(look: TaskLook<Needs>, name: string): TaskResult {
  const decision = servedDecision(look, { location: placeOf(look.context), cluster: newClusterOf(look.context) });
  return { status: 'RUNNING', retryAfterMs: 0, memo: { name }, decision };
}

/** What was created as Spinnaker's cloud tasks tell it, which its pipelines read from a stage's context (semantics §4.4). */
function spinnakerKeys(location: Location, name: string, key: string): StageContext {
  const region = safeRegion(location);
  const result = { serverGroupNames: [`${region}:${name}`], serverGroupNameByRegion: { [region]: name } };
  return {
    'deploy.server.groups': { [region]: [name] },
    'deploy.account.name': location.account,
    'kato.tasks': [{ id: key, status: { completed: true, failed: false }, history: [], resultObjects: [result] }],
  };
}

const created = ({ context, stage, key }: TaskLook<Needs>, name: string) => {
  const location = placeOf(context);
  const told = spinnakerKeys(location, name, key);
  return {
    status: 'SUCCEEDED' as const,
    outputs: { serverGroupName: name, targetServerGroup: name, location, ...told },
    context: { targetDesiredSize: firstSizeOf(stage), ...told },
  };
};

/**
 * Creates an app under the next free name. The name is saved first, and looked up again before anything is created; an
 * app that carries our key is ours, whoever created it before a crash; a name that another took is given up for the next.
 */
export const createApp = (
  taskName: CreationType,
  create: (look: TaskLook<Needs>, name: string) => Promise<unknown>,
): TaskDefinition<Needs> => ({
  name: taskName,
  timeoutMs: 5 * 60_000,
  timeoutFromStage: false,
  acts: 'DC/OS',
  async run(look) {
    const { context, stage, memo, services, key, signal } = look;
    const location = placeOf(context);
    const cluster = newClusterOf(look.context);
    if (memo === undefined && typeof stage.outputs.nextServerGroupName === 'string') {
      return intend(look, stage.outputs.nextServerGroupName);
    }
    if (typeof memo?.name !== 'string') {
      const groups = await services.serverGroups.list(location, cluster, signal);
      const own = groups.find((group) => group.labels[keyLabel] === key);
      return intend(look, own?.name ?? nameOfNext(groups, cluster, location));
    }
    const { name } = memo;
    const existing = await services.serverGroups.get(location, name, signal);
    if (existing?.labels[keyLabel] === key) return created(look, name);
    if (existing !== undefined) return { status: 'RUNNING', retryAfterMs: 0, memo: { taken: name } };
    try {
      await create(look, name);
    } catch (error) {
      if (!(error instanceof CoxswainError) || error.code !== 'MARATHON_DUPLICATE') throw error;
      return { status: 'RUNNING', retryAfterMs: 500 };
    }
    return created(look, name);
  },
});

function strategyStages(input: PlanInput): readonly StagePlan[] {
  const { stage } = input;
  if (isWorker(stage.context) && isCustom(stage.context)) return planStrategyRun(input);
  const change = changeOf(stage);
  if (change === undefined) return [];
  const deployment = deploymentOf(stage);
  return findStrategy(deployment.strategy).after(change, deployment);
}

/** Whether a creation that fails brings back what served before: it says so, or its strategy always does. */
export function goesBackOnFailure({ context }: Stage): boolean {
  const { rollback, strategy } = descriptionOf(context);
  const { keepsWayBack, goesBackByItself = false } = findStrategy(strategy);
  return goesBackByItself || (rollback?.onFailure === true && keepsWayBack);
}

const retirementStages = ({ execution, stage }: Pick<PlanInput, 'execution' | 'stage'>): readonly StagePlan[] =>
  isCustom(stage.context) || cameUp(stage) ? [] : planRetirement(execution, stage);

function rollbackStages({ execution, stage }: PlanInput): readonly StagePlan[] {
  const keepsAll = findStrategy(descriptionOf(stage.context).strategy).goesBackByItself === true;
  if (goesBackOnFailure(stage))
    return planUndo(execution, creationsOf(execution, stage), (each) => keepsAll || !cameUp(each));
  return retirementStages({ execution, stage });
}

function cancelStages(input: PlanInput): readonly StagePlan[] | undefined {
  const { execution, stage } = input;
  if (!isWorker(stage.context)) return undefined;
  if (isCustom(stage.context)) return cancelStrategyRun(input);
  return undoOfPlace(execution, stage);
}

/** What follows the creation of a server group: its strategy, or the way back from it. */
export const aroundCreation = {
  // A canary may be watched for days, a person asked: the time of the stage is for coming up (decisions 11).
  boundsAfter: false,
  after: strategyStages,
  onFailure: rollbackStages,
  onIgnoredFailure: retirementStages,
  onCancel: cancelStages,
} as const;
