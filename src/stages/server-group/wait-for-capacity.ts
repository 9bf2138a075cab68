import { z } from 'zod';
import type { ServerGroup } from '../../model/server-group';
import { countUp } from '../../model/server-group';
import type { Text } from '../../model/text';
import type { Stage } from '../../model/execution';
import type { ServerGroups } from '../../dcos/server-groups';
import type { TaskDefinition, TaskLook } from '../../engine/contracts/task';
import { placeOf } from './place';
import { readTarget, targetNameOf } from './target';

type Needs = { readonly serverGroups: ServerGroups };

const pollMs = 2000;
/** How long instances may take before the last failure is looked up. */
const diagnoseAfterMs = 3000;

const targetSize = (look: TaskLook<unknown>, group: ServerGroup): number =>
  z.number().catch(group.desired).parse(look.stage.context.targetDesiredSize);

async function failureOf(look: TaskLook<Needs>): Promise<string> {
  if (look.now - look.startedAt < diagnoseAfterMs) return '';
  const failure = await look.services.serverGroups.lastFailure(placeOf(look.context), targetNameOf(look), look.signal);
  return failure === undefined ? '' : `, last failure: ${failure}`;
}

/** Waits until as many instances are up as the stage asked for, and no more are left than that (semantics §4.2). */
export const waitForCapacityMatch: TaskDefinition<Needs> = {
  name: 'waitForCapacityMatch',
  timeoutMs: 30 * 60_000,
  timeoutFromStage: true,
  async run(look) {
    const group = await readTarget(look);
    if (group === undefined) {
      return {
        status: 'TERMINAL',
        code: 'NOT_FOUND',
        reason: `Server group ${targetNameOf(look)} vanished while it was awaited.`,
      };
    }
    const wanted = targetSize(look, group);
    const up = countUp(group);
    if (up >= wanted && group.instances.length === wanted)
      return { status: 'SUCCEEDED', context: { capacityNow: { up, wanted } } };
    const failure = up < wanted ? await failureOf(look) : '';
    const progress = `${group.name} ${up}/${wanted} healthy${failure}`;
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
