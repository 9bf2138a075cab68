import { buildServerGroupName, nextSequence } from '../../model/moniker';
import { locationName, type Location, type ServerGroup } from '../../model/server-group';

/** The next free name of a cluster in a place, given all its groups there. Throws NO_FREE_NAME. */
export function nameOfNext(groups: readonly ServerGroup[], cluster: string, location: Location): string {
  const taken = groups.map(({ moniker, createdTime }) => ({ sequence: moniker.sequence, createdTime }));
  return buildServerGroupName(cluster, nextSequence(taken, cluster, locationName(location)));
}
