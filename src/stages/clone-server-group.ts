import { z } from 'zod';
import type { CloneDescription } from '../dcos/server-groups';
import { decisionOf } from '../engine/decisions';
import type { TaskDefinition, TaskLook } from '../engine/contracts/task';
import { CoxswainError } from '../model/errors';
import type { StageContext } from '../model/execution';
import { buildCluster } from '../model/moniker';
import { isDisabled, locationName, type Location, type ServerGroup } from '../model/server-group';
import { defineStage, type Services } from '../services';
import { aroundCreation, createApp, firstSizeOf, isLeftover } from './server-group/creation';
import { descriptionFields, monikerFields, strategyFields } from './server-group/description-fields';
import { fanOut, serverGroupConfig } from './server-group/fan-out';
import { healthFields } from './server-group/health-wish';
import { imageFor } from './server-group/image';
import { clusterOf, nameOf, placeBeside, placeOf } from './server-group/place';
import { wholeNumber } from './server-group/spinnaker-values';
import { determineSourceServerGroup, sourceCapacityFields, usesSourceCapacity } from './server-group/source';
import { creationTasks } from './server-group/strategy-run';
import { pickTarget } from './server-group/target';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

type Needs = Pick<Services, 'serverGroups'>;
type Look = TaskLook<Needs>;

const text = z.string().optional();
const config = z.looseObject({
  source: z
    .looseObject({})
    .optional()
    .describe('The server group to clone, `{ serverGroupName }`; `account` and `region` where they are others.'),
  targetCluster: text.describe('The cluster that `target` is looked for in. Default: that of the clone.'),
  target: text.describe(
    'Which server group is cloned, where `source` names none: the newest, the one before it or the oldest.',
  ),
  cluster: text.describe('The cluster of the clone. Default: that of its parts, of the source or the environment.'),
  ...monikerFields,
  desiredCapacity: wholeNumber.describe('How many instances. Default: as the source, or the size it served with last.'),
  capacity: z
    .looseObject({ desired: wholeNumber.describe('As `desiredCapacity`.') })
    .nullish()
    .describe('The size in the spelling of other providers.'),
  ...sourceCapacityFields,
  ...descriptionFields,
  ...strategyFields,
  ...healthFields,
});

const place = z.object({ account: z.string(), region: z.string(), dcosCluster: z.string(), group: z.string() });
const cloneSource = z.object({ cloneSource: z.object({ location: place, serverGroupName: z.string() }) });

const notFound = (message: string): CoxswainError => new CoxswainError('NOT_FOUND', { message });
const names = (groups: readonly ServerGroup[]): string =>
  groups.map(({ name }) => name).join(', ') || 'no server groups';

/** The cluster that the source is looked for in, where no group is named. */
function sourceCluster(look: Look): string {
  const { targetCluster, cluster, application, stack, freeFormDetails } = config.parse(look.stage.context);
  if (targetCluster !== undefined) return targetCluster;
  if (cluster !== undefined || application === undefined) return clusterOf(look);
  return buildCluster({ app: application, stack: stack ?? null, detail: freeFormDetails ?? null });
}

/** What an earlier attempt cloned, or was about to; undefined where none did, or it is gone. */
function keptSource({ execution, stage, services, signal }: Look): Promise<ServerGroup | undefined> {
  const kept = cloneSource.safeParse(decisionOf(execution, stage)).data?.cloneSource;
  if (kept === undefined) return Promise.resolve(undefined);
  return services.serverGroups.get(kept.location, kept.serverGroupName, signal);
}

/** The named source; else the target; else the newest group in service, or the newest of all (semantics §5). */
async function findSource(look: Look): Promise<ServerGroup> {
  const { source = {}, target } = config.parse(look.stage.context);
  const location = placeBeside(placeOf(look.context), source);
  const { serverGroups } = look.services;
  const name = nameOf(source);
  if (name !== undefined) {
    const named = await serverGroups.get(location, name, look.signal);
    if (named === undefined) throw notFound(`There is no ${name} in ${locationName(location)} to clone.`);
    return named;
  }
  const kept = await keptSource(look);
  if (kept !== undefined) return kept;
  const cluster = sourceCluster(look);
  const all = await serverGroups.list(location, cluster, look.signal);
  // What an earlier attempt of this very stage made is none of those to choose from.
  const groups = all.filter((group) => !isLeftover(look, group));
  const where = `cluster ${cluster} in ${locationName(location)}`;
  if (target !== undefined) return pickTarget(groups, target, where);
  const found = groups.find((group) => !isDisabled(group)) ?? groups[0];
  if (found === undefined) throw notFound(`There is nothing to clone in ${where}: it has ${names(groups)}.`);
  return found;
}

/** The cluster of the clone: named, or of its parts, which are the source's where they are not given. */
function cloneCluster(context: StageContext, { moniker }: ServerGroup): string {
  const { cluster, application = moniker.app, stack, freeFormDetails } = config.parse(context);
  if (cluster !== undefined) return cluster;
  return buildCluster({
    app: application,
    stack: stack === undefined ? moniker.stack : stack,
    detail: freeFormDetails === undefined ? moniker.detail : freeFormDetails,
  });
}

/** The size given; else the source's, or its last one where it is out of service. Throws INVALID_INPUT where it has none. */
async function cloneSize(look: Look, { name, location, desired }: ServerGroup): Promise<number> {
  const { desiredCapacity, capacity } = config.parse(look.stage.context);
  const written = usesSourceCapacity(look.stage.context) ? undefined : (desiredCapacity ?? capacity?.desired);
  const given = written ?? (desired > 0 ? desired : undefined);
  const wanted = given ?? (await look.services.serverGroups.lastNonZeroSize(location, name, look.signal));
  if (wanted !== undefined && wanted > 0) return wanted;
  const message = `Cannot clone ${name} at size ${wanted ?? 0}. Give one, for example desiredCapacity: 2.`;
  throw new CoxswainError('INVALID_INPUT', { message });
}

/** Finds out, when the stage begins, what is cloned, as what, and how large. */
const determineCloneSource: TaskDefinition<Needs> = {
  name: 'determineCloneSource',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run(look) {
    const source = await findSource(look);
    const { name: serverGroupName, location } = source;
    const cluster = cloneCluster(look.stage.context, source);
    const desiredCapacity = await cloneSize(look, source);
    return { status: 'SUCCEEDED', outputs: { cluster, desiredCapacity, cloneSource: { location, serverGroupName } } };
  },
};

/** What the stage gives of a description; Spinnaker writes null for what it does not. */
function givenBy({ execution, stage }: Look, location: Location): Partial<CloneDescription> {
  const given = Object.entries(stage.context).filter(([, value]) => value !== null && value !== undefined);
  const { docker, ...others } = Object.fromEntries(given);
  if (docker === undefined) return others;
  return { ...others, docker: { image: { imageId: imageFor(execution, stage, location) } } };
}

const create = (look: Look, name: string) => {
  const location = placeOf(look.context);
  const { cloneSource: source } = cloneSource.parse(look.stage.outputs);
  const desiredCapacity = firstSizeOf(look.stage);
  const description = { ...givenBy(look, location), location, desiredCapacity };
  const from = { location: source.location, name: source.serverGroupName };
  return look.services.serverGroups.clone(from, description, name, look.key, look.signal);
};

/** Whether the clone's cluster is told by its parts, or is that of what is cloned. */
function namesCluster(context: StageContext): boolean {
  const { source = {} } = config.catch({}).parse(context);
  const parts = ['targetCluster', 'application', 'stack', 'freeFormDetails'];
  return nameOf(source) !== undefined || parts.some((key) => context[key] !== undefined);
}

/**
 * One new server group in one place, made of another: each field that the stage does not give is read from that (semantics
 * §4.4, decision 13). What follows is its strategy, as after a creation.
 */
export const cloneServerGroup = defineStage({
  type: 'cloneServerGroup',
  about: {
    summary:
      'Creates one server group of another: each field that the stage does not give is read from the source, which is the named one, else `target`, else the newest in service.',
    puts: {
      cloneSource: 'What was cloned: `{ location, serverGroupName }`.',
      serverGroupName: 'The name of the clone.',
      'deploy.server.groups': 'By region, the names of new server groups.',
      source: 'The same in the spelling of Spinnaker, and the other keys as `createServerGroup` puts them out.',
    },
    cancel: 'Goes back as `createServerGroup` does.',
    restart: 'Looks for its source again, and creates another clone under the next free name.',
  },
  aliases: ['copyLastAsg'],
  needs: ['serverGroups'],
  needsPlaces: true,
  namesCluster,
  config: serverGroupConfig.extend(config.shape),
  before: fanOut('cloneServerGroup', 'Clone'),
  tasks: creationTasks<Needs>(
    [
      determineCloneSource,
      // What a clone follows is what it is made of.
      determineSourceServerGroup(({ outputs }) => ({ source: outputs.cloneSource })),
    ],
    [createApp('cloneServerGroup', create), waitForCapacityMatch],
  ),
  ...aroundCreation,
  render: renderCapacity,
});
