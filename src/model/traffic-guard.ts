import type { Moniker } from './moniker';
import { safeRegion, type Location } from './server-group';

/**
 * Which clusters are guarded, in Spinnaker's fields (semantics §8). `*` stands for any; of `stack` and `detail`, null stands for
 * clusters that have none, while a null `account` or `location` matches nothing.
 */
export type TrafficGuardRule = {
  readonly enabled: boolean;
  readonly account: string | null;
  /** A region as its team calls it, or in Spinnaker's safe form `dc1_web`. */
  readonly location: string | null;
  readonly stack: string | null;
  readonly detail: string | null;
};

const isAnyOf = (wanted: string | null, names: readonly string[]): boolean =>
  wanted !== null && (wanted === '*' || names.includes(wanted));

const isPart = (wanted: string | null, part: string | null): boolean =>
  wanted === '*' || (wanted === null || wanted.trim() === '' ? null : wanted) === part;

/** Whether any of the rules guards a cluster in a place; which one makes no difference. */
export function isGuardedBy(
  rules: readonly TrafficGuardRule[],
  { stack, detail }: Pick<Moniker, 'stack' | 'detail'>,
  location: Location,
): boolean {
  return rules.some(
    (rule) =>
      rule.enabled &&
      isAnyOf(rule.account, [location.account]) &&
      isAnyOf(rule.location, [location.region, safeRegion(location)]) &&
      isPart(rule.stack, stack) &&
      isPart(rule.detail, detail),
  );
}
