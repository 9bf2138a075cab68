import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import type { Execution, Stage } from '../../model/execution';
import { locationName, placeName, type ServerGroup } from '../../model/server-group';
import type { ServerGroups } from '../../dcos/server-groups';
import { decisionOf } from '../../engine/decisions';
import type { TaskDefinition, TaskLook } from '../../engine/contracts/task';
import { childrenOf } from '../../engine/graph';
import { clusterOf, nameOf, placeOf } from './place';

const targetSchema = z.object({ target: z.string().optional() });

const positions: ReadonlyMap<string, (groups: readonly ServerGroup[]) => ServerGroup | undefined> = new Map([
  ['current_asg', (groups) => groups[0]],
  ['ancestor_asg', (groups) => groups[1]],
  ['oldest_asg', (groups) => (groups.length < 2 ? undefined : groups.at(-1))],
]);

/**
 * Picks a target among a cluster's groups, newest first, enabled or not (semantics §4.3). Throws NOT_FOUND, and INVALID_INPUT
 * for a target that means nothing.
 */
export function pickTarget(groups: readonly ServerGroup[], target: string, where: string): ServerGroup {
  const position = positions.get(target.replace(/_dynamic$/, ''));
  if (position === undefined) {
    const known = [...positions.keys()].map((name) => `${name}_dynamic`).join(', ');
    throw new CoxswainError('INVALID_INPUT', { message: `There is no target '${target}'. Use ${known}.` });
  }
  const found = position(groups);
  if (found !== undefined) return found;
  throw new CoxswainError('NOT_FOUND', { message: absence(target, where, groups) });
}

/** That something is not there, and what is. */
function absence(what: string, where: string, groups: readonly ServerGroup[]): string {
  const seen = groups.map((group) => group.name).join(', ');
  return `There is no ${what} in ${where}: it has ${seen === '' ? 'no server groups' : seen}.`;
}

type Needs = { readonly serverGroups: ServerGroups };

const keptSchema = z.object({ place: z.string(), targetServerGroup: z.string() });
const chosenSchema = z.object({ targetServerGroup: z.string() });

/** The target that an earlier attempt of a stage acted on; undefined where none acted, or elsewhere. */
export function keptTarget(execution: Execution, stage: Stage): string | undefined {
  const kept = keptSchema.safeParse(decisionOf(execution, stage)).data;
  return kept?.place === placeName(placeOf(stage.context)) ? kept.targetServerGroup : undefined;
}

/** The target that a part of the stage, which came before its own tasks, has acted on. */
const targetOfPart = (execution: Execution, stage: Stage): string | undefined =>
  childrenOf(execution, stage)
    .flatMap(({ outputs }) => chosenSchema.safeParse(outputs).data?.targetServerGroup ?? [])
    .at(0);

/** What the stage is about without looking: what it names, or what it, or a part of it, has acted on already. */
const knownTarget = ({ execution, stage }: TaskLook<Needs>): string | undefined =>
  nameOf(stage.context) ?? keptTarget(execution, stage) ?? targetOfPart(execution, stage);

/** Finds out, when the stage begins, which server group is meant; its name becomes an output. */
export const determineTargetServerGroup: TaskDefinition<Needs> = {
  name: 'determineTargetServerGroup',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run(look) {
    // Only the stage itself says what it is about: a deploy before it puts out the name of another.
    const { target } = targetSchema.parse(look.stage.context);
    const name = knownTarget(look);
    if (name !== undefined) return { status: 'SUCCEEDED', outputs: { targetServerGroup: name } };
    if (target === undefined) {
      return {
        status: 'TERMINAL',
        code: 'INVALID_INPUT',
        reason: 'Name a target or a serverGroupName: the stage has neither.',
      };
    }
    const { groups, where } = await clusterAround(look);
    return { status: 'SUCCEEDED', outputs: { targetServerGroup: pickTarget(groups, target, where).name } };
  },
};

/** All groups of the stage's cluster, newest first, and in words which cluster that is. */
async function clusterAround(look: TaskLook<Needs>) {
  const location = placeOf(look.context);
  const cluster = clusterOf(look);
  const groups = await look.services.serverGroups.list(location, cluster, look.signal);
  return { groups, where: `cluster ${cluster} in ${locationName(location)}` };
}

/** Says that a server group of this name is not there, and what is. */
export async function explainMissing(look: TaskLook<Needs>, name: string): Promise<string> {
  const { groups, where } = await clusterAround(look);
  return absence(name, where, groups);
}

/** The target's name, as the first task found it. */
export const targetNameOf = (look: Pick<TaskLook<unknown>, 'stage'>): string =>
  z.string().parse(look.stage.outputs.targetServerGroup);

/** The target itself; undefined when it is gone. */
export const readTarget = (look: TaskLook<Needs>): Promise<ServerGroup | undefined> =>
  look.services.serverGroups.get(placeOf(look.context), targetNameOf(look), look.signal);
