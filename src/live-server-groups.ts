import { connectClusters } from './dcos/cluster-connections';
import { createServerGroups } from './dcos/marathon-server-groups';
import type { ServerGroups } from './dcos/server-groups';
import type { Definitions } from './model/application';

/** Server groups of the clusters that the definitions name now; connections are made anew when those change. */
export function liveServerGroups(definitions: () => Definitions): ServerGroups {
  let connected: { readonly clusters: Definitions['clusters']; readonly serverGroups: ServerGroups } | undefined;
  const current = (): ServerGroups => {
    const { clusters } = definitions();
    if (connected?.clusters !== clusters) {
      connected = { clusters, serverGroups: createServerGroups({ clusters: connectClusters(clusters) }) };
    }
    return connected.serverGroups;
  };
  return {
    list: (...call) => current().list(...call),
    get: (...call) => current().get(...call),
    create: (...call) => current().create(...call),
    resize: (...call) => current().resize(...call),
    destroy: (...call) => current().destroy(...call),
    lastNonZeroSize: (...call) => current().lastNonZeroSize(...call),
    lastFailure: (...call) => current().lastFailure(...call),
    isDeploying: (...call) => current().isDeploying(...call),
  };
}
