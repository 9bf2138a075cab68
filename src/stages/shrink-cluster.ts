import { z } from 'zod';
import type { StageContext } from '../model/execution';
import { clusterStage } from './cluster/cluster-stage';
import { flagOr, wholeNumber, wholeNumberOr } from './server-group/spinnaker-values';

const config = z.looseObject({
  shrinkToSize: wholeNumberOr(1).describe('How many are left in each place. Default: 1.'),
  allowDeleteActive: flagOr(false).describe('Whether those in service may go too. Default: false.'),
  retainLargerOverNewer: flagOr(false).describe('Whether the largest are kept rather than the newest. Default: false.'),
  runDisableClusterStep: flagOr(true).describe(
    'With `allowDeleteActive`: whether all that go are out of service before the first is destroyed. Default: true.',
  ),
  continueIfClusterNotFound: flagOr(false),
  keepFirst: z
    .array(z.string())
    .optional()
    .describe(
      'Names of server groups that are kept before any other, whatever their age, the first before the second.',
    ),
  minimumServing: wholeNumber.describe(
    'Ours: how many healthy instances must be left when those in service are taken out.',
  ),
});

const disablesFirst = (context: StageContext): boolean => {
  const { allowDeleteActive, runDisableClusterStep } = config.parse(context);
  return allowDeleteActive && runDisableClusterStep;
};

/** Destroys all but so many server groups of a cluster; those in service only where that is allowed (semantics §4.6). */
export const shrinkCluster = clusterStage({
  type: 'shrinkCluster',
  label: 'Shrink cluster',
  about: {
    summary:
      'Destroys all but the newest server groups of a cluster, each through `destroyServerGroup`. What this execution created is spared.',
    puts: { victims: 'The names of the server groups that were chosen.' },
    cancel:
      'The parts that work on server groups go back: what they took out of service comes back, what they destroyed is gone.',
    restart: 'Chooses anew among the server groups that there are then.',
  },
  config,
  choose: (context) => {
    const { shrinkToSize, allowDeleteActive, retainLargerOverNewer, keepFirst } = config.parse(context);
    const among = allowDeleteActive ? 'all' : 'inactive';
    const choice = { keep: shrinkToSize, among, preferLarger: retainLargerOverNewer } as const;
    return keepFirst === undefined ? choice : { ...choice, keepFirst };
  },
  prepare: (context) => {
    if (!disablesFirst(context)) return undefined;
    const { shrinkToSize, retainLargerOverNewer, continueIfClusterNotFound, minimumServing } = config.parse(context);
    return {
      type: 'disableCluster',
      label: 'Disable cluster',
      context: {
        remainingEnabledServerGroups: shrinkToSize,
        preferLargerOverNewer: retainLargerOverNewer,
        continueIfClusterNotFound: continueIfClusterNotFound || shrinkToSize === 0,
        ...(minimumServing === undefined ? {} : { minimumServing }),
      },
    };
  },
  toleratesAbsence: (context) => config.parse(context).shrinkToSize === 0,
  act: (context) => {
    const { allowDeleteActive } = config.parse(context);
    // What is out of service already need not be disabled first; its own traffic guard asks again.
    const isOut = !allowDeleteActive || disablesFirst(context);
    return { type: 'destroyServerGroup', label: 'Destroy', context: isOut ? { skipDisableBeforeDestroy: true } : {} };
  },
});
