import type { FinishedRun, JobHistory, JobRun } from './job';

const maxRuns = 1000;

/** The history of a job that has never run. */
export function emptyHistory(): JobHistory {
  const none = { successCount: 0, failureCount: 0, lastSuccessAt: null, lastFailureAt: null };
  return { ...none, successfulFinishedRuns: [], failedFinishedRuns: [] };
}

/** Enters a run that ended now. A stopped run is a failure. */
export function addToHistory(history: JobHistory, run: JobRun, isSuccess: boolean, nowMs: number): void {
  const tasks = run.tasks.map(({ id }) => id);
  const finished: FinishedRun = { id: run.id, createdAt: run.createdAt, finishedAt: nowMs, tasks };
  const before = isSuccess ? history.successfulFinishedRuns : history.failedFinishedRuns;
  const runs = [finished, ...before].slice(0, maxRuns);
  if (isSuccess) {
    history.successCount += 1;
    history.lastSuccessAt = nowMs;
    history.successfulFinishedRuns = runs;
  } else {
    history.failureCount += 1;
    history.lastFailureAt = nowMs;
    history.failedFinishedRuns = runs;
  }
}
