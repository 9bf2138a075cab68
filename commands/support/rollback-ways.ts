import { parseEffectKey } from '../../src/engine/effect-key';
import { keyLabel } from '../../src/dcos/server-groups';
import type { Execution } from '../../src/model/execution';
import { imageVersion, isCalled, locationName, type Location, type ServerGroup } from '../../src/model/server-group';
import { changeOf, isCreation } from '../../src/strategies';
import type { Verdict } from './creation-verdict';
import type { LivePlace } from './live-groups';
import { verdictName } from './verdicts';

/** One place that goes back: from the group that serves to an earlier one. */
export type Way = { readonly location: Location; readonly from: ServerGroup; readonly to: ServerGroup };

/** One place that stays as it is, and why; without a reason the last change was made elsewhere. */
export type Stay = { readonly location: Location; readonly current: ServerGroup | undefined; readonly why?: string };

/** What a rollback does with each place. */
export type RollbackWays = { readonly ways: readonly Way[]; readonly stays: readonly Stay[] };

const versionOf = (group: ServerGroup): string => imageVersion(group.image);
const creatorOf = (group: ServerGroup) => parseEffectKey(group.labels[keyLabel])?.executionId;

/** Who is meant by a name: those of that version or exactly of that name where there are any, else `v3` is `v003`. */
function namedIn(places: readonly LivePlace[], name: string): (group: ServerGroup) => boolean {
  const isExact = (group: ServerGroup): boolean =>
    group.name === name || group.name.endsWith(`-${name}`) || versionOf(group) === name;
  const hasExact = places.some(({ groups }) => groups.some(isExact));
  return hasExact ? isExact : (group) => isCalled(group.name, name);
}

/** Whether a place serves what was deployed last: the newest of all that serve, or its version, or its deployment. */
function isLastChange(current: ServerGroup, newest: ServerGroup): boolean {
  const creator = creatorOf(current);
  return current.image === newest.image || (creator !== undefined && creator === creatorOf(newest));
}

/** The last group before the present one that was not rolled back from and did not fail. */
function earlierGroup(place: LivePlace, current: ServerGroup, verdicts: ReadonlyMap<string, Verdict>) {
  return place.groups.find(
    (group) =>
      group.name !== current.name &&
      group.createdTime <= current.createdTime &&
      verdicts.get(verdictName(group)) !== 'bad',
  );
}

type Found = { readonly to: ServerGroup } | { readonly why: string };

function findNamed(
  place: LivePlace,
  current: ServerGroup,
  verdicts: ReadonlyMap<string, Verdict>,
  { name, isNamed }: { readonly name: string; readonly isNamed: (group: ServerGroup) => boolean },
): Found {
  if (isNamed(current)) return { why: 'it serves that already' };
  const to = place.groups.find((group) => group.name !== current.name && isNamed(group));
  if (to === undefined) return { why: `it has no '${name}'` };
  if (verdicts.get(verdictName(to)) !== 'bad') return { to };
  const fate = `${to.name} failed, was rejected or was rolled back from: a rollback never goes there`;
  return { why: `${fate}. Deploy ${versionOf(to)} instead, so that it is judged again` };
}

/**
 * Where a rollback goes, place for place. Unnamed, only places that serve what was changed last go back; a name applies
 * to every place that has it. Pure.
 */
export function rollbackWays(
  places: readonly LivePlace[],
  verdicts: ReadonlyMap<string, Verdict>,
  named?: string,
): RollbackWays {
  const serving = places.flatMap(({ current }) => current ?? []);
  const newest = serving.reduce<ServerGroup | undefined>(
    (best, group) => (best === undefined || group.createdTime > best.createdTime ? group : best),
    undefined,
  );
  const wanted = named === undefined ? undefined : { name: named, isNamed: namedIn(places, named) };
  const ways: Way[] = [];
  const stays: Stay[] = [];
  for (const place of places) {
    const { location, current } = place;
    if (current === undefined || newest === undefined) {
      stays.push({ location, current, why: 'nothing serves there' });
    } else if (wanted !== undefined) {
      const found = findNamed(place, current, verdicts, wanted);
      if ('to' in found) ways.push({ location, from: current, to: found.to });
      else stays.push({ location, current, why: found.why });
    } else if (!isLastChange(current, newest)) {
      stays.push({ location, current });
    } else {
      const to = earlierGroup(place, current, verdicts);
      if (to !== undefined) ways.push({ location, from: current, to });
      else stays.push({ location, current, why: 'no earlier version there succeeded' });
    }
  }
  return { ways, stays };
}

/**
 * While a deployment runs, what it and those that its stages started have created gives way to what served before them; other
 * places stay. Pure.
 */
export function waysOfRunning(family: readonly Execution[], places: readonly LivePlace[]): RollbackWays {
  const changes = family
    .flatMap(({ stages }) => stages)
    .toSorted((one, other) => (one.startTime ?? 0) - (other.startTime ?? 0))
    .flatMap((stage) => (isCreation(stage) ? (changeOf(stage) ?? []) : []));
  const ways = places.flatMap(({ location, groups }): readonly Way[] => {
    // Several changes go back to what served before the first.
    const here = changes.filter((change) => locationName(change.location) === locationName(location));
    const source = here.find((change) => change.source !== undefined)?.source;
    const created = here.at(-1)?.created;
    const from = groups.find((group) => group.name === created);
    const to = groups.find((group) => group.name === source?.serverGroupName);
    return from === undefined || to === undefined ? [] : [{ location, from, to }];
  });
  const going = new Set(ways.map((way) => locationName(way.location)));
  return { ways, stays: places.filter(({ location }) => !going.has(locationName(location))) };
}
