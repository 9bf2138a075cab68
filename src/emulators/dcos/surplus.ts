import { countsOf, placeOf } from './constraints';
import type { Context } from './context';
import { inKillOrder } from './instances';
import type { AppSpec, Instance } from './world';

/**
 * Chooses the instances that go when an app is scaled down by `count`: first those whose end spreads the others more
 * evenly, as GROUP_BY wants, then in Marathon's kill order.
 */
export function chooseSurplus(
  context: Context,
  spec: AppSpec,
  instances: readonly Instance[],
  count: number,
): readonly Instance[] {
  const fields = (spec.constraints ?? [])
    .filter(([, operator]) => operator === 'GROUP_BY')
    .map(([field]) => field ?? '');
  const agents = new Map(context.agents.map((agent) => [agent.id, agent]));
  const place = ({ agentId, host }: Instance) => placeOf(agents.get(agentId) ?? { hostname: host });
  let left = inKillOrder(instances, spec.killSelection);
  const chosen: Instance[] = [];
  while (chosen.length < count && left.length > 0) {
    const spreads = fields.map((field) => ({ field, counts: countsOf(field, left.map(place)) }));
    const evens = left.find(
      (instance) => spreads.length > 0 && spreads.every((spread) => isCrowded(spread, place(instance))),
    );
    const next = evens ?? left[0];
    if (next === undefined) break;
    chosen.push(next);
    left = left.filter((other) => other !== next);
  }
  return chosen;
}

type Spread = { readonly field: string; readonly counts: ReadonlyMap<string, number> };

/** Whether a place has more instances than another, and none has more than it. */
function isCrowded({ field, counts }: Spread, place: ReturnType<typeof placeOf>): boolean {
  const all = [...counts.values()];
  const own = counts.get(place(field) ?? '') ?? 0;
  return own === Math.max(...all) && own > Math.min(...all);
}
