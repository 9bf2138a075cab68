import { z } from 'zod';
import { clusterStage } from './cluster/cluster-stage';
import { flagOr, wholeNumberOr } from './server-group/spinnaker-values';

const config = z.looseObject({
  remainingFullSizeServerGroups: wholeNumberOr(1).describe('How many keep their size in each place. Default: 1.'),
  allowScaleDownActive: flagOr(false).describe('Whether those in service may go too. Default: false.'),
  preferLargerOverNewer: flagOr(false).describe('Whether the largest are kept rather than the newest. Default: false.'),
});

/** Scales all but so many server groups of a cluster to 0; those in service only where that is allowed (semantics §4.6). */
export const scaleDownCluster = clusterStage({
  type: 'scaleDownCluster',
  label: 'Scale down cluster',
  about: {
    summary:
      'Scales all but the newest server groups of a cluster to 0, each through `resizeServerGroup`. What this execution created is spared.',
    puts: { victims: 'The names of the server groups that were chosen.' },
    cancel:
      'The parts that work on server groups go back: what they took out of service comes back, what they destroyed is gone.',
    restart: 'Chooses anew among the server groups that there are then.',
  },
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
