import { isDeepStrictEqual } from 'node:util';
import { openConnections, type ClusterConnection } from './dcos/cluster-connections';
import type { Definitions } from './model/application';

/** The connections of all clusters as they are now; the same map while the clusters stay the same. */
export type LiveConnections = () => ReadonlyMap<string, ClusterConnection>;

const isSame = (one: Definitions['clusters'], other: Definitions['clusters']): boolean =>
  one === other || isDeepStrictEqual(one, other);

/** Connections to the clusters that the definitions name now, made anew when those change. */
export function liveConnections(definitions: () => Definitions): LiveConnections {
  let open:
    { readonly clusters: Definitions['clusters']; readonly connections: ReturnType<LiveConnections> } | undefined;
  return () => {
    const { clusters } = definitions();
    if (open === undefined || !isSame(open.clusters, clusters)) {
      open = { clusters, connections: openConnections(clusters) };
    }
    return open.connections;
  };
}
