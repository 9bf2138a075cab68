import type { Definitions } from './application';
import { parseMoniker } from './moniker';
import type { Location } from './server-group';
import { isGuardedBy } from './traffic-guard';

/** What the files promise of a cluster in a place. */
export type ServingPromise = {
  /** Whether its last serving instance is guarded. */
  readonly isGuarded: boolean;
  /** How many healthy instances in service the environment keeps; absent where it says nothing. */
  readonly minInstances?: number;
};

/**
 * What the files promise of a cluster: guarded, unless its application lists `trafficGuards` and none of them matches; with
 * `minInstances` where the environment whose cluster it is says so. A cluster that no file describes is guarded.
 */
export function servingPromise(
  { applications }: Pick<Definitions, 'applications'>,
  cluster: string,
  location: Location,
): ServingPromise {
  const moniker = parseMoniker(cluster);
  const application = moniker && applications.get(moniker.app);
  if (moniker === undefined || application === undefined) return { isGuarded: true };
  const { trafficGuards, environments } = application;
  const environment = moniker.detail === null ? environments.get(moniker.stack ?? '') : undefined;
  const minInstances = environment?.trafficGuard?.minInstances;
  if (minInstances !== undefined) return { isGuarded: true, minInstances };
  return { isGuarded: trafficGuards === undefined || isGuardedBy(trafficGuards, moniker, location) };
}

/**
 * How many healthy instances a step must leave, by what the files promise and by what the step itself does; undefined where
 * nothing is asked of it: the cluster is not guarded, or each group keeps some and no number is promised.
 */
export function leastLeft(
  { isGuarded, minInstances }: ServingPromise,
  { minimumServing, keeping = 0 }: { readonly minimumServing?: number; readonly keeping?: number },
): number | undefined {
  const promised = Math.max(minInstances ?? 0, minimumServing ?? 0);
  if (promised > 0) return promised;
  return isGuarded && keeping === 0 ? 1 : undefined;
}
