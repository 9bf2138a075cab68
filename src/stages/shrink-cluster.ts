import { z } from 'zod';
import { clusterStage } from './cluster/cluster-stage';

const config = z.looseObject({
  shrinkToSize: z.coerce.number().int().min(0).default(1),
  allowDeleteActive: z.boolean().default(false),
  retainLargerOverNewer: z.stringbool().or(z.boolean()).default(false),
});

/** Destroys all but so many server groups of a cluster; those in service only where that is allowed. */
export const shrinkCluster = clusterStage({
  type: 'shrinkCluster',
  label: 'Shrink cluster',
  config,
  choose: (context) => {
    const { shrinkToSize, allowDeleteActive, retainLargerOverNewer } = config.parse(context);
    return { keep: shrinkToSize, among: allowDeleteActive ? 'all' : 'inactive', preferLarger: retainLargerOverNewer };
  },
  act: { type: 'destroyServerGroup', label: 'Destroy' },
});
