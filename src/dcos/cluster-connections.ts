import type { Clock } from '../engine/clock';
import { createHttpClient } from '../http-client/create-http-client';
import type { DcosCluster } from '../model/application';
import { createMarathonClient } from './marathon-client';
import type { MarathonClient } from './marathon-client';

/** How clusters are spoken to. */
export type ConnectOptions = {
  /** @default 'coxswain' */
  readonly userAgent?: string;
  /** @default 5000 */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
};

const connect = (cluster: DcosCluster, options: ConnectOptions): MarathonClient =>
  createMarathonClient(
    createHttpClient({
      userAgent: 'coxswain',
      ...options,
      baseUrl: `${cluster.url.replace(/\/+$/, '')}/service/marathon`,
      ...(cluster.caFile === undefined ? {} : { caFile: cluster.caFile }),
    }),
  );

/** A Marathon client per configured cluster, by the cluster's name. Opens no connection yet. */
export const connectClusters = (
  clusters: ReadonlyMap<string, DcosCluster>,
  options: ConnectOptions = {},
): ReadonlyMap<string, MarathonClient> =>
  new Map([...clusters].map(([name, cluster]) => [name, connect(cluster, options)]));
