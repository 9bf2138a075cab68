import { isDeepStrictEqual } from 'node:util';
import type { DcosCluster, Definitions } from './model/application';

/** Something open that can be ended. */
export type Closeable = { readonly close: () => void };

/** One open stream per cluster. */
export type ClusterStreams = {
  /** Opens streams of new clusters, closes those of removed ones, and opens anew where a cluster's settings changed. */
  readonly follow: (clusters: Definitions['clusters']) => void;
  /** Ends them all. */
  readonly close: () => void;
};

/** Keeps a stream open per cluster that is followed, by its name; `open` must not throw. */
export function createClusterStreams(open: (cluster: DcosCluster) => Closeable): ClusterStreams {
  const streams = new Map<string, { readonly cluster: DcosCluster; readonly stream: Closeable }>();
  const closeUnless = (isKept: (cluster: DcosCluster) => boolean): void => {
    for (const [name, { cluster, stream }] of streams) {
      if (isKept(cluster)) continue;
      stream.close();
      streams.delete(name);
    }
  };
  return {
    follow: (clusters) => {
      // Definitions are loaded whole whenever a file changes, so the same cluster comes as another object.
      closeUnless((cluster) => isDeepStrictEqual(clusters.get(cluster.name), cluster));
      for (const [name, cluster] of clusters) {
        if (!streams.has(name)) streams.set(name, { cluster, stream: open(cluster) });
      }
    },
    close: () => closeUnless(() => false),
  };
}
