import { z } from 'zod';
import { defineStage } from '../services';
import {
  aroundCreation,
  createApp,
  descriptionOf,
  determineSourceServerGroup,
  firstSizeOf,
} from './server-group/creation';
import { imageFor } from './server-group/image';
import { placeOf } from './server-group/place';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

const config = z.looseObject({ cluster: z.string(), desiredCapacity: z.number().int().positive() });

/** One new server group in one place, then what its strategy does with the others (semantics §4.4, §5). */
export const createServerGroup = defineStage({
  type: 'createServerGroup',
  needs: ['serverGroups'],
  config,
  tasks: [
    determineSourceServerGroup,
    createApp('createServerGroup', ({ execution, stage, context, key, services, signal }, name) => {
      const imageId = imageFor(execution, stage, placeOf(context));
      const desiredCapacity = firstSizeOf(stage);
      const description = { ...descriptionOf(context), desiredCapacity, docker: { image: { imageId } } };
      return services.serverGroups.create(description, name, key, signal);
    }),
    waitForCapacityMatch,
  ],
  ...aroundCreation,
  render: renderCapacity,
});
