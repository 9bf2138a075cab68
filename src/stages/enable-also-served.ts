import { z } from 'zod';
import { locationName } from '../model/server-group';
import { defineStage } from '../services';
import { placeOf } from './server-group/place';

const config = z.looseObject({
  cluster: z.string(),
  groups: z.array(z.object({ serverGroupName: z.string(), desired: z.number() })),
});

/**
 * Brings back what served beside the group that a way back leads to, each at its size where it still stands, all at the same
 * time: one that does not come up keeps no other from it.
 */
export const enableAlsoServed = defineStage({
  type: 'enableAlsoServed',
  isInternal: true,
  needs: [],
  config,
  parallelBefore: true,
  before: ({ stage }) => {
    const { cluster, groups } = config.parse(stage.context);
    const location = placeOf(stage.context);
    return groups.map(({ serverGroupName, desired }) => ({
      type: 'enableServerGroup',
      name: `Enable ${serverGroupName} in ${locationName(location)}`,
      context: {
        location,
        cluster,
        serverGroupName,
        minimumCapacity: desired,
        continueIfServerGroupNotFound: true,
      },
    }));
  },
  tasks: [],
});
