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
import { fanOut, workerTasks } from './server-group/fan-out';
import { imageFor } from './server-group/image';
import { placeOf } from './server-group/place';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

type Needs = Pick<Services, 'serverGroups'>;

const part = z.string().nullish();
const config = z.looseObject({
  cluster: z.string().optional(),
  application: z.string().optional(),
  stack: part,
  freeFormDetails: part,
  desiredCapacity: z.number().int().positive(),
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
  needs: ['serverGroups'],
  needsPlaces: true,
  namesCluster: ({ application }) => application !== undefined,
  config,
  before: planPlaces,
  tasks: workerTasks<Needs>([
    determineSourceServerGroup,
    createApp('createServerGroup', ({ execution, stage, context, key, services, signal }, name) => {
      const imageId = imageFor(execution, stage, placeOf(context));
      const desiredCapacity = firstSizeOf(stage);
      const description = { ...descriptionOf(context), desiredCapacity, docker: { image: { imageId } } };
      return services.serverGroups.create(description, name, key, signal);
    }),
    waitForCapacityMatch,
  ]),
  ...aroundCreation,
  render: renderCapacity,
});
