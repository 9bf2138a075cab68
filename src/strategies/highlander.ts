import { locationName } from '../model/server-group';
import type { Strategy } from './strategy';
import { leastServing } from './take-over';

/**
 * There can be only one: all other server groups of the cluster are destroyed once the new one is up (semantics §5). Until
 * all N instances of the new one serve, the old one is left alone: it never takes out more than leaves min(N, M) serving, M
 * being what served before.
 */
export const highlander: Strategy = {
  name: 'highlander',
  summary: ({ desiredCapacity }) => `highlander: ${desiredCapacity} new up and healthy, then all others are destroyed`,
  promise:
    'What served before serves until all instances of the new server group are healthy; then all others go out of service and are destroyed. There is no way back but another deploy. Where the new one does not come up, what served before is untouched.',
  after: (change, deployment) => [
    {
      type: 'shrinkCluster',
      name: `Shrink ${change.cluster} to 1 in ${locationName(change.location)}`,
      context: {
        location: change.location,
        cluster: change.cluster,
        shrinkToSize: 1,
        allowDeleteActive: true,
        retainLargerOverNewer: false,
        ...leastServing(change, deployment),
      },
    },
  ],
  keepsWayBack: false,
};
