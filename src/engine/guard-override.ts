import { z } from 'zod';
import type { Execution, Stage } from '../model/execution';
import { clipText, type Text } from '../model/text';
import type { Choice } from '../model/view';
import type { GuardDenial } from './contracts/guard';
import { durationText } from './task-timeout';

/** How long an override counts, from its decision; what acts later asks again. */
export const overrideMs = 10 * 60_000;

const denialSchema = z.object({
  reason: z.string(),
  digest: z.string(),
  cluster: z.string(),
  /** The task that is stopped. */
  taskId: z.string(),
  /** Until when it waits for people, in milliseconds since the epoch. */
  until: z.number(),
});

/** What stops a task of a stage, until when people may set it aside. */
export type OpenDenial = z.infer<typeof denialSchema>;

const overrideSchema = z.object({
  digest: z.string(),
  by: z.string(),
  reason: z.string(),
  at: z.number(),
});

/** Who set a denial aside, why and when, in milliseconds since the epoch; its digest is that of the denial. */
export type GuardOverride = z.infer<typeof overrideSchema>;

const contextSchema = z.object({
  guardDenial: denialSchema.nullish().catch(undefined),
  guardOverride: overrideSchema.nullish().catch(undefined),
});

/** The override of a stage's attempt; undefined where there is none. */
export const guardOverrideOf = ({ context }: Pick<Stage, 'context'>): GuardOverride | undefined =>
  contextSchema.parse(context).guardOverride ?? undefined;

/** The digest of the denial that may be set aside now; undefined where none was, or its time is over. */
export function overriddenDigest(stage: Pick<Stage, 'context'>, now: number): string | undefined {
  const override = guardOverrideOf(stage);
  return override !== undefined && now - override.at < overrideMs ? override.digest : undefined;
}

/** What stops a stage now and waits for people; undefined once it was set aside, or went on. */
export function openDenialOf(stage: Stage): OpenDenial | undefined {
  const { guardDenial, guardOverride } = contextSchema.parse(stage.context);
  if (stage.status !== 'RUNNING' || guardDenial === undefined || guardDenial === null) return undefined;
  if (guardOverride?.digest === guardDenial.digest) return undefined;
  const task = stage.tasks.find(({ id }) => id === guardDenial.taskId);
  return task?.status === 'RUNNING' ? guardDenial : undefined;
}

/** The context of a stage that is stopped and waits for people. */
export function denialContext(
  { tasks, context }: Stage,
  { reason, digest }: GuardDenial,
  { cluster, until }: Pick<OpenDenial, 'cluster' | 'until'>,
): Stage['context'] {
  const taskId = tasks.find(({ status }) => status === 'RUNNING')?.id ?? '';
  // An override that did not count is over, or was of something else: people are asked anew.
  const dropped = guardOverrideOf({ context }) === undefined ? {} : { guardOverride: null };
  return { progress: reason, guardDenial: { reason, digest, cluster, taskId, until }, ...dropped };
}

/** What people may do about a denial. */
export function overrideChoices(execution: Execution, stage: Stage): readonly Choice[] {
  const denial = openDenialOf(stage);
  if (denial === undefined) return [];
  const { id, application } = execution;
  const target = { kind: 'execution', id, stageId: stage.id, hash: denial.digest } as const;
  return [
    {
      name: 'override',
      label: 'Override',
      target,
      style: 'danger',
      asks: {
        title: 'Override the guard',
        label: `${clipText(denial.reason, 180)} Type ${application}, then why it must be done nevertheless.`,
        placeholder: `${application}: why`,
        submit: 'Override',
        required: true,
      },
    },
  ];
}

/** Who was first, and how long ago. */
export const overriddenText = ({ by, at }: GuardOverride, now: number): Text => [
  'Already overridden by ',
  { person: by },
  ` ${durationText(now - at)} ago.`,
];
