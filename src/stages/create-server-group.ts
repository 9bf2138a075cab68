import { z } from 'zod';
import { defineStage } from '../services';
import { aroundCreation, createApp, descriptionOf, determineSourceServerGroup } from './server-group/creation';
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
      const location = placeOf(context);
      const imageId = imageFor(execution, stage, location);
      // Only the stage itself describes the app: what stages before it put out is for expressions.
      const description = { ...descriptionOf(stage.context), location, docker: { image: { imageId } } };
      return services.serverGroups.create(description, name, key, signal);
    }),
    waitForCapacityMatch,
  ],
  ...aroundCreation,
  render: renderCapacity,
});
