import { z } from 'zod';
import { clusterStage } from './cluster/cluster-stage';
import { flagOr, wholeNumber, wholeNumberOr } from './server-group/spinnaker-values';

const config = z.looseObject({
  remainingEnabledServerGroups: wholeNumberOr(1),
  preferLargerOverNewer: flagOr(false),
  /** Ours: how many healthy instances must be left. */
  minimumServing: wholeNumber,
});

/** Takes all but the newest enabled server groups of a cluster out of service (semantics §4.6). */
export const disableCluster = clusterStage({
  type: 'disableCluster',
  label: 'Disable cluster',
  config,
  choose: (context) => {
    const { remainingEnabledServerGroups, preferLargerOverNewer } = config.parse(context);
    return { keep: remainingEnabledServerGroups, among: 'active', preferLarger: preferLargerOverNewer };
  },
  act: (context) => {
    const { minimumServing } = config.parse(context);
    const least = minimumServing === undefined ? {} : { minimumServing };
    return { type: 'disableServerGroup', label: 'Disable', context: least };
  },
});
