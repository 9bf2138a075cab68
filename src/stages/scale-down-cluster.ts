import { z } from 'zod';
import { clusterStage } from './cluster/cluster-stage';

const config = z.looseObject({
  remainingFullSizeServerGroups: z.coerce.number().int().min(0).default(1),
  allowScaleDownActive: z.boolean().default(false),
  preferLargerOverNewer: z.stringbool().or(z.boolean()).default(false),
});

/** Scales all but so many server groups of a cluster to 0; those in service only where that is allowed. */
export const scaleDownCluster = clusterStage({
  type: 'scaleDownCluster',
  label: 'Scale down cluster',
  config,
  choose: (context) => {
    const { remainingFullSizeServerGroups, allowScaleDownActive, preferLargerOverNewer } = config.parse(context);
    const among = allowScaleDownActive ? 'all' : 'inactive';
    return { keep: remainingFullSizeServerGroups, among, preferLarger: preferLargerOverNewer };
  },
  act: {
    type: 'resizeServerGroup',
    label: 'Scale down',
    context: () => ({ action: 'scale_exact', capacity: { desired: 0 } }),
  },
});
