import { z } from 'zod';
import type { StageContext } from '../../model/execution';
import type { ServerGroup } from '../../model/server-group';
import type { Accepted, ServerGroups } from '../../dcos/server-groups';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { placeOf } from './place';
import { changedSince, missing, sentChange, sizeChangeOf, sizeOutputs, unlessLeftAlone } from './sized';
import { flag } from './spinnaker-values';
import { readTarget } from './target';
import { changeLocked, waitForLock } from './wait-for-lock';

type Needs = { readonly serverGroups: ServerGroups };

const ownDeployments = (deployments: readonly string[]): StageContext => ({ ownDeployments: deployments });

const forceSchema = z.object({
  forceDeployment: flag.catch(undefined),
  /** The Marathon deployments that may be forced, and no other. */
  forceOnly: z.array(z.string()).optional().catch(undefined),
});
async function send(look: TaskLook<Needs>, { name }: ServerGroup, size: number): Promise<Accepted> {
  const { forceDeployment: force = false, forceOnly = [] } = forceSchema.parse(look.stage.context);
  const place = placeOf(look.context);
  const resize = (isForced: boolean) =>
    look.services.serverGroups.resize(place, name, size, { force: isForced }, look.signal);
  return changeLocked(look, resize, { force, forceOnly });
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
