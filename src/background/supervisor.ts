import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Worker } from 'node:worker_threads';
import Bree from 'bree';
import type { Clock } from '../engine/clock';
import { CoxswainError } from '../model/errors';

/** A long-lived worker thread. */
export type BackgroundJob = {
  readonly name: string;
  /** Absolute path of a compiled file that calls `runJob`. */
  readonly path: string;
  /** Handed to the job's `start`; copied between threads, so plain data only. */
  readonly workerData?: Readonly<Record<string, unknown>>;
};

/** Where the supervisor tells what happens to its jobs: fields first, then a constant sentence. */
export type BackgroundLogger = {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
};

/** What to run, and who is told. */
export type BackgroundOptions = {
  readonly jobs: readonly BackgroundJob[];
  readonly clock: Clock;
  readonly logger: BackgroundLogger;
  /** Called with every message a job posts. The texts `cancel`, `cancelled` and `done` belong to the machinery. */
  readonly onMessage: (name: string, message: unknown) => void;
};

/** The running jobs. */
export type Background = {
  /** Sends a message to a job; false, sending nothing, while it is down. A hint, not a delivery. */
  readonly post: (name: string, message: unknown) => boolean;
  /** Asks every job to stop and ends the threads of those that have not by the deadline; never hangs. */
  readonly stop: (deadlineMs: number) => Promise<void>;
};

const firstDelayMs = 100;
const longestDelayMs = 10_000;
/** A burst of work would otherwise leave each thread tens of megabytes larger for good. */
const maxYoungGenerationSizeMb = 8;
const healthyAfterMs = 60_000;

/**
 * Starts the jobs in worker threads through Bree and keeps them alive: a job that ends, for whatever reason, is started
 * again after 100 ms, doubling to 10 s with every end, and from 100 ms again once it has lived for a minute. Throws
 * INTERNAL when a job's file is missing.
 */
export function startBackground(options: BackgroundOptions): Background {
  for (const job of options.jobs) requireFile(job);
  const supervisor = new Supervisor(options);
  supervisor.start();
  return {
    post: (name, message) => supervisor.post(name, message),
    stop: (deadlineMs) => supervisor.stop(deadlineMs),
  };
}

class Supervisor {
  readonly #options: BackgroundOptions;
  readonly #bree: Bree;
  readonly #delays = new Map<string, number>();
  readonly #startedAt = new Map<string, number>();
  readonly #cancelRestart = new Map<string, () => void>();
  #ready = Promise.resolve();
  #stopping = false;

  constructor(options: BackgroundOptions) {
    this.#options = options;
    this.#bree = this.#createBree();
    this.#bree.on('worker created', (name: string) => {
      // A thread created while stopping has not been asked to stop.
      if (this.#stopping) void this.#worker(name)?.terminate();
    });
    this.#bree.on('worker deleted', (name: string) => this.#restartLater(name));
  }

  start(): void {
    const { jobs, logger } = this.#options;
    // `input` keeps what the job is given apart from what Bree adds to it.
    const described = jobs.map(({ name, path, workerData }) => ({
      name,
      path,
      timeout: false as const,
      worker: { workerData: { input: workerData ?? {} }, resourceLimits: { maxYoungGenerationSizeMb } },
    }));
    // Added in one step: two runs at once would both set Bree up.
    this.#ready = this.#bree.add(described).then(
      () => jobs.forEach(({ name }) => this.#run(name)),
      (error: unknown) => logger.error({ err: error }, 'Background jobs could not be set up'),
    );
  }

  post(name: string, message: unknown): boolean {
    const worker = this.#worker(name);
    if (worker === undefined || this.#stopping) return false;
    worker.postMessage(message);
    return true;
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    for (const cancel of this.#cancelRestart.values()) cancel();
    this.#cancelRestart.clear();
    let cancelDeadline = (): void => undefined;
    const deadline = new Promise<void>((resolve) => {
      cancelDeadline = this.#options.clock.after(deadlineMs, resolve);
    });
    // Bree waits for ever for a job that does not answer; once its threads are ended below, it stops waiting.
    const stopped = this.#ready.then(() => this.#bree.stop());
    await Promise.race([stopped.catch(() => undefined), deadline]);
    cancelDeadline();
    const left = [...this.#bree.workers];
    for (const [job] of left) {
      this.#options.logger.warn({ job }, 'Background job did not stop in time; its thread is ended');
    }
    await Promise.all(left.map(([, worker]) => worker.terminate()));
  }

  #createBree(): Bree {
    const { logger } = this.#options;
    return new Bree({
      root: false,
      acceptedExtensions: ['.js', '.cjs', '.mjs'],
      logger: {
        info: () => undefined,
        warn: (message: unknown) => logger.warn({ detail: String(message) }, 'Background machinery warns'),
        error: (message: unknown) => logger.error({ detail: String(message) }, 'Background machinery failed'),
      },
      errorHandler: (error, { name }) => {
        // Bree tells of each crash twice; that the thread ended is logged with its restart.
        if (error instanceof Error && /^Worker for job .* exited with code/.test(error.message)) return;
        logger.error({ job: name, err: error }, 'Background job failed');
      },
      workerMessageHandler: ({ name, message }) => this.#receive(name, message),
      jobs: [],
    });
  }

  #worker(name: string): Worker | undefined {
    return this.#bree.workers.get(name);
  }

  #receive(name: string, message: unknown): void {
    if (message === 'cancelled') {
      // Bree listens for one message only, and misses this one when another comes first.
      void this.#worker(name)?.terminate();
      return;
    }
    if (message !== 'done') this.#options.onMessage(name, message);
  }

  #run(name: string): void {
    if (this.#stopping) return;
    this.#startedAt.set(name, this.#options.clock.now());
    this.#bree.run(name).catch((error: unknown) => {
      this.#options.logger.error({ job: name, err: error }, 'Background job could not be started');
      this.#restartLater(name);
    });
  }

  #restartLater(name: string): void {
    if (this.#stopping) return;
    const { clock, logger } = this.#options;
    const livedMs = clock.now() - (this.#startedAt.get(name) ?? clock.now());
    const previous = livedMs >= healthyAfterMs ? undefined : this.#delays.get(name);
    const delayMs = previous === undefined ? firstDelayMs : Math.min(previous * 2, longestDelayMs);
    this.#delays.set(name, delayMs);
    logger.warn({ job: name, livedMs, delayMs }, 'Background job ended and will be started again');
    this.#cancelRestart.set(
      name,
      clock.after(delayMs, () => this.#run(name)),
    );
  }
}

function requireFile({ name, path }: BackgroundJob): void {
  if (isAbsolute(path) && existsSync(path)) return;
  throw new CoxswainError('INTERNAL', {
    message: `The background job ${name} has no compiled file at ${path}. Run \`npm run build\`; the path must be absolute.`,
    fields: { job: name, path },
  });
}
