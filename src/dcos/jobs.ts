import type { Diagnosis } from '../model/diagnosis';
import type { JobDescription, JobRun, JobState } from '../model/job';
import type { Location } from '../model/server-group';

/** The runs of a job at one moment: `ids` of all, except of those that were created before `since` and have ended. */
export type KnownRuns = { readonly ids: readonly string[]; readonly since: number };

/** Which runs to find: those of a job that were started with `key` and are not `known`. */
export type StartedQuery = { readonly jobId: string; readonly key: string; readonly known: KnownRuns };

/** Runs that were found, oldest first; `isOpen` while there is a new one of which nobody can tell yet whose it is. */
export type StartedRuns = { readonly runIds: readonly string[]; readonly isOpen: boolean };

/** A file of a task: what it holds, or that it is longer than was asked for. */
export type JobFile = { readonly text: string } | { readonly isTooLong: true };

/**
 * Jobs of DC/OS, as stages see them. Every call may throw a CoxswainError (NOT_FOUND for a place that is not known,
 * UNREACHABLE, TIMED_OUT, SERVER_ERROR, UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, REQUEST_REFUSED); none is repeated inside.
 */
export interface Jobs {
  /** The runs of a job now; none where the job does not exist. */
  knownRuns(location: Location, jobId: string, signal?: AbortSignal): Promise<KnownRuns>;
  /** The runs that were started since; for whoever lost the answer of `run`. */
  startedRuns(location: Location, query: StartedQuery, signal?: AbortSignal): Promise<StartedRuns>;
  /**
   * Creates the job or replaces its definition, labelled with `key` (label COXSWAIN_KEY), and starts one run; answers the
   * run's id. Not safe to repeat, and only for one at a time (JobTurns). Throws INVALID_NAME and INVALID_INPUT for a
   * description that cannot be a job, and METRONOME_CHANGED, its field `runId` the run, where somebody else has defined the
   * job meanwhile, so that the run may be of another definition.
   */
  run(location: Location, description: JobDescription, key: string, signal?: AbortSignal): Promise<string>;
  /** How a run is doing: as Metronome says, and where it has forgotten the run, as Mesos does. */
  look(location: Location, run: JobRun, signal?: AbortSignal): Promise<JobState>;
  /** Stops a run, which then counts as failed; one that has ended already counts as done. */
  cancel(location: Location, run: JobRun, signal?: AbortSignal): Promise<void>;
  /** A file in the sandbox of the run's newest task; undefined where there is none, or it is collected. */
  readFile(
    location: Location,
    run: JobRun,
    file: { readonly path: string; readonly maxBytes: number },
    signal?: AbortSignal,
  ): Promise<JobFile | undefined>;
  /** Says why a run failed: how its newest task ended, and its last lines of stderr. What cannot be read is a reason too. */
  explain(location: Location, run: JobRun, signal?: AbortSignal): Promise<Diagnosis>;
}
