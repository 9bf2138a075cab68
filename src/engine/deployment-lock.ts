import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Execution, Stage } from '../model/execution';
import { joinTexts, type Text } from '../model/text';
import type { Choice } from '../model/view';
import { isCleanUp } from './graph';
import { openDenialOf } from './guard-override';

const lockSchema = z.object({
  /** The ids of the running deployments that hold what the stage is to change. */
  holders: z.array(z.string()).min(1),
  /** Who is busy, and with what. */
  reason: z.string(),
  /** What becomes of that where the stage goes on nevertheless. */
  consequence: z.string(),
  /** When the oldest of them began, in milliseconds since the epoch; absent where that is not known. */
  since: z.number().optional(),
  /** The clusters that they change, by whose policies people are judged. */
  clusters: z.array(z.string()),
  /** The task that waits. */
  taskId: z.string(),
});

/** The deployments of somebody else that keep a task from its server group. */
export type DeploymentLock = z.infer<typeof lockSchema>;

const forceSchema = z.object({
  holders: z.array(z.string()),
  by: z.string(),
  reason: z.string(),
  at: z.number(),
});

/** Who lets which deployments be broken off, why and when, in milliseconds since the epoch. */
type LockForce = z.infer<typeof forceSchema>;

const contextSchema = z.object({
  deploymentLock: lockSchema.nullish().catch(undefined),
  lockForce: forceSchema.nullish().catch(undefined),
});

/** What keeps a stage from its server group, as it was last seen; forced or not. */
export const deploymentLockOf = ({ context }: Pick<Stage, 'context'>): DeploymentLock | undefined =>
  contextSchema.parse(context).deploymentLock ?? undefined;

/** What people have said of the locks of a stage's attempt; undefined where they have said nothing. */
export const lockForceOf = ({ context }: Pick<Stage, 'context'>): LockForce | undefined =>
  contextSchema.parse(context).lockForce ?? undefined;

/** What keeps a stage waiting now, and nobody has forced; undefined where nothing does. */
export function openLockOf(stage: Stage): DeploymentLock | undefined {
  const lock = deploymentLockOf(stage);
  if (stage.status !== 'RUNNING' || lock === undefined || openDenialOf(stage) !== undefined) return undefined;
  const forced = lockForceOf(stage)?.holders ?? [];
  if (lock.holders.every((id) => forced.includes(id))) return undefined;
  const task = stage.tasks.find(({ id }) => id === lock.taskId);
  return task?.status === 'RUNNING' ? lock : undefined;
}

/** Whether people may still go on with a stage: in an execution that ends, only with its way back. */
export const isForceable = (execution: Execution, stage: Stage): boolean =>
  (execution.ending === undefined && execution.canceled === undefined) || isCleanUp(execution, stage);

/** Binds what is pressed to these deployments, and to the attempt that they keep waiting. */
export const lockDigest = ({ attempt }: Pick<Stage, 'attempt'>, { holders, taskId }: DeploymentLock): string =>
  createHash('sha256')
    .update(JSON.stringify([attempt, taskId, holders]))
    .digest('base64url')
    .slice(0, 16);

/** `… is busy with deployment 7, which changes /a (since 10:00)`; undefined where nothing keeps the stage waiting. */
export function lockText(stage: Stage): Text | undefined {
  const lock = openLockOf(stage);
  if (lock === undefined) return undefined;
  return lock.since === undefined
    ? lock.reason
    : joinTexts([
        [lock.reason, ' (since '],
        [{ time: lock.since }, ')'],
      ]);
}

/** What people may do about it: have it broken off, once they have read what that does. */
export function forceChoices(execution: Execution, stage: Stage): readonly Choice[] {
  const lock = openLockOf(stage);
  if (lock === undefined || !isForceable(execution, stage)) return [];
  const locked = execution.stages.filter((other) => openLockOf(other) !== undefined && isForceable(execution, other));
  const isOneOfSeveral = locked.length > 1;
  return [
    {
      name: 'force',
      label: isOneOfSeveral ? `Force: ${stage.name}` : 'Force',
      target: { kind: 'execution', id: execution.id, stageId: stage.id, hash: lockDigest(stage, lock) },
      style: 'danger',
      asks: {
        title: 'Force',
        label: `${lock.consequence} Why can it not wait?`,
        placeholder: 'What happens if it waits?',
        submit: 'Force',
        required: true,
      },
    },
  ];
}
