import { locationName } from '../model/server-group';
import type { Strategy } from './strategy';

/** There can be only one: all other server groups of the cluster are destroyed once the new one is up (semantics §5). */
export const highlander: Strategy = {
  name: 'highlander',
  summary: 'highlander: all others are destroyed once the new one is up',
  promise:
    'What served before serves until all instances of the new server group are healthy; then all others go out of service and are destroyed. There is no way back but another deploy. Where the new one does not come up, what served before is untouched.',
  after: ({ location, cluster }) => [
    {
      type: 'shrinkCluster',
      name: `Shrink ${cluster} to 1 in ${locationName(location)}`,
      context: { location, cluster, shrinkToSize: 1, allowDeleteActive: true, retainLargerOverNewer: false },
    },
  ],
  keepsWayBack: false,
};
