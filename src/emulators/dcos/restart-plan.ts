/** What decides how a rolling restart begins. */
export type RestartInput = {
  /** Instances wanted. */
  readonly instances: number;
  readonly minimumHealthCapacity: number;
  readonly maximumOverCapacity: number;
  readonly isResident: boolean;
  /** Healthy instances of the old version. */
  readonly healthyOld: number;
  /** Instances of the old version that are not being killed. */
  readonly current: number;
};

/** The limits of a rolling restart. */
export type RestartPlan = { readonly minHealthy: number; readonly maxCapacity: number; readonly killNow: number };

/**
 * Marathon's arithmetic of the upgrade strategy (RestartStrategy in TaskReplaceActor). With 4 instances, all healthy:
 *
 * | strategy (health, over) | minHealthy | maxCapacity | killNow |
 * | --- | --- | --- | --- |
 * | 1, 1 | 4 | 8 | 0 |
 * | 0, 0 | 0 | 4 | 4 |
 * | 0.5, 0 | 2 | 4 | 2 |
 * | 1, 0 | 4 | 5 (one over, else nothing could move) | 0 |
 */
export function planRestart(input: RestartInput): RestartPlan {
  const { instances, healthyOld, current } = input;
  const minHealthy = Math.ceil(instances * input.minimumHealthCapacity);
  let maxCapacity = Math.floor(instances * (1 + input.maximumOverCapacity));
  let killNow = Math.max(0, healthyOld - minHealthy);
  if (minHealthy === maxCapacity && maxCapacity <= healthyOld) {
    if (input.isResident) killNow += 1;
    else maxCapacity += 1;
  }
  return { minHealthy, maxCapacity, killNow: Math.max(killNow, current - instances) };
}
