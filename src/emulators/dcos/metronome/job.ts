import type { JsonObject } from '../json';
import type { Unheard } from '../unheard';

/** What a run of a job starts. */
export type JobRunSpec = {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly cmd?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly env: JsonObject;
  readonly docker?: { readonly image: string } | undefined;
  readonly ucr?: { readonly image: { readonly id: string } } | undefined;
  readonly placement: {
    readonly constraints: readonly {
      readonly attribute: string;
      readonly operator: 'IS' | 'EQ' | 'LIKE' | 'UNLIKE';
      readonly value?: string | undefined;
    }[];
  };
  readonly maxLaunchDelay: number;
  readonly restart: { readonly policy: 'NEVER' | 'ON_FAILURE'; readonly activeDeadlineSeconds?: number | undefined };
  readonly taskKillGracePeriodSeconds?: number | undefined;
};

/** A job as stored: complete, with the defaults filled in. */
export type JobSpec = {
  readonly id: string;
  readonly description?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly dependencies: readonly { readonly id: string }[];
  readonly run: JobRunSpec;
};

/** When a job runs by itself. */
export type JobSchedule = {
  readonly id: string;
  readonly cron: string;
  readonly timezone: string;
  readonly startingDeadlineSeconds: number;
  readonly concurrencyPolicy: 'ALLOW' | 'FORBID';
  readonly enabled: boolean;
  /** Milliseconds since the epoch. */
  readonly nextRunAt: number;
};

/** A run that has ended; moments in milliseconds since the epoch. */
export type FinishedRun = {
  readonly id: string;
  readonly createdAt: number;
  readonly finishedAt: number;
  readonly tasks: readonly string[];
};

/** What became of the runs of a job; the lists are newest first and hold at most 1000 runs. */
export type JobHistory = {
  successCount: number;
  failureCount: number;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  successfulFinishedRuns: FinishedRun[];
  failedFinishedRuns: FinishedRun[];
};

/** A job with all that belongs to it but its active runs. */
export type Job = { spec: JobSpec; schedules: JobSchedule[]; readonly history: JobHistory };

/** One task of a run. */
export type RunTask = {
  readonly id: string;
  readonly startedAt: number;
  completedAt: number | null;
  status: string;
  /** While its agent is lost: the status before, and what nobody has heard since. */
  lost?: { readonly status: string; readonly unheard: Unheard } | undefined;
};

/** A run that has not ended. It keeps the definition it was created with. */
export type JobRun = {
  readonly id: string;
  readonly jobId: string;
  readonly createdAt: number;
  readonly spec: JobSpec;
  isStopped: boolean;
  /** Before this moment no task is launched. */
  notBefore: number;
  /** The last is the present one, unless it has completed. */
  readonly tasks: RunTask[];
};

/** The task of a run that has not ended. */
export function activeTask(run: JobRun): RunTask | undefined {
  const last = run.tasks.at(-1);
  return last?.completedAt === null ? last : undefined;
}

/** A moment as Metronome writes it: like ISO 8601, but without a colon in the offset. */
export function metronomeDate(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}
