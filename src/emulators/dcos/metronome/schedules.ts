import { Cron } from 'croner';
import { z } from 'zod';
import type { Context } from '../context';
import { notValid } from '../marathon-error';
import { addTimer } from '../timer-loop';
import type { Job, JobSchedule } from './job';
import { parse } from './read-job';
import { createRun, runsOf } from './runs';

const schedule = z.looseObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*[a-z0-9]+$/),
  cron: z.string(),
  timezone: z.string().default('UTC'),
  startingDeadlineSeconds: z.int().min(1).default(900),
  concurrencyPolicy: z.enum(['ALLOW', 'FORBID']).default('ALLOW'),
  enabled: z.boolean().default(true),
});

/** Reads a schedule out of a request body; throws 422 for what is wrong, also for a cron that never comes true. */
export function readSchedule(body: unknown, nowMs: number): JobSchedule {
  const { id, cron, timezone, startingDeadlineSeconds, concurrencyPolicy, enabled } = parse(schedule, body);
  const nextRunAt = nextRun(cron, timezone, nowMs);
  return { id, cron, timezone, startingDeadlineSeconds, concurrencyPolicy, enabled, nextRunAt };
}

/** Gives a job other schedules and sets the timer for them. */
export function setSchedules(context: Context, job: Job, schedules: readonly JobSchedule[]): void {
  const { world } = context;
  const key = timerKey(job.spec.id);
  job.schedules = [...schedules];
  world.timers = world.timers.filter((timer) => timer.instanceId !== key);
  for (const { enabled, nextRunAt } of schedules) {
    // At its own moment, whatever the speed of the clock: a cron speaks of the time of day.
    if (enabled) addTimer(world, { kind: 'schedule', instanceId: key, at: nextRunAt });
  }
}

/** Starts the run whose time has come by the timer of this key, unless it is too late or another run forbids it. */
export function runSchedule(context: Context, key: string): void {
  const job = Object.values(context.world.jobs).find(({ spec }) => timerKey(spec.id) === key);
  if (job === undefined) return;
  const nowMs = context.clock.now();
  const due = job.schedules.filter(({ enabled, nextRunAt }) => enabled && nextRunAt <= nowMs);
  for (const { nextRunAt, startingDeadlineSeconds, concurrencyPolicy } of due) {
    const isLate = nowMs - nextRunAt > startingDeadlineSeconds * 1000;
    const isForbidden = concurrencyPolicy === 'FORBID' && runsOf(context, job.spec.id).length > 0;
    if (!isLate && !isForbidden) createRun(context, job);
  }
  const later = job.schedules.map((each) =>
    due.includes(each) ? { ...each, nextRunAt: nextRun(each.cron, each.timezone, nowMs) } : each,
  );
  setSchedules(context, job, later);
}

function timerKey(jobId: string): string {
  return `schedule of ${jobId}`;
}

function nextRun(cron: string, timezone: string, afterMs: number): number {
  if (!isTimezone(timezone)) throw notValid([{ path: '/timezone', errors: ['error.unknown.timezone'] }]);
  const wrong = (why: string) => notValid([{ path: '/cron', errors: [`error.invalid.cron: ${why}`] }]);
  // The five fields of Unix alone; the library knows more than Metronome.
  if (!/^[\d\sA-Za-z*,/-]+$/.test(cron)) throw wrong(cron);
  let next: Date | null;
  try {
    next = new Cron(cron, { timezone, paused: true, mode: '5-part' }).nextRun(new Date(afterMs));
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : cron);
  }
  if (next === null) throw wrong('it never comes true');
  return next.getTime();
}

function isTimezone(timezone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }).format(0) !== '';
  } catch {
    return false;
  }
}
