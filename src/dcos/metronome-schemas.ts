import { z } from 'zod';
import { count, listOf, optional, text } from './tolerant-schema';

/**
 * Metronome writes `2016-07-15T13:02:59.735+0000`, without the colon that ISO 8601 asks for, and null for what is not yet;
 * read as milliseconds since the epoch.
 */
const time = z
  .string()
  .nullish()
  .transform((value) => {
    const milliseconds = Date.parse((value ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
    return Number.isNaN(milliseconds) ? undefined : milliseconds;
  });

const runTaskSchema = z.object({ id: z.string(), status: text, startedAt: time, completedAt: time });

/** `GET /v1/jobs/{id}/runs/{runId}`, and what starting or stopping a run answers. */
export const runSchema = z.object({
  id: z.string(),
  jobId: text,
  status: text,
  createdAt: time,
  completedAt: time,
  tasks: listOf(runTaskSchema),
});

/** `GET /v1/jobs/{id}/runs`: the active ones. */
export const runListSchema = z.array(runSchema);

const finishedRunSchema = z.object({
  id: z.string(),
  createdAt: time,
  finishedAt: time,
  // Older versions do not name the tasks.
  tasks: listOf(z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])),
});

/** `history` of a job: newest first. */
const historySchema = z.object({
  successCount: count,
  failureCount: count,
  lastSuccessAt: time,
  lastFailureAt: time,
  successfulFinishedRuns: listOf(finishedRunSchema),
  failedFinishedRuns: listOf(finishedRunSchema),
});

/** A schedule. */
export const scheduleSchema = z.object({
  id: z.string(),
  cron: text,
  timezone: text,
  enabled: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  concurrencyPolicy: text,
  startingDeadlineSeconds: optional(z.number()),
  nextRunAt: time,
});

/** `GET /v1/jobs/{id}/schedules`. */
export const scheduleListSchema = z.array(scheduleSchema);

/** `GET /v1/jobs/{id}`; runs, schedules and history only where they were asked for. */
export const jobSchema = z.object({
  id: z.string(),
  description: text,
  labels: z
    .record(z.string(), z.string())
    .nullish()
    .transform((value) => value ?? {}),
  activeRuns: optional(runListSchema),
  schedules: optional(scheduleListSchema),
  history: optional(historySchema),
});

/** `GET /v1/jobs`. */
export const jobListSchema = z.array(jobSchema);

/** `GET /v1/queue`: runs that wait for resources. */
export const metronomeQueueSchema = z.array(
  z
    .object({ jobId: z.string(), runs: listOf(z.object({ runId: z.string() })) })
    .transform(({ jobId, runs }) => ({ jobId, runIds: runs.map(({ runId }) => runId) })),
);

/** `GET /info`. */
export const metronomeInfoSchema = z.object({ version: text });

/** A job as Metronome tells of it: only the fields that are used. Times are in milliseconds since the epoch. */
export type MetronomeJob = z.output<typeof jobSchema>;
/** A run; its status is INITIAL, STARTING (queued), ACTIVE, or for an instant SUCCESS or FAILED. */
export type MetronomeRun = z.output<typeof runSchema>;
/** How the runs of a job ended. */
export type MetronomeHistory = z.output<typeof historySchema>;
/** When a job runs by itself. */
export type MetronomeSchedule = z.output<typeof scheduleSchema>;
/** A job's runs that wait for resources. */
export type MetronomeQueueItem = z.output<typeof metronomeQueueSchema>[number];
