import { z } from 'zod';
import { clusterStage } from './cluster/cluster-stage';

const config = z.looseObject({
  remainingEnabledServerGroups: z.coerce.number().int().min(0).default(1),
  preferLargerOverNewer: z.stringbool().or(z.boolean()).default(false),
});

/** Takes all but the newest enabled server groups of a cluster out of service. */
export const disableCluster = clusterStage({
  type: 'disableCluster',
  label: 'Disable cluster',
  config,
  choose: (context) => {
    const { remainingEnabledServerGroups, preferLargerOverNewer } = config.parse(context);
    return { keep: remainingEnabledServerGroups, among: 'active', preferLarger: preferLargerOverNewer };
  },
  act: { type: 'disableServerGroup', label: 'Disable' },
});
