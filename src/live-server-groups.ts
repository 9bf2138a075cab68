import { createServerGroups, type WatchedServerGroups } from './dcos/marathon-server-groups';
import { createSights, type SightsOptions } from './dcos/sights';
import { systemClock } from './engine/clock';
import { liveConnections, type LiveConnections } from './live-connections';
import type { Definitions } from './model/application';

/** How server groups of changing clusters are put together. */
export type LiveServerGroupsOptions = Partial<SightsOptions> & {
  /** Connections that others use too; its own by default. */
  readonly connections?: LiveConnections;
};

/**
 * Server groups of the clusters that the definitions name now; connections and shared views are made anew when those
 * change, and not when only something else was loaded again. Since when a cluster cannot be seen outlives both.
 */
export function liveServerGroups(
  definitions: () => Definitions,
  options: LiveServerGroupsOptions = {},
): WatchedServerGroups {
  const { clock = systemClock, connections = liveConnections(definitions) } = options;
  const sights = createSights({ ...options, clock });
  let connected: { readonly to: ReturnType<LiveConnections>; readonly serverGroups: WatchedServerGroups } | undefined;
  const current = (): WatchedServerGroups => {
    const to = connections();
    if (connected?.to !== to) {
      const marathons = new Map([...to].map(([name, { marathon }]) => [name, marathon]));
      connected = { to, serverGroups: createServerGroups({ clusters: marathons, sandboxes: to, clock, sights }) };
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
    lockHolders: (...call) => current().lockHolders(...call),
    readOutput: (...call) => current().readOutput(...call),
  };
}
