import { asCoxswainError } from '../../src/model/errors';
import {
  countServing,
  imageVersion,
  isDisabled,
  locationName,
  type Location,
  type ServerGroup,
} from '../../src/model/server-group';
import type { ServerGroups } from '../../src/dcos/server-groups';

import { Blindness } from './blindness';

/** What lives in one place of a cluster now. */
export type LivePlace = {
  readonly location: Location;
  readonly groups: readonly ServerGroup[];
  /** The newest server group in service. */
  readonly current: ServerGroup | undefined;
};

/** The newest group with serving instances, or the newest in service where none serves. */
export const servingGroup = (groups: readonly ServerGroup[]): ServerGroup | undefined => {
  const enabled = groups.filter((group) => !isDisabled(group));
  return enabled.find((group) => countServing(group) > 0) ?? enabled[0];
};

const livePlace = (location: Location, groups: readonly ServerGroup[]): LivePlace => ({
  location,
  groups,
  current: servingGroup(groups),
});

/** One place as the shared view shows it: for whoever asks what is. */
export async function lookAtPlace(serverGroups: ServerGroups, location: Location, cluster: string): Promise<LivePlace> {
  const { value } = await serverGroups.look(location);
  return livePlace(location, value.groups(location, cluster));
}

/** All places of a cluster, read uncached: for whoever plans a change. Throws Blindness when one cannot be seen. */
export async function readPlaces(
  serverGroups: ServerGroups,
  locations: readonly Location[],
  cluster: string,
): Promise<readonly LivePlace[]> {
  const read = await Promise.all(
    locations.map(async (location) => {
      try {
        return livePlace(location, await serverGroups.list(location, cluster));
      } catch (error) {
        return { location, error: asCoxswainError(error) };
      }
    }),
  );
  const blind = read.flatMap((place) => ('error' in place ? [place] : []));
  const seen = read.flatMap((place) => ('error' in place ? [] : [place]));
  const [first] = blind;
  if (first === undefined) return seen;
  throw new Blindness(
    first.error,
    [first, ...blind.slice(1)],
    seen.map(({ location }) => location),
  );
}

const groupFact = (group: ServerGroup) =>
  `${group.name} ${imageVersion(group.image)} ×${group.desired} (${group.marathonVersion})`;

/** What a plan depends on, in words: each group's name, version and size in each place; health and time are left out. */
export function factsOf(places: readonly LivePlace[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    places.map(({ location, groups }) => [
      locationName(location),
      groups.length === 0 ? 'nothing runs' : groups.map(groupFact).join('; '),
    ]),
  );
}

/** The version that serves: one where all places agree, else each with its place; `nothing` where none does. */
export function runningVersion(places: readonly LivePlace[]): string {
  const versions = places.map(({ current }) => (current === undefined ? 'nothing' : imageVersion(current.image)));
  const [first = 'nothing'] = versions;
  if (versions.every((version) => version === first)) return first;
  return places.map(({ location }, index) => `${versions[index] ?? ''} in ${location.region}`).join(', ');
}

/** `v001 1.1 4/4 healthy`. */
export const groupLine = (group: ServerGroup): string => {
  const name = `v${String(group.moniker.sequence).padStart(3, '0')} ${imageVersion(group.image)}`;
  return isDisabled(group) ? `${name} disabled` : `${name} ${countServing(group)}/${group.desired} healthy`;
};
