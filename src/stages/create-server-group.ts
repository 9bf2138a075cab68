import { z } from 'zod';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import { CoxswainError } from '../model/errors';
import type { StageContext } from '../model/execution';
import { buildCluster } from '../model/moniker';
import { defineStage, type Services } from '../services';
import {
  aroundCreation,
  createApp,
  descriptionOf,
  determineSourceServerGroup,
  firstSizeOf,
} from './server-group/creation';
import { descriptionFields, monikerFields, strategyFields } from './server-group/description-fields';
import { clusterFields, fanOut } from './server-group/fan-out';
import { healthFields } from './server-group/health-wish';
import { imageFor } from './server-group/image';
import { placeOf } from './server-group/place';
import { creationTasks } from './server-group/strategy-run';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

type Needs = Pick<Services, 'serverGroups'>;

const config = z.looseObject({
  ...clusterFields,
  ...monikerFields,
  desiredCapacity: z.number().int().positive().describe('How many instances.'),
  ...descriptionFields,
  ...strategyFields,
  ...healthFields,
});

/** The cluster of the new group: named, or of its parts. Throws INVALID_INPUT where neither is there. */
function clusterOf(context: StageContext): string {
  const { cluster, application, stack = null, freeFormDetails = null } = config.parse(context);
  if (cluster !== undefined) return cluster;
  if (application !== undefined) return buildCluster({ app: application, stack, detail: freeFormDetails });
  throw new CoxswainError('INVALID_INPUT', {
    message: 'The stage names no cluster. Give one, such as cluster: foo-prod.',
  });
}

/** Named for several places it plans one part for each, which knows its cluster. */
const planPlaces = (input: PlanInput): readonly StagePlan[] =>
  fanOut(
    'createServerGroup',
    'Deploy',
  )(input).map((plan) => ({
    ...plan,
    context: { ...plan.context, cluster: clusterOf(plan.context) },
  }));

/** One new server group in each place, then what its strategy does with the others (semantics §4.4, §5). */
export const createServerGroup = defineStage({
  type: 'createServerGroup',
  about: {
    summary:
      'Creates one server group from a description, in each place after the other, waits until its instances are healthy, and does with the others of the cluster what its strategy says. `deploy` plans one for each place.',
    puts: {
      serverGroupName: 'The name of the new server group.',
      'deploy.server.groups': 'By region, the names of new server groups.',
      source: 'What served before: `{ serverGroupName, desired, image }`; absent for none.',
      nextServerGroupName: 'The name that was free.',
      stoodBefore: 'All server groups that stood there.',
    },
    cancel:
      'Goes back: what was created is found by its key and goes out of service, and what served before serves again at its size.',
    restart:
      'Creates another server group, under the next free name; what an earlier attempt left is no source for it.',
  },
  needs: ['serverGroups'],
  needsPlaces: true,
  namesCluster: ({ application }) => application !== undefined,
  config,
  before: planPlaces,
  tasks: creationTasks<Needs>(
    [determineSourceServerGroup],
    [
      createApp('createServerGroup', ({ execution, stage, context, key, services, signal }, name) => {
        const location = placeOf(context);
        const imageId = imageFor(execution, stage, location);
        // Only the stage itself describes the app: what stages before it put out is for expressions.
        const description = {
          ...descriptionOf(stage.context),
          location,
          desiredCapacity: firstSizeOf(stage),
          docker: { image: { imageId } },
        };
        return services.serverGroups.create(description, name, key, signal);
      }),
      waitForCapacityMatch,
    ],
  ),
  ...aroundCreation,
  render: renderCapacity,
});
