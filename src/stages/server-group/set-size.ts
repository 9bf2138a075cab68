import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import type { Memo } from '../../model/execution';
import type { ServerGroups } from '../../dcos/server-groups';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { exactly, type Capacity } from '../../model/capacity';
import type { ServerGroup } from '../../model/server-group';
import { placeOf } from './place';
import { explainMissing, readTarget, targetNameOf } from './target';

type Needs = { readonly serverGroups: ServerGroups };

const intentSchema = z.object({ size: z.number(), original: z.number() });
type Intent = z.infer<typeof intentSchema>;
const lockRetryMs = 3000;

const missing = async (look: TaskLook<Needs>): Promise<TaskResult> => ({
  status: 'TERMINAL',
  code: 'NOT_FOUND',
  reason: await explainMissing(look, targetNameOf(look)),
});

/** The size that the target has now, and the one it had before, under its name (semantics §4.4). */
const outputsOf = (name: string, { size, original }: Intent) => ({
  capacity: exactly(size),
  [`originalCapacity.${name}`]: exactly(original),
});

/** Waits out a Marathon lock, naming its holder; forces only where the stage says so (decisions 10). Throws other errors. */
export function waitForLock(error: unknown, memo: Memo): TaskResult {
  if (!(error instanceof CoxswainError) || error.code !== 'MARATHON_LOCKED') throw error;
  return { status: 'RUNNING', retryAfterMs: lockRetryMs, memo, context: { progress: error.message } };
}

/** The size asked for, and the context that tells of it: of a resize Spinnaker's `capacity` too. */
async function decide(chosen: Promise<number | Capacity>, { desired }: ServerGroup) {
  const wanted = await chosen;
  const [size, capacity] = typeof wanted === 'number' ? [wanted, {}] : [wanted.desired, { capacity: wanted }];
  return { size, context: { targetDesiredSize: size, originalCapacity: desired, ...capacity } };
}

/**
 * Sets the target's size in two steps: the size is decided and saved, then sent. Repeating is harmless: a group that
 * has the size already is left alone. `chooseSize` sees the group as it is; all three sizes of a resize join the context.
 */
export function setSize(
  name: string,
  chooseSize: (look: TaskLook<Needs>, desired: number) => Promise<number | Capacity>,
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
        const { size, context } = await decide(chooseSize(look, group.desired), group);
        const memo = { size, original: group.desired };
        if (group.desired === size) return { status: 'SUCCEEDED', outputs: outputsOf(group.name, memo), context };
        return { status: 'RUNNING', retryAfterMs: 0, memo, context };
      }
      const { size } = intent.data;
      const outputs = outputsOf(group.name, intent.data);
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
