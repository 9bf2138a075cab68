import type { Context } from '../context';
import { type Call, flag, ok, type Reply } from '../exchange';
import { defineService, type Service } from '../service';
import { activeTask, type Job } from './job';
import { embedsOf, jobView, runView, scheduleView } from './job-view';
import {
  addJob,
  addSchedule,
  removeJob,
  replaceJob,
  requireJob,
  requireRun,
  requireSchedule,
  schedulesIn,
} from './jobs';
import { createRun, runsOf, stopRun } from './runs';
import { readSchedule, setSchedules } from './schedules';

/** Where Metronome hangs below Admin Router. */
export const metronomePrefix = '/service/metronome';

/** Every route of Metronome. */
export const metronomeRoutes = [
  { method: 'GET', pattern: '/ping', summary: 'Answers pong' },
  { method: 'GET', pattern: '/info', summary: 'Version' },
  { method: 'GET', pattern: '/leader', summary: 'The leader' },
  { method: 'GET', pattern: '/v1/metrics', summary: 'Always empty' },
  { method: 'GET', pattern: '/v1/queue', summary: 'Runs that wait for resources' },
  { method: 'GET', pattern: '/v1/jobs', summary: 'Lists jobs; embed' },
  { method: 'POST', pattern: '/v1/jobs', summary: 'Creates a job without schedules' },
  { method: 'GET', pattern: '/v1/jobs/{jobId}', summary: 'One job; embed' },
  { method: 'PUT', pattern: '/v1/jobs/{jobId}', summary: 'Replaces a job, keeping its schedules' },
  { method: 'DELETE', pattern: '/v1/jobs/{jobId}', summary: 'Removes a job; stopCurrentJobRuns' },
  { method: 'GET', pattern: '/v1/jobs/{jobId}/schedules', summary: 'Its schedules' },
  { method: 'POST', pattern: '/v1/jobs/{jobId}/schedules', summary: 'Adds a schedule; there can be one' },
  { method: 'GET', pattern: '/v1/jobs/{jobId}/schedules/{scheduleId}', summary: 'One schedule' },
  { method: 'PUT', pattern: '/v1/jobs/{jobId}/schedules/{scheduleId}', summary: 'Replaces a schedule' },
  { method: 'DELETE', pattern: '/v1/jobs/{jobId}/schedules/{scheduleId}', summary: 'Removes a schedule' },
  { method: 'GET', pattern: '/v1/jobs/{jobId}/runs', summary: 'Its active runs' },
  { method: 'POST', pattern: '/v1/jobs/{jobId}/runs', summary: 'Starts a run' },
  { method: 'GET', pattern: '/v1/jobs/{jobId}/runs/{runId}', summary: 'One run, until it ends' },
  { method: 'POST', pattern: '/v1/jobs/{jobId}/runs/{runId}/actions/stop', summary: 'Stops a run, which then failed' },
  { method: 'POST', pattern: '/v0/scheduled-jobs', summary: 'Creates a job with its schedules' },
  { method: 'PUT', pattern: '/v0/scheduled-jobs/{jobId}', summary: 'Replaces a job and its schedules' },
] as const;

/** Creates the emulated Metronome. */
export function createMetronomeService(context: Context): Service {
  return defineService({
    prefix: metronomePrefix,
    routes: metronomeRoutes,
    handlers: {
      ...serverHandlers(context),
      ...jobHandlers(context),
      ...scheduleHandlers(context),
      ...runHandlers(context),
    },
    unknown: ({ path }) => ({ status: 404, body: { message: 'Unknown route.', requestPath: path } }),
  });
}

function serverHandlers({ world }: Context) {
  return {
    'GET /ping': () => ({ status: 200, body: 'pong', headers: { 'Content-Type': 'text/plain; charset=UTF-8' } }),
    'GET /info': () => ok({ version: '0.6.67', libVersion: '1.11.24' }),
    'GET /leader': () => ok({ leader: '127.0.0.1:9000' }),
    'GET /v1/metrics': () => ok({ counters: {}, gauges: {}, histograms: {}, meters: {}, timers: {} }),
    'GET /v1/queue': () => {
      const waiting = world.runs.filter((run) => activeTask(run) === undefined);
      const jobIds = [...new Set(waiting.map(({ jobId }) => jobId))];
      const idsOf = (jobId: string) => waiting.flatMap((run) => (run.jobId === jobId ? [{ runId: run.id }] : []));
      return ok(jobIds.map((jobId) => ({ jobId, runs: idsOf(jobId) })));
    },
  };
}

function jobHandlers(context: Context) {
  const whole = (job: Job, status = 200): Reply => ok(jobView(context, job, new Set(['schedules'])), status);
  const nowMs = () => context.clock.now();
  return {
    'GET /v1/jobs': ({ query }: Call) => {
      const embeds = embedsOf(query);
      return ok(Object.values(context.world.jobs).map((job) => jobView(context, job, embeds)));
    },
    'POST /v1/jobs': ({ body }: Call) => whole(addJob(context, body), 201),
    'GET /v1/jobs/{jobId}': (call: Call) => ok(jobView(context, requireJob(context, call), embedsOf(call.query))),
    'PUT /v1/jobs/{jobId}': (call: Call) => whole(replaceJob(context, call)),
    'DELETE /v1/jobs/{jobId}': (call: Call) => {
      const job = requireJob(context, call);
      const reply = whole(job);
      removeJob(context, job, flag(call.query, 'stopCurrentJobRuns'));
      return reply;
    },
    'POST /v0/scheduled-jobs': ({ body }: Call) => {
      // All is read before anything is stored: a wrong schedule leaves no job behind.
      const schedules = schedulesIn(body, nowMs());
      const job = addJob(context, body);
      setSchedules(context, job, schedules);
      return whole(job, 201);
    },
    'PUT /v0/scheduled-jobs/{jobId}': (call: Call) => {
      const schedules = schedulesIn(call.body, nowMs());
      const job = replaceJob(context, call);
      setSchedules(context, job, schedules);
      return whole(job);
    },
  };
}

function scheduleHandlers(context: Context) {
  return {
    'GET /v1/jobs/{jobId}/schedules': (call: Call) => ok(requireJob(context, call).schedules.map(scheduleView)),
    'POST /v1/jobs/{jobId}/schedules': (call: Call) =>
      ok(scheduleView(addSchedule(context, requireJob(context, call), call.body)), 201),
    'GET /v1/jobs/{jobId}/schedules/{scheduleId}': (call: Call) => ok(scheduleView(requireSchedule(context, call))),
    'PUT /v1/jobs/{jobId}/schedules/{scheduleId}': (call: Call) => {
      const { id } = requireSchedule(context, call);
      const schedule = { ...readSchedule(call.body, context.clock.now()), id };
      setSchedules(context, requireJob(context, call), [schedule]);
      return ok(scheduleView(schedule));
    },
    'DELETE /v1/jobs/{jobId}/schedules/{scheduleId}': (call: Call) => {
      requireSchedule(context, call);
      setSchedules(context, requireJob(context, call), []);
      return { status: 200 };
    },
  };
}

function runHandlers(context: Context) {
  return {
    'GET /v1/jobs/{jobId}/runs': (call: Call) => {
      const { spec } = requireJob(context, call);
      return ok(runsOf(context, spec.id).map((run) => runView(run)));
    },
    'POST /v1/jobs/{jobId}/runs': (call: Call) =>
      ok(runView(createRun(context, requireJob(context, call)), 'INITIAL'), 201),
    'GET /v1/jobs/{jobId}/runs/{runId}': (call: Call) => ok(runView(requireRun(context, call))),
    'POST /v1/jobs/{jobId}/runs/{runId}/actions/stop': (call: Call) => {
      const run = requireRun(context, call);
      stopRun(context, run);
      return ok(runView(run));
    },
  };
}
