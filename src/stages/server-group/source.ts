import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import type { Stage, StageContext } from '../../model/execution';
import { parseMoniker } from '../../model/moniker';
import {
  countServing,
  isDisabled,
  locationName,
  placeName,
  safeRegion,
  type Location,
  type ServerGroup,
} from '../../model/server-group';
import type { ServerGroups } from '../../dcos/server-groups';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { isLeftover, newClusterOf } from './creation';
import { findServed } from './served-before';
import { nameOfNext } from './next-name';
import { nameOf, placeBeside, placeOf } from './place';
import { flag, flagOr, wholeNumber } from './spinnaker-values';
import { pickTarget } from './target';

type Needs = { readonly serverGroups: ServerGroups };
type Look = TaskLook<Needs>;

/** Whether the size of a new group is that of its source. */
export const sourceCapacityFields = {
  useSourceCapacity: flag.describe(
    'Whether the size is that of the source, the largest in service where none is named; without a source the stage fails. Default: false.',
  ),
  preferSourceCapacity: flag.describe(
    'With `useSourceCapacity`: whether the size given is taken where there is no source. Default: false.',
  ),
};

/** Which server group a new one follows. */
export const sourceFields = {
  source: z
    .looseObject({ useSourceCapacity: flag.describe('As `useSourceCapacity` of the stage.') })
    .nullish()
    .describe(
      'The server group that the new one follows, `{ serverGroupName }`; `account` and `region` where they are others. Default: `target`, else the newest in service, else the newest.',
    ),
  target: z.string().nullish().describe('Which server group of the cluster that is, where `source` names none.'),
  ...sourceCapacityFields,
};

const wishSchema = z.object({
  ...sourceFields,
  useSourceCapacity: flagOr(false),
  preferSourceCapacity: flagOr(false),
  desiredCapacity: wholeNumber,
});
type Wish = z.infer<typeof wishSchema>;

/** Whether the size of the source is wanted. */
const wantsSize = ({ source, useSourceCapacity }: Wish): boolean => source?.useSourceCapacity ?? useSourceCapacity;

/** The same, of the fields of a stage. */
export const usesSourceCapacity = (context: StageContext): boolean => wantsSize(wishSchema.parse(context));

async function namedSource(look: Look, name: string, reference: StageContext): Promise<ServerGroup> {
  const location = placeBeside(placeOf(look.context), reference);
  const found = await look.services.serverGroups.get(location, name, look.signal);
  if (found !== undefined) return found;
  const message = `There is no ${name} in ${locationName(location)}, which the stage names as its source.`;
  throw new CoxswainError('NOT_FOUND', { message });
}

function targeted(groups: readonly ServerGroup[], target: string, where: string): ServerGroup | undefined {
  try {
    return pickTarget(groups, target, where);
  } catch (error) {
    if (error instanceof CoxswainError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * The newest, or where the size of the source is wanted the largest, of which something serves; else of those in service; of
 * all where none is (semantics §5).
 */
function usualSource(groups: readonly ServerGroup[], wantsLargest: boolean): ServerGroup | undefined {
  const enabled = groups.filter((group) => !isDisabled(group));
  const serving = enabled.filter((group) => countServing(group) > 0);
  const [first, ...others] = [serving, enabled, groups].find((each) => each.length > 0) ?? [];
  if (first === undefined || !wantsLargest) return first;
  return others.reduce((largest, group) => (group.desired > largest.desired ? group : largest), first);
}

type Place = { readonly cluster: string; readonly location: Location };

const standsIn = ({ cluster, location }: Place, group: ServerGroup): boolean =>
  parseMoniker(group.name)?.cluster === cluster && placeName(group.location) === placeName(location);

/** The source as Spinnaker writes it, and what people want to know of it; empty where there is none (semantics §4.4). */
function sourceView(source: ServerGroup | undefined, useSourceCapacity: boolean): StageContext {
  if (source === undefined) return {};
  const { name, location, desired, image } = source;
  const spinnakers = { asgName: name, serverGroupName: name, account: location.account, region: safeRegion(location) };
  return { ...spinnakers, useSourceCapacity, desired, serving: countServing(source), image };
}

const misses = z.object({ misses: z.number() }).catch({ misses: 0 });
const mostMisses = 3;

/** What comes of a source that is not there though its size is wanted: it is looked for three times (semantics §5). */
function missed({ memo }: Look, { cluster, location }: Place): TaskResult {
  const count = misses.parse(memo).misses + 1;
  if (count < mostMisses) return { status: 'RUNNING', retryAfterMs: 5000, memo: { misses: count } };
  const reason = `Cluster ${cluster} has no server group in ${locationName(location)} whose size could be taken. Give desiredCapacity, and preferSourceCapacity: true.`;
  return { status: 'TERMINAL', code: 'NOT_FOUND', reason };
}

/** The size of the source, of one out of service its last; undefined where there is none. */
async function sizeOf(look: Look, { name, location, desired }: ServerGroup): Promise<number | undefined> {
  return desired > 0 ? desired : look.services.serverGroups.lastNonZeroSize(location, name, look.signal);
}

/** The source that a stage wishes for; undefined where there is none. Throws NOT_FOUND for one that it names. */
async function findSource(look: Look, wish: Wish, groups: readonly ServerGroup[], place: Place) {
  const reference = wish.source ?? {};
  const name = nameOf(reference);
  if (name !== undefined) return namedSource(look, name, reference);
  const where = `cluster ${place.cluster} in ${locationName(place.location)}`;
  if (typeof wish.target === 'string') return targeted(groups, wish.target, where);
  return usualSource(groups, wantsSize(wish));
}

/** What is known of the place: the names, the group that serves now, and the source. */
async function lookAround(look: Look, wish: Wish) {
  const location = placeOf(look.context);
  const cluster = newClusterOf(look.context);
  const all = await look.services.serverGroups.list(location, cluster, look.signal);
  const place = { cluster, location };
  // What an earlier attempt of this very stage left behind is no way back.
  const groups = all.filter((group) => !isLeftover(look, group));
  const source = await findSource(look, wish, groups, place);
  const isServing = source !== undefined && !isDisabled(source) && standsIn(place, source);
  const outputs = {
    cluster,
    nextServerGroupName: nameOfNext(all, cluster, location),
    stoodBefore: all.map(({ name }) => name),
    ...findServed(look, place, groups, isServing ? source.name : undefined),
    source: sourceView(source, wantsSize(wish)),
  };
  return { place, source, outputs };
}

/**
 * Finds out which server group the new one follows: the one named, else `target`, else the newest in service, or the newest of
 * all; besides which one serves now, to which its strategy goes back, and the next free name (semantics §5). `wishOf`
 * gives what a stage says of it, in the fields of `sourceFields`.
 */
export const determineSourceServerGroup = (wishOf: (stage: Stage) => StageContext): TaskDefinition<Needs> => ({
  name: 'determineSourceServerGroup',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run(look) {
    const wish = wishSchema.parse(wishOf(look.stage));
    const { place, source, outputs } = await lookAround(look, wish);
    if (!wantsSize(wish)) return { status: 'SUCCEEDED', outputs };
    const size = source === undefined ? undefined : await sizeOf(look, source);
    const desiredCapacity = size ?? (wish.preferSourceCapacity ? wish.desiredCapacity : undefined);
    if (desiredCapacity === undefined) return missed(look, place);
    return { status: 'SUCCEEDED', outputs: { ...outputs, desiredCapacity } };
  },
});
