import { z } from 'zod';
import { defineStage } from '../services';
import { placeFields } from './server-group/fan-out';
import { termination } from './server-group/spread-instances';
import { renderInstances } from './server-group/terminate';

/** Kills instances by their ids; DC/OS starts others in their place. One that is gone counts as killed (semantics §3). */
export const terminateInstances = defineStage({
  type: 'terminateInstances',
  about: {
    summary:
      'Kills instances; DC/OS starts others in their place, which it does not wait for. The instances are of one cluster; they are killed by their ids. The traffic guard refuses to kill all that serve of the last server group that does.',
    puts: { terminatedInstances: 'The ids.', cluster: 'Their cluster.' },
    cancel: 'What is killed stays killed; DC/OS replaces it.',
    restart: 'Kills those that are still there.',
  },
  needs: ['serverGroups', 'trafficGuard'],
  needsPlaces: true,
  // Which cluster that is, its instances say.
  namesCluster: () => true,
  config: z.looseObject({
    ...placeFields,
    instanceIds: z.array(z.string().min(1)).min(1).describe('The ids of the Mesos tasks.'),
    serverGroupName: z.string().optional().describe('The server group that they must be of.'),
    notAfter: z
      .number()
      .optional()
      .describe(
        'Milliseconds since the epoch; after that, or once the execution was paused or had to wait, nothing more is killed, and the stage fails.',
      ),
  }),
  ...termination('terminateInstances', false),
  render: ({ context }) => renderInstances(context),
});
