import { z } from 'zod';
import { defineStage } from '../services';
import { termination } from './server-group/spread-instances';
import { renderInstances } from './server-group/terminate';

/** Kills instances by their ids; DC/OS starts others in their place. One that is gone counts as killed (semantics §3). */
export const terminateInstances = defineStage({
  type: 'terminateInstances',
  needs: ['serverGroups', 'trafficGuard'],
  needsPlaces: true,
  // Which cluster that is, its instances say.
  namesCluster: () => true,
  config: z.looseObject({ instanceIds: z.array(z.string().min(1)).min(1), serverGroupName: z.string().optional() }),
  ...termination('terminateInstances', false),
  render: ({ context }) => renderInstances(context),
});
