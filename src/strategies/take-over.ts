import { healthyTarget } from '../model/capacity';
import { locationName } from '../model/server-group';
import type { StagePlan } from '../engine/contracts/stage';
import type { Deployment } from './strategy';
import type { Change } from './undo';

/** A wait as a stage; none where there is nothing to wait. */
export const waitPlan = (name: string, waitTime: number | undefined): readonly StagePlan[] =>
  waitTime !== undefined && waitTime > 0 ? [{ type: 'wait', name, context: { waitTime } }] : [];

/**
 * How many healthy instances every step that takes from the old must leave: as many as served when the deploy began, of all
 * groups together, or as many of the new group as must be healthy where those are fewer. Nothing where nothing served, or
 * health is of no interest.
 */
export function leastServing({ source, alsoServed = [] }: Change, deployment: Deployment): { minimumServing?: number } {
  const { desiredCapacity, targetHealthyDeployPercentage = 100, interestingHealthProviderNames } = deployment;
  if (source === undefined || interestingHealthProviderNames?.length === 0) return {};
  const served = [source, ...alsoServed].reduce((sum, { serving }) => sum + serving, 0);
  return { minimumServing: Math.min(healthyTarget(desiredCapacity, targetHealthyDeployPercentage), served) };
}

/** Takes the old out of service, whatever is left of it; the new one must serve enough by then. */
export const disableOld = (change: Change, deployment: Deployment): StagePlan => ({
  type: 'disableCluster',
  name: `Disable the old in ${locationName(change.location)}`,
  context: {
    location: change.location,
    cluster: change.cluster,
    remainingEnabledServerGroups: 1,
    ...leastServing(change, deployment),
  },
});

function scaleDown({ location, cluster }: Change, deployment: Deployment): readonly StagePlan[] {
  if (deployment.scaleDown !== true) return [];
  return [
    ...waitPlan('Wait Before Scale Down', deployment.delayBeforeScaleDownSec),
    {
      type: 'scaleDownCluster',
      name: `Scale down in ${locationName(location)}`,
      context: { location, cluster, remainingFullSizeServerGroups: 1 },
    },
  ];
}

/**
 * What follows once the old is out of service: it is scaled down where asked for, and the surplus goes last, so that the way
 * back stands until the end (decisions 4). `keep` is how many groups stay at most, the new one counted; 0 for all. Two and more
 * keep a way back: first the source, then the newest of what served beside it, then the newest of the others.
 */
export function clearSurplus(change: Change, deployment: Deployment, keep: number): readonly StagePlan[] {
  const { location, cluster, source, alsoServed = [] } = change;
  if (source === undefined) return [];
  const keepFirst = [source, ...alsoServed].map(({ serverGroupName }) => serverGroupName);
  const shrink: StagePlan = {
    type: 'shrinkCluster',
    name: `Keep ${keep} in ${locationName(location)}`,
    context: { location, cluster, shrinkToSize: keep, keepFirst },
  };
  return [...scaleDown(change, deployment), ...(keep > 0 ? [shrink] : [])];
}

/** What red/black does with the old once the new is whole: wait, out of service, then the surplus. */
export const replaceOld = (change: Change, deployment: Deployment, keep: number): readonly StagePlan[] =>
  change.source === undefined
    ? []
    : [
        ...waitPlan('Wait Before Disable', deployment.delayBeforeDisableSec),
        disableOld(change, deployment),
        ...clearSurplus(change, deployment, keep),
      ];

/** Sets the size of the new group, of which as much must be healthy as at its creation. */
export function growNew({ location, cluster, created }: Change, size: number, deployment: Deployment): StagePlan {
  const { desiredCapacity, targetHealthyDeployPercentage, interestingHealthProviderNames } = deployment;
  return {
    type: 'resizeServerGroup',
    name: `Grow ${created} to ${size} of ${desiredCapacity} in ${locationName(location)}`,
    context: {
      location,
      cluster,
      serverGroupName: created,
      action: 'scale_exact',
      capacity: { desired: size },
      ...(targetHealthyDeployPercentage === undefined ? {} : { targetHealthyDeployPercentage }),
      ...(interestingHealthProviderNames === undefined ? {} : { interestingHealthProviderNames }),
    },
  };
}

/** `, 30 s before that` for a wait, empty for none. */
export const waitText = (seconds: number | undefined): string =>
  seconds === undefined || !(seconds > 0) ? '' : `, ${seconds} s`;
