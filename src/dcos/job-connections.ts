import type { Clock } from '../engine/clock';
import type { Location } from '../model/server-group';
import type { ClusterConnection } from './cluster-connections';
import { unknownCluster } from './unknown-cluster';

/** What of a DC/OS cluster its jobs need. */
export type JobConnection = Pick<ClusterConnection, 'metronome' | 'mesos' | 'files'> & { readonly clock: Clock };

/** What jobs are put together from: the connections as they are now, by the name of the DC/OS cluster. */
export type JobsOptions = {
  readonly connections: () => ReadonlyMap<string, Omit<JobConnection, 'clock'>>;
  readonly clock: Clock;
};

/** The connection of a place. Throws NOT_FOUND. */
export function connectionOf({ connections, clock }: JobsOptions, { dcosCluster }: Location): JobConnection {
  const open = connections();
  const found = open.get(dcosCluster);
  if (found === undefined) throw unknownCluster(dcosCluster, open.keys());
  return { ...found, clock };
}
