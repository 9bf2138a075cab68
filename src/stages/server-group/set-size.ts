import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import type { Memo } from '../../model/execution';
import type { ServerGroups } from '../../dcos/server-groups';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { placeOf } from './place';
import { readTarget, targetNameOf } from './target';

type Needs = { readonly serverGroups: ServerGroups };

const intentSchema = z.object({ size: z.number(), deploymentId: z.string().optional(), acted: z.boolean().optional() });
const lockRetryMs = 3000;

const missing = (look: TaskLook<Needs>): TaskResult => ({
  status: 'TERMINAL',
  code: 'NOT_FOUND',
  reason: `Server group ${targetNameOf(look)} does not exist any more.`,
});

const outputsOf = (size: number) => ({ capacity: { min: size, desired: size, max: size } });

/** Waits out a Marathon lock, naming its holder; forces only where the stage says so (decisions 10). Throws other errors. */
export function waitForLock(error: unknown, memo: Memo): TaskResult {
  if (!(error instanceof CoxswainError) || error.code !== 'MARATHON_LOCKED') throw error;
  return { status: 'RUNNING', retryAfterMs: lockRetryMs, memo, context: { progress: error.message } };
}

/**
 * Sets the target's size in two steps: the size is decided and saved, then sent. Repeating is harmless: a group that
 * has the size already is left alone. `chooseSize` sees the group as it is; its outputs join the stage's.
 */
export function setSize(
  name: string,
  chooseSize: (look: TaskLook<Needs>, desired: number) => Promise<number>,
): TaskDefinition<Needs> {
  return {
    name,
    timeoutMs: 30 * 60_000,
    timeoutFromStage: true,
    async run(look) {
      const group = await readTarget(look);
      if (group === undefined) return missing(look);
      const intent = intentSchema.safeParse(look.memo);
      if (!intent.success) {
        const size = await chooseSize(look, group.desired);
        const capacity = { targetDesiredSize: size, originalCapacity: group.desired };
        if (group.desired === size) return { status: 'SUCCEEDED', outputs: outputsOf(size), context: capacity };
        return { status: 'RUNNING', retryAfterMs: 0, memo: { size }, context: capacity };
      }
      const { size } = intent.data;
      const outputs = outputsOf(size);
      if (group.desired === size) return { status: 'SUCCEEDED', outputs };
      const force = look.context.forceDeployment === true;
      try {
        await look.services.serverGroups.resize(placeOf(look.context), group.name, size, { force }, look.signal);
        return { status: 'SUCCEEDED', outputs };
      } catch (error) {
        return waitForLock(error, intent.data);
      }
    },
  };
}
