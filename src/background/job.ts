import { parentPort, workerData } from 'node:worker_threads';

/** A started job, as its thread holds it. */
export type RunningJob = {
  /** Ends the work; the thread is ended after it, or at the supervisor's deadline. */
  readonly stop: () => Promise<void>;
  /** Called with every message posted to the job. */
  readonly onMessage: (message: unknown) => void;
};

/** What a background job does; `post` sends a message to whoever started it. */
export type JobDefinition = {
  readonly start: (workerData: unknown, post: (message: unknown) => void) => Promise<RunningJob>;
};

/**
 * Runs a job in a worker thread started by `startBackground`. Answers `cancel` with `cancelled` once the job has stopped.
 * An uncaught error or unhandled rejection ends the thread with it, and the supervisor starts a new one.
 */
export function runJob(job: JobDefinition): void {
  const port = parentPort;
  if (port === null) throw new Error('A background job runs in a worker thread only. Start it with startBackground.');
  const { input } = workerData as { readonly input: unknown };
  const started = job.start(input, (message) => port.postMessage(message));
  const fail = (error: unknown): void => {
    // Thrown outside of any promise, it reaches the supervisor as the thread's error.
    setImmediate(() => {
      throw error instanceof Error ? error : new Error(String(error));
    });
  };
  started.catch(fail);
  process.on('unhandledRejection', fail);
  port.on('message', (message: unknown) => {
    if (message !== 'cancel') {
      // Messages that come before the start is over wait for it.
      started.then((running) => running.onMessage(message)).catch(fail);
      return;
    }
    started
      .then((running) => running.stop())
      .then(() => port.postMessage('cancelled'))
      .catch(fail);
  });
}
