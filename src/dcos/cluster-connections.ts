import { systemClock } from '../engine/clock';
import type { Clock } from '../engine/clock';
import { belowPath } from '../http-client/below-path';
import { followCaFile } from '../http-client/follow-ca-file';
import type { HttpClient } from '../http-client/http-client';
import type { DcosCluster } from '../model/application';
import { createAuthenticatedClient } from './authenticated-client';
import { createFilesClient } from './files-client';
import type { FilesClient } from './files-client';
import { createLogIn } from './log-in';
import { createMarathonClient } from './marathon-client';
import type { MarathonClient } from './marathon-client';
import { createMesosClient } from './mesos-client';
import type { MesosClient } from './mesos-client';
import { createMetronomeClient } from './metronome-client';
import type { MetronomeClient } from './metronome-client';
import { createTokenSource } from './token-source';

/** How clusters are spoken to. */
export type ConnectOptions = {
  /** @default 'coxswain' */
  readonly userAgent?: string;
  /** @default 5000 */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
};

/** Everything that one DC/OS cluster offers, with one login for all of it. */
export type ClusterConnection = {
  readonly name: string;
  readonly marathon: MarathonClient;
  readonly metronome: MetronomeClient;
  readonly mesos: MesosClient;
  readonly files: FilesClient;
};

function openHttp(cluster: DcosCluster, options: ConnectOptions): HttpClient {
  const { auth, url } = cluster;
  const clock = options.clock ?? systemClock;
  const settings = {
    userAgent: options.userAgent ?? 'coxswain',
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(cluster.caFile === undefined ? {} : { caFile: cluster.caFile }),
  };
  const http = followCaFile({ ...settings, clock, baseUrl: url });
  if (auth.type === 'none') return http;
  const logIn = createLogIn({ clusterName: cluster.name, clusterUrl: url, auth, clock, http: settings });
  return createAuthenticatedClient(http, createTokenSource({ logIn, clock, host: http.host }));
}

/** The connection of one cluster; see `openConnections`. */
export function connectCluster(cluster: DcosCluster, options: ConnectOptions = {}): ClusterConnection {
  const http = openHttp(cluster, options);
  const { name, marathonPath = '/service/marathon', metronomePath = '/service/metronome' } = cluster;
  return {
    name,
    marathon: createMarathonClient(belowPath(http, marathonPath)),
    metronome: createMetronomeClient(belowPath(http, metronomePath)),
    mesos: createMesosClient(http),
    files: createFilesClient(http),
  };
}

/**
 * A connection per configured cluster, by the cluster's name. Nothing is sent yet: the first call logs in. A cluster whose
 * certificate file cannot be read has a connection too, whose calls throw UNREACHABLE until it can be.
 */
export const openConnections = (
  clusters: ReadonlyMap<string, DcosCluster>,
  options: ConnectOptions = {},
): ReadonlyMap<string, ClusterConnection> =>
  new Map([...clusters].map(([name, cluster]) => [name, connectCluster(cluster, options)]));

/** The Marathon of each configured cluster; see `openConnections`. */
export const connectClusters = (
  clusters: ReadonlyMap<string, DcosCluster>,
  options: ConnectOptions = {},
): ReadonlyMap<string, MarathonClient> =>
  new Map([...openConnections(clusters, options)].map(([name, { marathon }]) => [name, marathon]));
