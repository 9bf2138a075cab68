import { z } from 'zod';
import { clusterStage } from './cluster/cluster-stage';

const config = z.looseObject({
  shrinkToSize: z.coerce.number().int().min(0).default(1),
  allowDeleteActive: z.boolean().default(false),
  retainLargerOverNewer: z.stringbool().or(z.boolean()).default(false),
  /** Ours: the way back, kept before newer groups that are none. */
  keepFirst: z.array(z.string()).optional(),
});

/** Destroys all but so many server groups of a cluster; those in service only where that is allowed. */
export const shrinkCluster = clusterStage({
  type: 'shrinkCluster',
  label: 'Shrink cluster',
  config,
  choose: (context) => {
    const { shrinkToSize, allowDeleteActive, retainLargerOverNewer, keepFirst } = config.parse(context);
    const among = allowDeleteActive ? 'all' : 'inactive';
    const choice = { keep: shrinkToSize, among, preferLarger: retainLargerOverNewer } as const;
    return keepFirst === undefined ? choice : { ...choice, keepFirst };
  },
  act: {
    type: 'destroyServerGroup',
    label: 'Destroy',
    // What is out of service already need not be disabled first; its own traffic guard asks again.
    context: ({ allowDeleteActive }) => (allowDeleteActive === true ? {} : { skipDisableBeforeDestroy: true }),
  },
});
