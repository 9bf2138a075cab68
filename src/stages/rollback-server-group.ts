import { z } from 'zod';
import { locationName } from '../model/server-group';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import { childrenOf } from '../engine/graph';
import { defineStage } from '../services';
import { placeOf } from './server-group/place';
import { sizesBack } from './server-group/size-back';

const config = z.looseObject({
  cluster: z.string(),
  rollbackServerGroupName: z.string(),
  restoreServerGroupName: z.string(),
  desired: z.number(),
});

/** The other way round, as far as each change of size still stands: what served before serves again. */
const turnRound = ({ execution, stage }: PlanInput): readonly StagePlan[] =>
  sizesBack(execution, childrenOf(execution, stage));

/**
 * One server group for another in one place: the good one up to the larger of its own last size and the bad one's, then
 * the bad one out of service. Enable and resize are one scale-up on DC/OS (semantics §4.8).
 */
export const rollbackServerGroup = defineStage({
  type: 'rollbackServerGroup',
  needs: [],
  config,
  tasks: [],
  onCancel: turnRound,
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
        context: {
          location,
          cluster,
          serverGroupName: rollbackServerGroupName,
          forceDeployment: true,
          continueIfServerGroupNotFound: true,
        },
      },
    ];
  },
});
