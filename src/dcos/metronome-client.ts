import type { HttpClient } from '../http-client/http-client';
import { askService, type Asker } from './ask-service';
import { asMetronomeFailure } from './metronome-failure';
import {
  jobListSchema,
  jobSchema,
  metronomeInfoSchema,
  metronomeQueueSchema,
  runListSchema,
  runSchema,
  scheduleListSchema,
  scheduleSchema,
} from './metronome-schemas';
import type { MetronomeJob, MetronomeQueueItem, MetronomeRun, MetronomeSchedule } from './metronome-schemas';

/** A job as Metronome takes it: `run.cpus`, `run.mem` and `run.disk` must be there, unknown fields must not. */
export type MetronomeJobSpec = { readonly id: string } & Readonly<Record<string, unknown>>;

/** A schedule as Metronome takes it. */
export type MetronomeScheduleSpec = { readonly id: string; readonly cron: string } & Readonly<Record<string, unknown>>;

/** What to tell of a job beside its definition. */
export type JobEmbed = 'activeRuns' | 'schedules' | 'history';

/** Jobs of Metronome's REST API. */
export interface MetronomeJobs {
  listJobs(embed: readonly JobEmbed[], signal?: AbortSignal): Promise<readonly MetronomeJob[]>;
  /** Throws NOT_FOUND. */
  getJob(id: string, embed: readonly JobEmbed[], signal?: AbortSignal): Promise<MetronomeJob>;
  /** Throws METRONOME_DUPLICATE when the id is taken. */
  createJob(job: MetronomeJobSpec, signal?: AbortSignal): Promise<MetronomeJob>;
  /** Replaces the job; its schedules stay. Throws NOT_FOUND. */
  updateJob(job: MetronomeJobSpec, signal?: AbortSignal): Promise<MetronomeJob>;
  /** Throws METRONOME_BUSY while runs are active, unless they are to be stopped; NOT_FOUND. */
  deleteJob(id: string, options: { stopRuns: boolean }, signal?: AbortSignal): Promise<void>;
}

/** Schedules of Metronome's REST API; a job has one at most. */
export interface MetronomeSchedules {
  listSchedules(jobId: string, signal?: AbortSignal): Promise<readonly MetronomeSchedule[]>;
  /** Throws METRONOME_DUPLICATE when the job has one. */
  createSchedule(jobId: string, schedule: MetronomeScheduleSpec, signal?: AbortSignal): Promise<MetronomeSchedule>;
  updateSchedule(jobId: string, schedule: MetronomeScheduleSpec, signal?: AbortSignal): Promise<MetronomeSchedule>;
  /** Throws NOT_FOUND. */
  deleteSchedule(jobId: string, scheduleId: string, signal?: AbortSignal): Promise<void>;
}

/** Runs of Metronome's REST API. */
export interface MetronomeRuns {
  /** Starts a run. There are no parameters: change the job before. Not safe to repeat: each call starts one. */
  startRun(jobId: string, signal?: AbortSignal): Promise<MetronomeRun>;
  /** The active ones. */
  listRuns(jobId: string, signal?: AbortSignal): Promise<readonly MetronomeRun[]>;
  /** Throws NOT_FOUND as soon as the run has ended: its end stands in the job's `history`. */
  getRun(jobId: string, runId: string, signal?: AbortSignal): Promise<MetronomeRun>;
  /** The run counts as failed then. Throws NOT_FOUND when it has ended. */
  stopRun(jobId: string, runId: string, signal?: AbortSignal): Promise<MetronomeRun>;
}

/**
 * Metronome's REST API v1, as far as it is used. Beside the errors of HttpClient: METRONOME_DUPLICATE, METRONOME_BUSY,
 * NOT_FOUND only where Metronome itself says so, REQUEST_REFUSED with its details in the message, SERVER_ERROR for a reply
 * of unknown shape. No request is repeated.
 */
export interface MetronomeClient extends MetronomeJobs, MetronomeSchedules, MetronomeRuns {
  /** Host and port, for messages. */
  readonly host: string;
  /** Runs that wait for resources, by job. */
  listWaiting(signal?: AbortSignal): Promise<readonly MetronomeQueueItem[]>;
  getInfo(signal?: AbortSignal): Promise<{ readonly version: string }>;
}

const jobPath = (id: string): string => `/v1/jobs/${encodeURIComponent(id)}`;
const runPath = (jobId: string, runId: string): string => `${jobPath(jobId)}/runs/${encodeURIComponent(runId)}`;
const schedulePath = (jobId: string, id: string): string => `${jobPath(jobId)}/schedules/${encodeURIComponent(id)}`;

const createJobs = ({ ask, send }: Asker): MetronomeJobs => ({
  listJobs: (embed, signal) =>
    ask(jobListSchema, 'list jobs', { method: 'GET', path: '/v1/jobs', query: { embed }, signal }),
  getJob: (id, embed, signal) =>
    ask(jobSchema, `read job ${id}`, { method: 'GET', path: jobPath(id), query: { embed }, signal }),
  createJob: (job, signal) =>
    ask(jobSchema, `create job ${job.id}`, { method: 'POST', path: '/v1/jobs', body: job, signal }),
  updateJob: (job, signal) =>
    ask(jobSchema, `change job ${job.id}`, { method: 'PUT', path: jobPath(job.id), body: job, signal }),
  deleteJob: async (id, { stopRuns }, signal) => {
    const query = { stopCurrentJobRuns: stopRuns };
    await send(`delete job ${id}`, { method: 'DELETE', path: jobPath(id), query, expect: 'text', signal });
  },
});

const createSchedules = ({ ask, get, send }: Asker): MetronomeSchedules => ({
  listSchedules: (jobId, signal) =>
    get(scheduleListSchema, `list schedules of job ${jobId}`, `${jobPath(jobId)}/schedules`, signal),
  createSchedule: (jobId, schedule, signal) => {
    const request = { method: 'POST', path: `${jobPath(jobId)}/schedules`, body: schedule, signal } as const;
    return ask(scheduleSchema, `schedule job ${jobId}`, request);
  },
  updateSchedule: (jobId, schedule, signal) => {
    const request = { method: 'PUT', path: schedulePath(jobId, schedule.id), body: schedule, signal } as const;
    return ask(scheduleSchema, `change schedule ${schedule.id} of job ${jobId}`, request);
  },
  deleteSchedule: async (jobId, id, signal) => {
    const request = { method: 'DELETE', path: schedulePath(jobId, id), expect: 'text', signal } as const;
    await send(`delete schedule ${id} of job ${jobId}`, request);
  },
});

const createRuns = ({ ask, get }: Asker): MetronomeRuns => ({
  startRun: (jobId, signal) =>
    ask(runSchema, `run job ${jobId}`, { method: 'POST', path: `${jobPath(jobId)}/runs`, signal }),
  listRuns: (jobId, signal) => get(runListSchema, `list runs of job ${jobId}`, `${jobPath(jobId)}/runs`, signal),
  getRun: (jobId, runId, signal) => get(runSchema, `read run ${runId} of job ${jobId}`, runPath(jobId, runId), signal),
  stopRun: (jobId, runId, signal) => {
    const request = { method: 'POST', path: `${runPath(jobId, runId)}/actions/stop`, signal } as const;
    return ask(runSchema, `stop run ${runId} of job ${jobId}`, request);
  },
});

/** Speaks to the Metronome whose `/v1` stands below the HTTP client's base address. */
export function createMetronomeClient(http: HttpClient): MetronomeClient {
  const metronome = askService('Metronome', http, asMetronomeFailure);
  return {
    host: http.host,
    ...createJobs(metronome),
    ...createSchedules(metronome),
    ...createRuns(metronome),
    listWaiting: (signal) => metronome.get(metronomeQueueSchema, 'read the queue', '/v1/queue', signal),
    getInfo: (signal) => metronome.get(metronomeInfoSchema, 'read the info', '/info', signal),
  };
}
