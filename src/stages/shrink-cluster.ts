import { z } from 'zod';
import type { StageContext } from '../model/execution';
import { clusterStage } from './cluster/cluster-stage';
import { flagOr, wholeNumber, wholeNumberOr } from './server-group/spinnaker-values';

const config = z.looseObject({
  shrinkToSize: wholeNumberOr(1),
  allowDeleteActive: flagOr(false),
  retainLargerOverNewer: flagOr(false),
  /** Whether all that go are taken out of service before the first is destroyed, where those in service may go. */
  runDisableClusterStep: flagOr(true),
  continueIfClusterNotFound: flagOr(false),
  /** Ours: the way back, kept before newer groups that are none. */
  keepFirst: z.array(z.string()).optional(),
  /** Ours: how many healthy instances must be left when those in service are taken out. */
  minimumServing: wholeNumber,
});

const disablesFirst = (context: StageContext): boolean => {
  const { allowDeleteActive, runDisableClusterStep } = config.parse(context);
  return allowDeleteActive && runDisableClusterStep;
};

/** Destroys all but so many server groups of a cluster; those in service only where that is allowed (semantics §4.6). */
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
