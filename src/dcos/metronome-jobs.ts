import { CoxswainError } from '../model/errors';
import type { JobDescription } from '../model/job';
import { connectionOf, type JobConnection, type JobsOptions } from './job-connections';
import { jobFromDescription } from './job-from-description';
import { explainRun, readRunFile } from './job-output';
import { stateOfRun } from './job-state';
import type { Jobs, KnownRuns, StartedQuery, StartedRuns } from './jobs';
import { metronomeTaskPrefix } from './mesos-client';
import type { MetronomeJob } from './metronome-schemas';
import { keyLabel } from './server-groups';
import { unlessAbsent } from './unless-absent';

/** Metronome remembers a thousand runs of a job; so many of those that have ended are named, and the others by their age. */
const namedRuns = 50;

type SeenRun = { readonly id: string; readonly createdAt: number };

const seen = ({ id, createdAt = 0 }: { readonly id: string; readonly createdAt?: number | undefined }): SeenRun => ({
  id,
  createdAt,
});

const activeOf = ({ activeRuns = [] }: MetronomeJob): readonly SeenRun[] => activeRuns.map(seen);

/** Newest first. */
const endedOf = ({ history }: MetronomeJob): readonly SeenRun[] =>
  [...(history?.successfulFinishedRuns ?? []), ...(history?.failedFinishedRuns ?? [])]
    .map(seen)
    .sort((one, other) => other.createdAt - one.createdAt);

const readJob = ({ metronome }: JobConnection, jobId: string, signal?: AbortSignal) =>
  unlessAbsent(metronome.getJob(jobId, ['activeRuns', 'history'], signal));

async function knownRuns(connection: JobConnection, jobId: string, signal?: AbortSignal): Promise<KnownRuns> {
  const job = await readJob(connection, jobId, signal);
  if (job === undefined) return { ids: [], since: 0 };
  const ended = endedOf(job);
  const named = ended.slice(0, namedRuns);
  return {
    ids: [...activeOf(job), ...named].map(({ id }) => id),
    since: ended.length > namedRuns ? (named.at(-1)?.createdAt ?? 0) : 0,
  };
}

/**
 * A run does not say who started it. Where the job is still ours and has one new run only, that is it: whoever takes turns
 * (JobTurns) starts none of a job that is ours, and those `known` were looked at in the turn in which it became ours. Else the
 * labels of the tasks tell, which are those of the job as it was at the start.
 */
async function startedRuns(
  connection: JobConnection,
  { jobId, key, known }: StartedQuery,
  signal?: AbortSignal,
): Promise<StartedRuns> {
  const job = await readJob(connection, jobId, signal);
  if (job === undefined) return { runIds: [], isOpen: false };
  const fresh = [...activeOf(job), ...endedOf(job)]
    .filter(({ id, createdAt }) => !known.ids.includes(id) && (known.since === 0 || createdAt > known.since))
    .sort((one, other) => one.createdAt - other.createdAt)
    .map(({ id }) => id);
  if (fresh.length === 0) return { runIds: [], isOpen: false };
  if (fresh.length === 1 && job.labels[keyLabel] === key) return { runIds: fresh, isOpen: false };
  const idPrefix = `${jobId.replaceAll('.', '_')}_`;
  const tasks = await connection.mesos.findTasks({ idPrefix, framework: 'metronome' }, signal);
  const keyOf = (runId: string): string | undefined => {
    const task = tasks.find(({ id }) => id.startsWith(metronomeTaskPrefix(jobId, runId)));
    return task && (task.labels[keyLabel] ?? '');
  };
  return {
    runIds: fresh.filter((runId) => keyOf(runId) === key),
    isOpen: fresh.some((runId) => keyOf(runId) === undefined),
  };
}

/** Replaces the job, or creates it where there is none. */
async function define({ metronome }: JobConnection, spec: ReturnType<typeof jobFromDescription>, signal?: AbortSignal) {
  const replaced = await unlessAbsent(metronome.updateJob(spec, signal));
  if (replaced !== undefined) return;
  try {
    await metronome.createJob(spec, signal);
  } catch (error) {
    if (!(error instanceof CoxswainError) || error.code !== 'METRONOME_DUPLICATE') throw error;
    await metronome.updateJob(spec, signal);
  }
}

/** A job has one schedule at most; another one of it is left to whoever made it, and refused by Metronome. */
async function setSchedule({ metronome }: JobConnection, job: JobDescription, signal?: AbortSignal): Promise<void> {
  const { schedule, general } = job;
  if (schedule === undefined) return;
  const wanted = { ...schedule, concurrencyPolicy: 'ALLOW' };
  const present = await metronome.listSchedules(general.id, signal);
  if (present.some(({ id }) => id === schedule.id)) await metronome.updateSchedule(general.id, wanted, signal);
  else await metronome.createSchedule(general.id, wanted, signal);
}

async function run(connection: JobConnection, job: JobDescription, key: string, signal?: AbortSignal): Promise<string> {
  const spec = jobFromDescription(job, key);
  await define(connection, spec, signal);
  await setSchedule(connection, job, signal);
  const { id: runId } = await connection.metronome.startRun(spec.id, signal);
  const started = await unlessAbsent(connection.metronome.getJob(spec.id, [], signal));
  if (started?.labels[keyLabel] === key) return runId;
  throw new CoxswainError('METRONOME_CHANGED', {
    message: `Somebody else changed job ${spec.id} while run ${runId} of it was started, which may be another's definition.`,
    fields: { runId },
  });
}

/** Jobs of Metronome, with what Mesos knows of their tasks. */
export function createJobs(options: JobsOptions): Jobs {
  const at = (location: Parameters<Jobs['look']>[0]) => connectionOf(options, location);
  return {
    knownRuns: async (location, ...call) => knownRuns(at(location), ...call),
    startedRuns: async (location, ...call) => startedRuns(at(location), ...call),
    run: async (location, ...call) => run(at(location), ...call),
    look: async (location, ...call) => stateOfRun(at(location), ...call),
    cancel: async (location, { jobId, runId }, signal) => {
      await unlessAbsent(at(location).metronome.stopRun(jobId, runId, signal));
    },
    readFile: async (location, ...call) => readRunFile(at(location), ...call),
    explain: async (location, ...call) => explainRun(at(location), ...call),
  };
}
