import { z } from 'zod';
import { locationName } from '../model/server-group';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import { childrenOf } from '../engine/graph';
import { defineStage } from '../services';
import { placeOf } from './server-group/place';

const config = z.looseObject({
  cluster: z.string(),
  rollbackServerGroupName: z.string(),
  restoreServerGroupName: z.string(),
  desired: z.number(),
});

const enabling = z.object({ originalCapacity: z.number(), targetDesiredSize: z.number() });

/** The other way round, where the good one had begun to come up: what served before serves again. */
function turnRound({ execution, stage }: PlanInput): readonly StagePlan[] {
  const { cluster, rollbackServerGroupName, restoreServerGroupName, desired } = config.parse(stage.context);
  const enable = childrenOf(execution, stage).find((child) => child.type === 'enableServerGroup');
  const begun = enabling.safeParse(enable?.context);
  if (!begun.success) return [];
  const location = placeOf(stage.context);
  const place = locationName(location);
  const base = { location, cluster };
  const { originalCapacity } = begun.data;
  return [
    {
      type: 'enableServerGroup',
      name: `Enable ${rollbackServerGroupName} in ${place}`,
      context: { ...base, serverGroupName: rollbackServerGroupName, capacity: { desired }, forceDeployment: true },
    },
    {
      type: 'resizeServerGroup',
      name: `${restoreServerGroupName} back to ${originalCapacity} in ${place}`,
      context: {
        ...base,
        serverGroupName: restoreServerGroupName,
        action: 'scale_exact',
        capacity: { desired: originalCapacity },
        forceDeployment: true,
      },
    },
  ];
}

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
        context: { location, cluster, serverGroupName: rollbackServerGroupName, forceDeployment: true },
      },
    ];
  },
});
