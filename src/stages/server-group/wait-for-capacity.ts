import { z } from 'zod';
import type { ServerGroup } from '../../model/server-group';
import { countUp } from '../../model/server-group';
import type { Text } from '../../model/text';
import type { Stage } from '../../model/execution';
import type { ServerGroups } from '../../dcos/server-groups';
import type { TaskDefinition, TaskLook } from '../../engine/contracts/task';
import { beforeFirstLook } from './first-look';
import { placeOf } from './place';
import { targetNameOf } from './target';

type Needs = { readonly serverGroups: ServerGroups };

const pollMs = 2000;
/** How long instances may take before the last failure is told. */
const diagnoseAfterMs = 3000;

const targetSize = (look: TaskLook<unknown>, group: ServerGroup): number =>
  z.number().catch(group.desired).parse(look.stage.context.targetDesiredSize);

/** Waits until as many instances are up as the stage asked for, and no more are left than that (semantics §4.2). */
export const waitForCapacityMatch: TaskDefinition<Needs> = {
  name: 'waitForCapacityMatch',
  timeoutMs: 30 * 60_000,
  timeoutFromStage: true,
  async run(look) {
    const early = beforeFirstLook(look);
    if (early !== undefined) return early;
    const name = targetNameOf(look);
    const location = placeOf(look.context);
    const { value: view } = await look.services.serverGroups.look(location, look.signal);
    const group = view.group(location, name);
    if (group === undefined) {
      return { status: 'TERMINAL', code: 'NOT_FOUND', reason: `Server group ${name} vanished while it was awaited.` };
    }
    const wanted = targetSize(look, group);
    const up = countUp(group);
    if (up >= wanted && group.instances.length === wanted)
      return { status: 'SUCCEEDED', context: { capacityNow: { up, wanted } } };
    const isLate = up < wanted && look.now - look.startedAt >= diagnoseAfterMs;
    const cause = isLate ? view.lastFailure(location, name) : undefined;
    const failure = cause === undefined ? '' : `, last failure: ${cause}`;
    const progress = `${name} ${up}/${wanted} healthy${failure}`;
    return { status: 'RUNNING', retryAfterMs: pollMs, context: { capacityNow: { up, wanted, failure }, progress } };
  },
};

const capacityNow = z.object({ up: z.number(), wanted: z.number(), failure: z.string().default('') });

/** `3/4 healthy`, while the stage waits and after. */
export function renderCapacity(stage: Stage): Text | undefined {
  const seen = capacityNow.safeParse(stage.context.capacityNow);
  const name = z.string().safeParse(stage.outputs.targetServerGroup ?? stage.outputs.serverGroupName);
  const prefix = name.success ? `${name.data} ` : '';
  if (!seen.success) return name.success ? name.data : undefined;
  const { up, wanted, failure } = seen.data;
  return wanted === 0 ? `${prefix}out of service` : `${prefix}${up}/${wanted} healthy${failure}`;
}
