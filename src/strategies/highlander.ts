import { locationName } from '../model/server-group';
import type { Strategy } from './strategy';

/** There can be only one: all other server groups of the cluster are destroyed once the new one is up (semantics §5). */
export const highlander: Strategy = {
  name: 'highlander',
  summary: 'highlander: all others are destroyed once the new one is up',
  after: ({ location, cluster }) => [
    {
      type: 'shrinkCluster',
      name: `Shrink ${cluster} to 1 in ${locationName(location)}`,
      context: { location, cluster, shrinkToSize: 1, allowDeleteActive: true, retainLargerOverNewer: false },
    },
  ],
  keepsWayBack: false,
};
