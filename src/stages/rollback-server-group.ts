import { z } from 'zod';
import { locationName } from '../model/server-group';
import { defineStage } from '../services';
import { placeOf } from './server-group/place';

const config = z.looseObject({
  cluster: z.string(),
  rollbackServerGroupName: z.string(),
  restoreServerGroupName: z.string(),
  desired: z.number(),
});

/**
 * One server group for another in one place: the good one up to the larger of its own last size and the bad one's, then
 * the bad one out of service. Enable and resize are one scale-up on DC/OS (semantics §4.8).
 */
export const rollbackServerGroup = defineStage({
  type: 'rollbackServerGroup',
  needs: [],
  config,
  tasks: [],
  after: ({ stage }) => {
    const { cluster, rollbackServerGroupName, restoreServerGroupName, desired } = config.parse(stage.context);
    const location = placeOf(stage.context);
    const place = locationName(location);
    return [
      {
        type: 'enableServerGroup',
        name: `Enable ${restoreServerGroupName} in ${place}`,
        context: { location, cluster, serverGroupName: restoreServerGroupName, minimumCapacity: desired },
      },
      {
        type: 'disableServerGroup',
        name: `Disable ${rollbackServerGroupName} in ${place}`,
        context: { location, cluster, serverGroupName: rollbackServerGroupName, forceDeployment: true },
      },
    ];
  },
});
