import { z } from 'zod';
import { clusterStage } from './cluster/cluster-stage';
import { flagOr, wholeNumber, wholeNumberOr } from './server-group/spinnaker-values';

const config = z.looseObject({
  remainingEnabledServerGroups: wholeNumberOr(1).describe('How many stay in service in each place. Default: 1.'),
  preferLargerOverNewer: flagOr(false).describe('Whether the largest stay rather than the newest. Default: false.'),
  minimumServing: wholeNumber.describe('Ours: how many healthy instances must be left.'),
});

/** Takes all but the newest enabled server groups of a cluster out of service (semantics §4.6). */
export const disableCluster = clusterStage({
  type: 'disableCluster',
  label: 'Disable cluster',
  about: {
    summary:
      'Takes all but the newest server groups of a cluster out of service, each through `disableServerGroup`. What this execution created is spared.',
    puts: { victims: 'The names of the server groups that were chosen.' },
    cancel:
      'The parts that work on server groups go back: what they took out of service comes back, what they destroyed is gone.',
    restart: 'Chooses anew among the server groups that there are then.',
  },
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
