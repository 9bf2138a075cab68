import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import { locationName, type ServerGroup } from '../../model/server-group';
import type { ServerGroups } from '../../dcos/server-groups';
import type { TaskDefinition, TaskLook } from '../../engine/contracts/task';
import { placeOf } from './place';

const targetSchema = z.object({
  serverGroupName: z.string().optional(),
  target: z.string().optional(),
  cluster: z.string(),
});

const positions: Readonly<Record<string, (groups: readonly ServerGroup[]) => ServerGroup | undefined>> = {
  current_asg: (groups) => groups[0],
  ancestor_asg: (groups) => groups[1],
  oldest_asg: (groups) => (groups.length < 2 ? undefined : groups[groups.length - 1]),
};

/** Picks a target among a cluster's groups, newest first, enabled or not (semantics §4.3). Throws NOT_FOUND. */
export function pickTarget(groups: readonly ServerGroup[], target: string, where: string): ServerGroup {
  const found = positions[target.replace(/_dynamic$/, '')]?.(groups);
  if (found !== undefined) return found;
  const seen = groups.map((group) => group.name).join(', ');
  throw new CoxswainError('NOT_FOUND', {
    message: `There is no ${target} in ${where}: it has ${seen === '' ? 'no server groups' : seen}.`,
  });
}

type Needs = { readonly serverGroups: ServerGroups };

/** Finds out, when the stage begins, which server group is meant; its name becomes an output. */
export const determineTargetServerGroup: TaskDefinition<Needs> = {
  name: 'determineTargetServerGroup',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run({ context, services, signal }) {
    const { serverGroupName, target, cluster } = targetSchema.parse(context);
    const location = placeOf(context);
    if (serverGroupName !== undefined) return { status: 'SUCCEEDED', outputs: { targetServerGroup: serverGroupName } };
    if (target === undefined) {
      return {
        status: 'TERMINAL',
        code: 'INVALID_INPUT',
        reason: 'Name a target or a serverGroupName: the stage has neither.',
      };
    }
    const groups = await services.serverGroups.list(location, cluster, signal);
    const where = `cluster ${cluster} in ${locationName(location)}`;
    return { status: 'SUCCEEDED', outputs: { targetServerGroup: pickTarget(groups, target, where).name } };
  },
};

/** The target's name, as the first task found it. */
export const targetNameOf = (look: Pick<TaskLook<unknown>, 'stage'>): string =>
  z.string().parse(look.stage.outputs.targetServerGroup);

/** The target itself; undefined when it is gone. */
export const readTarget = (look: TaskLook<Needs>): Promise<ServerGroup | undefined> =>
  look.services.serverGroups.get(placeOf(look.context), targetNameOf(look), look.signal);
