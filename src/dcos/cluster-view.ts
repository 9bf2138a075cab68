import { parseMoniker } from '../model/moniker';
import type { Location, ServerGroup } from '../model/server-group';
import { locationName, newestFirst } from '../model/server-group';
import { describeFailure } from './describe-failure';
import { marathonParent } from './marathon-id';
import type { MarathonAppInfo } from './marathon-schemas';
import { recentFailure } from './recent-failure';
import { serverGroupInPlace, unmanagedFromApp } from './server-group-from-app';
import type { ClusterView } from './server-groups';

type Place = {
  readonly byName: ReadonlyMap<string, ServerGroup>;
  readonly byCluster: ReadonlyMap<string, readonly ServerGroup[]>;
};

const parentOf = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf('/')));

function byParent(apps: readonly MarathonAppInfo[]): ReadonlyMap<string, readonly MarathonAppInfo[]> {
  const found = new Map<string, MarathonAppInfo[]>();
  for (const app of apps) {
    const parent = parentOf(app.id);
    const siblings = found.get(parent);
    if (siblings === undefined) found.set(parent, [app]);
    else siblings.push(app);
  }
  return found;
}

function placeOf(apps: readonly MarathonAppInfo[], location: Location): Place {
  const byName = new Map<string, ServerGroup>();
  const byCluster = new Map<string, ServerGroup[]>();
  for (const app of apps) {
    const group = serverGroupInPlace(app, location);
    if (group === undefined) continue;
    byName.set(group.name, group);
    const siblings = byCluster.get(group.moniker.cluster);
    if (siblings === undefined) byCluster.set(group.moniker.cluster, [group]);
    else siblings.push(group);
  }
  for (const groups of byCluster.values()) groups.sort(newestFirst);
  return { byName, byCluster };
}

/** Indexes a list of apps. A place is translated when it is first asked for, and once. */
export function createClusterView(apps: readonly MarathonAppInfo[]): ClusterView {
  const parents = byParent(apps);
  const places = new Map<string, Place>();
  const appsIn = (location: Location) => parents.get(marathonParent(location)) ?? [];
  const appAt = (location: Location, name: string) => {
    const id = `${marathonParent(location)}/${name}`;
    return appsIn(location).find((app) => app.id === id);
  };
  const place = (location: Location): Place => {
    // The region's name too: several of a team's names may mean one place, and each group says where it is.
    const key = `${locationName(location)} ${marathonParent(location)}`;
    const known = places.get(key) ?? placeOf(appsIn(location), location);
    places.set(key, known);
    return known;
  };
  return {
    clusters: (location, application) =>
      [...place(location).byCluster.keys()].filter((name) => parseMoniker(name)?.app === application).sort(),
    groups: (location, cluster) => place(location).byCluster.get(cluster) ?? [],
    group: (location, name) => place(location).byName.get(name),
    lastFailure: (location, name) => {
      const found = appAt(location, name);
      return found === undefined ? undefined : describeFailure(found);
    },
    isAiling: (location, name) => {
      const found = appAt(location, name);
      const isSick = found?.tasks.some((task) => task.healthCheckResults.some(({ alive }) => !alive));
      return isSick === true || (found !== undefined && recentFailure(found) !== undefined);
    },
    unmanaged: (location, application) =>
      appsIn(location)
        .filter((app) => parseMoniker(app.id.slice(app.id.lastIndexOf('/') + 1))?.app === application)
        .flatMap((app) => unmanagedFromApp(app, location) ?? [])
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
