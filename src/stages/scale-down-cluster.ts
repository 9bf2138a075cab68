import { z } from 'zod';
import { clusterStage } from './cluster/cluster-stage';
import { flagOr, wholeNumberOr } from './server-group/spinnaker-values';

const config = z.looseObject({
  remainingFullSizeServerGroups: wholeNumberOr(1),
  allowScaleDownActive: flagOr(false),
  preferLargerOverNewer: flagOr(false),
});

/** Scales all but so many server groups of a cluster to 0; those in service only where that is allowed (semantics §4.6). */
export const scaleDownCluster = clusterStage({
  type: 'scaleDownCluster',
  label: 'Scale down cluster',
  config,
  choose: (context) => {
    const { remainingFullSizeServerGroups, allowScaleDownActive, preferLargerOverNewer } = config.parse(context);
    const among = allowScaleDownActive ? 'all' : 'inactive';
    return { keep: remainingFullSizeServerGroups, among, preferLarger: preferLargerOverNewer };
  },
  act: () => ({
    type: 'resizeServerGroup',
    label: 'Scale down',
    context: { action: 'scale_exact', capacity: { desired: 0 } },
  }),
});
