import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import type { Memo, StageContext } from '../../model/execution';
import type { ServerGroup } from '../../model/server-group';
import type { Accepted, ServerGroups } from '../../dcos/server-groups';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { placeOf } from './place';
import { changedSince, missing, sentChange, sizeChangeOf, sizeOutputs, unlessLeftAlone } from './sized';
import { flag } from './spinnaker-values';
import { readTarget } from './target';

type Needs = { readonly serverGroups: ServerGroups };

/** A quarter of the time that a step has waited for a lock already, within these bounds, passes until it tries again. */
const shortestRetryMs = 3000;
const longestRetryMs = 60_000;

/**
 * Waits out a Marathon lock, naming its holder and asking ever more rarely; forces only where the stage says so (decisions 10).
 * Throws other errors.
 */
export function waitForLock(
  error: unknown,
  memo: Memo,
  { now, startedAt }: Pick<TaskLook<never>, 'now' | 'startedAt'>,
): TaskResult {
  if (!(error instanceof CoxswainError) || error.code !== 'MARATHON_LOCKED') throw error;
  const retryAfterMs = Math.min(longestRetryMs, Math.max(shortestRetryMs, Math.round((now - startedAt) / 4)));
  return { status: 'RUNNING', retryAfterMs, memo, context: { progress: error.message } };
}

const ownDeployments = (deployments: readonly string[]): StageContext => ({ ownDeployments: deployments });

const forceSchema = z.object({
  forceDeployment: flag.catch(undefined),
  /** The Marathon deployments that may be forced, and no other. */
  forceOnly: z.array(z.string()).optional().catch(undefined),
});
const holdersSchema = z.array(z.string()).min(1);

function isHeldBy(error: unknown, deployments: readonly string[]): boolean {
  if (!(error instanceof CoxswainError) || error.code !== 'MARATHON_LOCKED') return false;
  const holders = holdersSchema.safeParse(error.fields.deployments);
  return holders.success && holders.data.every((id) => deployments.includes(id));
}

async function send(look: TaskLook<Needs>, { name }: ServerGroup, size: number): Promise<Accepted> {
  const { forceDeployment = false, forceOnly = [] } = forceSchema.parse(look.stage.context);
  const resize = (force: boolean) =>
    look.services.serverGroups.resize(placeOf(look.context), name, size, { force }, look.signal);
  try {
    return await resize(forceDeployment);
  } catch (error) {
    if (!isHeldBy(error, forceOnly)) throw error;
    return resize(true);
  }
}

/**
 * Sets the target's size as it was decided, in two steps: the intent is saved, then sent. Repeating is harmless: a group
 * that has the size already is left alone. `recheck` may keep it from acting.
 */
export const setSize = <S extends Needs>(
  name: string,
  recheck: (look: TaskLook<S>) => Promise<TaskResult | undefined> = () => Promise.resolve(undefined),
): TaskDefinition<S> =>
  unlessLeftAlone({
    name,
    timeoutMs: 30 * 60_000,
    timeoutFromStage: true,
    acts: 'DC/OS',
    async run(look) {
      const group = await readTarget(look);
      if (group === undefined) return missing(look);
      const change = sizeChangeOf(look.stage);
      const outputs = sizeOutputs(group.name, change);
      const size = change.targetDesiredSize;
      if (group.desired === size) {
        // What was sent without an answer is seen to have arrived: what deploys the group now is ours.
        const own = look.memo === undefined ? {} : ownDeployments(group.deployments);
        return { status: 'SUCCEEDED', outputs, context: own };
      }
      const memo = { size, original: change.originalCapacity };
      const place = placeOf(look.context);
      if (look.memo === undefined)
        return { status: 'RUNNING', retryAfterMs: 0, memo, decision: sentChange(place, group.name, change) };
      const changed = changedSince(look.stage, group);
      if (changed !== undefined) return changed;
      const denied = await recheck(look);
      if (denied !== undefined) return denied;
      try {
        const { deploymentId } = await send(look, group, size);
        return { status: 'SUCCEEDED', outputs, context: ownDeployments([deploymentId ?? []].flat()) };
      } catch (error) {
        return waitForLock(error, memo, look);
      }
    },
  });
