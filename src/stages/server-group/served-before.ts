import { z } from 'zod';
import type { TaskLook } from '../../engine/contracts/task';
import { decisionOf } from '../../engine/decisions';
import type { StageContext } from '../../model/execution';
import { countServing, isDisabled, placeName, type Location, type ServerGroup } from '../../model/server-group';

const servedGroup = z.object({
  serverGroupName: z.string(),
  desired: z.number(),
  serving: z.number(),
  /** Its size as this attempt finds it, where an earlier one may have taken from it. */
  left: z.number().optional(),
  image: z.string().optional(),
});
type ServedGroup = z.infer<typeof servedGroup>;

const keptSchema = z.object({
  servedBefore: z.object({ place: z.string(), cluster: z.string(), groups: z.array(servedGroup) }),
});
const outputsSchema = z.object({
  servedBefore: servedGroup.optional().catch(undefined),
  alsoServed: z.array(servedGroup).default([]),
});

type Look = Pick<TaskLook<unknown>, 'execution' | 'stage'>;
type Where = { readonly location: Location; readonly cluster: string };

const served = (group: ServerGroup): ServedGroup => ({
  serverGroupName: group.name,
  desired: group.desired,
  serving: countServing(group),
  image: group.image,
});

/** The groups in service: first the one that is followed, else the newest of which something serves; then the others. */
function servedNow(groups: readonly ServerGroup[], followed: string | undefined): readonly ServedGroup[] {
  const enabled = groups.filter((group) => !isDisabled(group)).map(served);
  const named = enabled.find(({ serverGroupName }) => serverGroupName === followed);
  const source = named ?? enabled.find(({ serving }) => serving > 0) ?? enabled[0];
  return source === undefined ? [] : [source, ...enabled.filter((group) => group !== source)];
}

const keptBy = ({ execution, stage }: Look) => keptSchema.safeParse(decisionOf(execution, stage)).data?.servedBefore;

/**
 * What an earlier attempt that failed found in service, by name; undefined where none acted, or where the stage has succeeded
 * since: what it made then is a server group like any other.
 */
export const servedNames = (look: Look): readonly string[] | undefined =>
  keptBy(look)?.groups.map(({ serverGroupName }) => serverGroupName);

/** What an earlier attempt found in service, as far as it still stands; undefined where none acted here. */
function servedFirst(
  look: Look,
  { location, cluster }: Where,
  groups: readonly ServerGroup[],
): readonly ServedGroup[] | undefined {
  const kept = keptBy(look);
  if (kept?.place !== placeName(location) || kept.cluster !== cluster) return undefined;
  return kept.groups.flatMap((before) => {
    const group = groups.find(({ name }) => name === before.serverGroupName);
    if (group === undefined) return [];
    const desired = Math.max(before.desired, group.desired);
    return [{ ...before, desired, serving: Math.max(before.serving, countServing(group)), left: group.desired }];
  });
}

/**
 * What is in service before a creation, of `groups` that it did not make itself: `servedBefore`, empty for nothing, and
 * `alsoServed`, each with its size; `followed` is the group that the new one follows. A later attempt holds to what the first found, which may have taken from it since; where a group serves that the first
 * did not find in service, somebody has deployed meanwhile, and what is there now counts.
 */
export function findServed(
  look: Look,
  where: Where,
  groups: readonly ServerGroup[],
  followed: string | undefined,
): StageContext {
  const now = servedNow(groups, followed);
  const first = servedFirst(look, where, groups);
  const isKnown = ({ serverGroupName }: ServedGroup) =>
    first?.some((group) => group.serverGroupName === serverGroupName) === true;
  const [servedBefore = {}, ...alsoServed] = first !== undefined && now.every(isKnown) ? first : now;
  return { servedBefore, alsoServed };
}

/** What `findServed` put out, and what is cloned, as the decision of which later attempts read it. */
export function servedDecision({ stage }: Look, { location, cluster }: Where): StageContext {
  const { cloneSource } = stage.outputs;
  const { servedBefore, alsoServed } = outputsSchema.parse(stage.outputs);
  const groups = servedBefore === undefined ? [] : [servedBefore, ...alsoServed];
  const served = { place: placeName(location), cluster, groups };
  return { servedBefore: served, ...(cloneSource === undefined ? {} : { cloneSource }) };
}
