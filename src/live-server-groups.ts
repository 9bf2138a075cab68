import { isDeepStrictEqual } from 'node:util';
import { openConnections } from './dcos/cluster-connections';
import { createServerGroups, type WatchedServerGroups } from './dcos/marathon-server-groups';
import { createSights, type SightsOptions } from './dcos/sights';
import { systemClock } from './engine/clock';
import type { Definitions } from './model/application';

const isSame = (one: Definitions['clusters'], other: Definitions['clusters']): boolean =>
  one === other || isDeepStrictEqual(one, other);

/**
 * Server groups of the clusters that the definitions name now; connections and shared views are made anew when those
 * change, and not when only something else was loaded again. Since when a cluster cannot be seen outlives both.
 */
export function liveServerGroups(
  definitions: () => Definitions,
  options: Partial<SightsOptions> = {},
): WatchedServerGroups {
  const { clock = systemClock } = options;
  const sights = createSights({ ...options, clock });
  let connected: { readonly clusters: Definitions['clusters']; readonly serverGroups: WatchedServerGroups } | undefined;
  const current = (): WatchedServerGroups => {
    const { clusters } = definitions();
    if (connected === undefined || !isSame(connected.clusters, clusters)) {
      const sandboxes = openConnections(clusters);
      const marathons = new Map([...sandboxes].map(([name, { marathon }]) => [name, marathon]));
      connected = { clusters, serverGroups: createServerGroups({ clusters: marathons, sandboxes, clock, sights }) };
    }
    return connected.serverGroups;
  };
  return {
    clusterChanged: (...call) => current().clusterChanged(...call),
    look: (...call) => current().look(...call),
    list: (...call) => current().list(...call),
    get: (...call) => current().get(...call),
    create: (...call) => current().create(...call),
    unmanaged: (...call) => current().unmanaged(...call),
    recreate: (...call) => current().recreate(...call),
    clone: (...call) => current().clone(...call),
    groupOfInstance: (...call) => current().groupOfInstance(...call),
    terminate: (...call) => current().terminate(...call),
    resize: (...call) => current().resize(...call),
    destroy: (...call) => current().destroy(...call),
    lastNonZeroSize: (...call) => current().lastNonZeroSize(...call),
    lastFailure: (...call) => current().lastFailure(...call),
    diagnose: (...call) => current().diagnose(...call),
  };
}
