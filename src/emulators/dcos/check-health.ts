import type { AppSpec } from './world';

/** What one health check of a task has shown so far; moments are timestamps. */
export type CheckHealth = {
  /** The place of the check in the app's `healthChecks`. */
  readonly index: number;
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly firstSuccess?: string | undefined;
  readonly lastSuccess?: string | undefined;
  readonly lastFailure?: string | undefined;
  readonly lastFailureCause?: string | undefined;
};

/** One result of a check: `cause` says why it failed. */
export type CheckResult = { readonly check: number; readonly isHealthy: boolean; readonly cause?: string };

/** What a check has shown after one more result; undefined `before` is a check without any. */
export function afterResult(before: CheckHealth | undefined, result: CheckResult, at: string): CheckHealth {
  const { check: index, isHealthy, cause = 'unknown' } = result;
  const earlier = before ?? { index, alive: false, consecutiveFailures: 0 };
  if (isHealthy) {
    const firstSuccess = earlier.firstSuccess ?? at;
    return { ...earlier, alive: true, consecutiveFailures: 0, firstSuccess, lastSuccess: at };
  }
  const consecutiveFailures = earlier.consecutiveFailures + 1;
  return { ...earlier, alive: false, consecutiveFailures, lastFailure: at, lastFailureCause: cause };
}

/** A task is alive when every check has passed last, and not as soon as one has failed; undefined between. */
export function aliveByAll(checks: readonly CheckHealth[], { healthChecks = [] }: AppSpec): boolean | undefined {
  if (checks.some(({ alive }) => !alive)) return false;
  return checks.length === healthChecks.length ? true : undefined;
}

/** The checks of an app as if each had passed once. */
export function allPassed({ healthChecks = [] }: AppSpec, at: string): CheckHealth[] {
  return healthChecks.map((_check, index) => afterResult(undefined, { check: index, isHealthy: true }, at));
}
