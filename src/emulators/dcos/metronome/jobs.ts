import type { Context } from '../context';
import type { Call } from '../exchange';
import { objectOf } from '../json';
import { MarathonError, notValid } from '../marathon-error';
import { emptyHistory } from './history';
import type { Job, JobRun, JobSchedule, JobSpec } from './job';
import { readJob } from './read-job';
import { runsOf, stopRun } from './runs';
import { readSchedule, setSchedules } from './schedules';

/** Stores a new job; throws 409 when there is one of that id. */
export function addJob(context: Context, body: unknown): Job {
  const spec = readJob(body);
  if (context.world.jobs[spec.id] !== undefined) throw conflict('Job with this id already exists');
  requireDependencies(context, spec);
  const job: Job = { spec, schedules: [], history: emptyHistory() };
  context.world.jobs[spec.id] = job;
  return job;
}

/** Replaces the definition of a job and keeps its schedules and history; the id in the body does not count. */
export function replaceJob(context: Context, call: Call): Job {
  const job = requireJob(context, call);
  const spec = readJob({ ...objectOf(call.body), id: job.spec.id });
  requireDependencies(context, spec);
  job.spec = spec;
  return job;
}

/** Removes a job; throws 409 while it runs, unless its runs are to be stopped. */
export function removeJob(context: Context, job: Job, stopsRuns: boolean): void {
  const runs = runsOf(context, job.spec.id);
  if (runs.length > 0 && !stopsRuns) {
    throw conflict('There are active job runs. Override with stopCurrentJobRuns=true');
  }
  setSchedules(context, job, []);
  Reflect.deleteProperty(context.world.jobs, job.spec.id);
  for (const run of runs) stopRun(context, run);
}

/** Gives a job a schedule; throws 409 when it has one. */
export function addSchedule(context: Context, job: Job, body: unknown): JobSchedule {
  const schedule = readSchedule(body, context.clock.now());
  if (job.schedules.some(({ id }) => id === schedule.id)) throw conflict('A schedule with this id already exists');
  if (job.schedules.length > 0) throw conflict('Only one schedule supported at the moment');
  setSchedules(context, job, [schedule]);
  return schedule;
}

/** The schedules in the body of a v0 request; throws 409 for more than one. */
export function schedulesIn(body: unknown, nowMs: number): readonly JobSchedule[] {
  const { schedules } = objectOf(body);
  const read = Array.isArray(schedules) ? schedules.map((each: unknown) => readSchedule(each, nowMs)) : [];
  if (read.length > 1) throw conflict('Only one schedule supported at the moment');
  return read;
}

/** The job a path names; throws 404 when there is none. */
export function requireJob({ world }: Context, { parameters }: Call): Job {
  const { jobId = '' } = parameters;
  const job = world.jobs[jobId];
  if (job === undefined) throw new MarathonError(404, { id: jobId, message: 'Job not found' });
  return job;
}

/** The schedule a path names; throws 404 when there is none. */
export function requireSchedule(context: Context, call: Call): JobSchedule {
  const { scheduleId = '' } = call.parameters;
  const schedule = requireJob(context, call).schedules.find(({ id }) => id === scheduleId);
  if (schedule === undefined) throw new MarathonError(404, { id: scheduleId, message: 'Schedule not found' });
  return schedule;
}

/** The active run a path names; throws 404 when it has ended or never was. */
export function requireRun(context: Context, call: Call): JobRun {
  const { jobId = '', runId = '' } = call.parameters;
  const run = runsOf(context, jobId).find(({ id }) => id === runId);
  if (run === undefined) throw new MarathonError(404, { jobSpec: jobId, id: runId, message: 'Job Run not found' });
  return run;
}

function requireDependencies({ world }: Context, { id, dependencies }: JobSpec): void {
  const unknown = dependencies.filter((dependency) => dependency.id === id || world.jobs[dependency.id] === undefined);
  if (unknown.length === 0) return;
  const names = unknown.map((dependency) => dependency.id).join(', ');
  throw notValid([{ path: '/dependencies', errors: [`Dependencies contain unknown jobs. unknown=[${names}]`] }]);
}

function conflict(message: string): MarathonError {
  return new MarathonError(409, { message });
}
