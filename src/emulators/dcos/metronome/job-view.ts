import type { Context } from '../context';
import { MarathonError } from '../marathon-error';
import { activeTask, type FinishedRun, type Job, type JobRun, type JobSchedule, metronomeDate } from './job';
import { runsOf } from './runs';

const embeds = ['activeRuns', 'schedules', 'history', 'historySummary'];

/** The embeds of a query, repeated or as a list with commas; throws 400 for an unknown one. */
export function embedsOf(query: URLSearchParams): ReadonlySet<string> {
  const names = query.getAll('embed').flatMap((value) => value.split(','));
  const unknown = names.filter((name) => !embeds.includes(name));
  if (unknown.length === 0) return new Set(names);
  const message = `Unknown embed options. Valid options are: ${embeds.join(', ')}`;
  throw new MarathonError(400, { message });
}

/** A job with what was asked for and no more. */
export function jobView(context: Context, job: Job, wanted: ReadonlySet<string>) {
  const { history, schedules, spec } = job;
  const lists = {
    successfulFinishedRuns: history.successfulFinishedRuns.map(finishedView),
    failedFinishedRuns: history.failedFinishedRuns.map(finishedView),
  };
  return {
    ...spec,
    ...(wanted.has('activeRuns') ? { activeRuns: runsOf(context, spec.id).map((run) => runView(run)) } : {}),
    ...(wanted.has('schedules') ? { schedules: schedules.map(scheduleView) } : {}),
    ...(wanted.has('historySummary') ? { historySummary: summaryOf(job) } : {}),
    ...(wanted.has('history') ? { history: { ...summaryOf(job), ...lists } } : {}),
  };
}

/** A schedule as Metronome shows it. */
export function scheduleView(schedule: JobSchedule) {
  return { ...schedule, nextRunAt: metronomeDate(schedule.nextRunAt) };
}

/** A run as Metronome shows it; it is `INITIAL` only in the answer that created it. */
export function runView(run: JobRun, initial?: 'INITIAL') {
  return {
    id: run.id,
    jobId: run.jobId,
    status: initial ?? (activeTask(run) === undefined ? 'STARTING' : 'ACTIVE'),
    createdAt: metronomeDate(run.createdAt),
    completedAt: null,
    tasks: run.tasks.map(({ id, startedAt, completedAt, status }) => ({
      id,
      startedAt: metronomeDate(startedAt),
      completedAt: dateOrNull(completedAt),
      status,
    })),
  };
}

function summaryOf({ history }: Job) {
  const { successCount, failureCount, lastSuccessAt, lastFailureAt } = history;
  return {
    successCount,
    failureCount,
    lastSuccessAt: dateOrNull(lastSuccessAt),
    lastFailureAt: dateOrNull(lastFailureAt),
  };
}

function finishedView({ id, createdAt, finishedAt, tasks }: FinishedRun) {
  return { id, createdAt: metronomeDate(createdAt), finishedAt: metronomeDate(finishedAt), tasks };
}

function dateOrNull(ms: number | null): string | null {
  return ms === null ? null : metronomeDate(ms);
}
