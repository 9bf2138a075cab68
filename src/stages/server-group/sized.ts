import { z } from 'zod';
import { decisionOf } from '../../engine/decisions';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { exactly, type Capacity } from '../../model/capacity';
import type { Execution, Stage, StageContext } from '../../model/execution';
import { placeName, type Location, type ServerGroup } from '../../model/server-group';
import type { ServerGroups } from '../../dcos/server-groups';
import { explainMissing, readTarget, targetNameOf } from './target';

/** The tasks that may find that the target is to be left alone. */
const sizeTasks = ['determineCapacity', 'disableServerGroup', 'enableServerGroup', 'resizeServerGroup'];

type Needs = { readonly serverGroups: ServerGroups };

/** A change of size: from what the group had before the stage to what it is to have. */
const changeSchema = z.object({ originalCapacity: z.number(), targetDesiredSize: z.number() });
export type SizeChange = z.infer<typeof changeSchema>;

/** The change that a stage decided, guards and sends. Throws where it has decided none. */
export const sizeChangeOf = ({ context }: Stage): SizeChange => changeSchema.parse(context);

const sentSchema = changeSchema.extend({ place: z.string(), targetServerGroup: z.string() });

/** What a stage remembers for its later attempts as it sends a change. */
export const sentChange = (location: Location, name: string, change: SizeChange): StageContext => ({
  place: placeName(location),
  targetServerGroup: name,
  ...change,
});

/** The size before the stage: also where this attempt finds it as an earlier one left it. */
function sizeBefore(execution: Execution, stage: Stage, group: ServerGroup): number {
  const sent = sentSchema.safeParse(decisionOf(execution, stage)).data;
  const isOurs =
    sent?.place === placeName(group.location) &&
    sent.targetServerGroup === group.name &&
    sent.targetDesiredSize === group.desired;
  return isOurs ? sent.originalCapacity : group.desired;
}

const plannedSchema = z.object({
  /** Of a part that was planned for a group: whether all is done where the group is gone when its turn comes. */
  continueIfServerGroupNotFound: z.literal(true).optional().catch(undefined),
  /** Of a way back: the size that it takes back; a group of another is left as it is (decisions 24). */
  onlyFromSize: z.number().optional().catch(undefined),
});

/** Whether a stage is done where its target is gone when its turn comes. */
export const isDoneWithout = ({ context }: Stage): boolean =>
  plannedSchema.parse(context).continueIfServerGroupNotFound === true;

/** The end of a task whose target is not there. */
export async function missing(look: TaskLook<Needs>): Promise<TaskResult> {
  const name = targetNameOf(look);
  if (isDoneWithout(look.stage)) return { status: 'SKIPPED', reason: `${name} is gone already` };
  return { status: 'TERMINAL', code: 'NOT_FOUND', reason: await explainMissing(look, name) };
}

/** Why a way back leaves a group as it is; undefined where it still has the size that is taken back. */
export function changedSince({ context }: Stage, { name, desired }: ServerGroup): TaskResult | undefined {
  const { onlyFromSize } = plannedSchema.parse(context);
  if (onlyFromSize === undefined || onlyFromSize === desired) return undefined;
  const reason = `${name} is left as it is: its size is ${desired} now, no longer ${onlyFromSize} as it had been set`;
  return { status: 'SKIPPED', reason };
}

const skippedSchema = z.object({ skipReason: z.string() });

/** Why the target is not changed at all; undefined where it is to be. */
export function leftAlone({ tasks, context }: Stage): string | undefined {
  const isLeft = tasks.some(({ name, status }) => sizeTasks.includes(name) && status === 'SKIPPED');
  return isLeft ? skippedSchema.parse(context).skipReason : undefined;
}

/** A task of a stage that changes a size, skipped where the stage leaves its target alone. */
export const unlessLeftAlone = <S>(task: TaskDefinition<S>): TaskDefinition<S> => ({
  ...task,
  async run(look) {
    const reason = leftAlone(look.stage);
    return reason === undefined ? task.run(look) : { status: 'SKIPPED', reason };
  },
});

/**
 * Decides the size once, of one read: it is guarded, then set. `chooseSize` sees the size that the group had before the
 * stage; all three sizes of a resize join the context (semantics §4.4).
 */
export const determineCapacity = (
  chooseSize: (look: TaskLook<Needs>, desired: number) => Promise<number | Capacity>,
): TaskDefinition<Needs> => ({
  name: 'determineCapacity',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run(look) {
    const group = await readTarget(look);
    if (group === undefined) return missing(look);
    const changed = changedSince(look.stage, group);
    if (changed !== undefined) return changed;
    const originalCapacity = sizeBefore(look.execution, look.stage, group);
    const wanted = await chooseSize(look, originalCapacity);
    const [targetDesiredSize, capacity] =
      typeof wanted === 'number' ? [wanted, {}] : [wanted.desired, { capacity: wanted }];
    return { status: 'SUCCEEDED', context: { targetDesiredSize, originalCapacity, ...capacity } };
  },
});

/** The size that the target has now, and the one it had before, under its name (semantics §4.4). */
export const sizeOutputs = (name: string, { targetDesiredSize, originalCapacity }: SizeChange): StageContext => ({
  capacity: exactly(targetDesiredSize),
  [`originalCapacity.${name}`]: exactly(originalCapacity),
});
