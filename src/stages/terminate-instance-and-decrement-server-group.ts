import { z } from 'zod';
import { defineStage } from '../services';
import { termination } from './server-group/spread-instances';
import { renderInstances } from './server-group/terminate';

/** Kills instances by their ids for good: their server group is smaller by as many afterwards (semantics §3). */
export const terminateInstanceAndDecrementServerGroup = defineStage({
  type: 'terminateInstanceAndDecrementServerGroup',
  aliases: ['terminateInstanceAndDecrementAsg'],
  needs: ['serverGroups', 'trafficGuard'],
  needsPlaces: true,
  // Which cluster that is, its instances say.
  namesCluster: () => true,
  config: z.looseObject({
    instance: z.string().optional(),
    instanceId: z.string().optional(),
    instanceIds: z.array(z.string().min(1)).min(1).optional(),
    serverGroupName: z.string().optional(),
    asgName: z.string().optional(),
  }),
  ...termination('terminateInstanceAndDecrementServerGroup', true),
  render: ({ context }) => renderInstances(context),
});
