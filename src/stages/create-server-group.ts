import { z } from 'zod';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import { CoxswainError } from '../model/errors';
import type { StageContext } from '../model/execution';
import { buildCluster } from '../model/moniker';
import { defineStage, type Services } from '../services';
import { aroundCreation, createApp, descriptionOf, firstSizeOf } from './server-group/creation';
import { descriptionFields, monikerFields, strategyFields } from './server-group/description-fields';
import { clusterFields, fanOut } from './server-group/fan-out';
import { healthFields } from './server-group/health-wish';
import { imageFor } from './server-group/image';
import { placeOf } from './server-group/place';
import { determineSourceServerGroup, sourceFields, usesSourceCapacity } from './server-group/source';
import { creationTasks } from './server-group/strategy-run';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

type Needs = Pick<Services, 'serverGroups'>;

const config = z
  .looseObject({
    ...clusterFields,
    ...monikerFields,
    desiredCapacity: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('How many instances; it may be left out with `useSourceCapacity` alone.'),
    ...sourceFields,
    ...descriptionFields,
    ...strategyFields,
    ...healthFields,
  })
  .refine((context) => context.desiredCapacity !== undefined || usesSourceCapacity(context), {
    path: ['desiredCapacity'],
    message: 'give a size, for example desiredCapacity: 2, or useSourceCapacity: true',
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
      source:
        'The server group that it follows: `{ asgName, serverGroupName, account, region, useSourceCapacity, desired, serving, image }`; `{}` for none.',
      servedBefore:
        'What served there, to which its strategy goes back: `{ serverGroupName, desired, serving }`; `{}` for none.',
      alsoServed: 'What else was in service then, in the same form.',
      'deploy.account.name': 'The account.',
      'kato.tasks': 'What was created, as cloud tasks of Spinnaker tell it.',
      capacitySnapshot: 'The size that was awaited: `{ minSize, desiredCapacity, maxSize }`.',
      lastCapacityCheck: 'Its instances by health: `{ up, down, outOfService, starting, succeeded, failed, unknown }`.',
      targetDesiredSize: 'The size of the new server group.',
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
    [determineSourceServerGroup(({ context }) => context)],
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
