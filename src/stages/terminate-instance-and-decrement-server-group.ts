import { z } from 'zod';
import { defineStage } from '../services';
import { placeFields } from './server-group/fan-out';
import { termination } from './server-group/spread-instances';
import { renderInstances } from './server-group/terminate';

/** Kills instances by their ids for good: their server group is smaller by as many afterwards (semantics §3). */
export const terminateInstanceAndDecrementServerGroup = defineStage({
  type: 'terminateInstanceAndDecrementServerGroup',
  about: {
    summary:
      'Kills instances for good: their server group is smaller by as many afterwards. The instances are of one cluster; they are killed by their ids. The traffic guard refuses to kill all that serve of the last server group that does.',
    puts: { terminatedInstances: 'The ids.', cluster: 'Their cluster.' },
    cancel: 'What is killed stays killed, and the size as it is.',
    restart: 'Kills those that are still there.',
  },
  aliases: ['terminateInstanceAndDecrementAsg'],
  needs: ['serverGroups', 'trafficGuard'],
  needsPlaces: true,
  // Which cluster that is, its instances say.
  namesCluster: () => true,
  config: z.looseObject({
    ...placeFields,
    instance: z.string().optional().describe('The id of the Mesos task.'),
    instanceId: z.string().optional().describe('The same.'),
    instanceIds: z.array(z.string().min(1)).min(1).optional().describe('The ids of several.'),
    serverGroupName: z.string().optional().describe('The server group that they must be of.'),
    asgName: z.string().optional().describe('An old name of `serverGroupName`.'),
  }),
  ...termination('terminateInstanceAndDecrementServerGroup', true),
  render: ({ context }) => renderInstances(context),
});
