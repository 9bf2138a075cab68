import { deploymentsOf } from './change-apps';
import type { Context } from './context';
import { createInstance, decommission, inKillOrder, instancesOf } from './instances';

/**
 * Brings every app that no deployment works on back to its instance count, as Marathon does every
 * `scale_apps_interval`: a stopped deployment may have left too many or too few. Versions stay mixed.
 */
export function checkScale(context: Context): void {
  for (const spec of Object.values(context.world.apps)) {
    if (deploymentsOf(context, [spec.id]).length > 0) continue;
    const kept = instancesOf(context, spec.id).filter((each) => each.goal === 'Running');
    const surplus = Math.max(0, kept.length - spec.instances);
    for (const instance of inKillOrder(kept, spec.killSelection).slice(0, surplus)) decommission(context, instance);
    for (let count = kept.length; count < spec.instances; count += 1) createInstance(context, spec);
  }
}
