import { deploymentsOf } from './change-apps';
import type { Context } from './context';
import { createInstance, decommission, instancesOf, isWanted } from './instances';
import { chooseSurplus } from './surplus';
import type { AppSpec } from './world';

/**
 * Brings every app that no deployment works on back to its instance count, as Marathon does every
 * `scale_apps_interval`: a stopped deployment may have left too many or too few. Versions stay mixed.
 */
export function checkScale(context: Context): void {
  for (const spec of Object.values(context.world.apps)) {
    if (deploymentsOf(context, [spec.id]).length === 0) scaleApp(context, spec);
  }
}

/** Brings one app back to its instance count; an instance given up as unreachable counts for nothing. */
export function scaleApp(context: Context, spec: AppSpec): void {
  const kept = instancesOf(context, spec.id).filter(isWanted);
  const surplus = Math.max(0, kept.length - spec.instances);
  for (const instance of chooseSurplus(context, spec, kept, surplus)) decommission(context, instance);
  for (let count = kept.length; count < spec.instances; count += 1) createInstance(context, spec);
}
