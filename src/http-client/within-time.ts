import type { Clock } from '../engine/clock';
import { abortedFailure, timeoutFailure, type Target } from './http-failure';

/** A piece of work with all its time. */
export type TimedWork = {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly target: Target;
  readonly signal: AbortSignal | undefined;
};

/** Rejects when the signal fires, even while `work` does not listen to it. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    work.then(resolve, reject);
  });
}

/** Runs `work` under a deadline and the caller's signal; whichever ends it decides the error, TIMED_OUT. */
export async function withinTime<T>(
  { clock, timeoutMs, target, signal }: TimedWork,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const throwIfAborted = (): void => {
    if (signal?.aborted === true) throw abortedFailure(target, signal);
  };
  throwIfAborted();
  const stop = new AbortController();
  const cancelTimer = clock.after(timeoutMs, () => stop.abort());
  const onAbort = () => stop.abort();
  signal?.addEventListener('abort', onAbort);
  try {
    return await untilAborted(work(stop.signal), stop.signal);
  } catch (error) {
    throwIfAborted();
    throw stop.signal.aborted ? timeoutFailure(target, timeoutMs) : error;
  } finally {
    cancelTimer();
    signal?.removeEventListener('abort', onAbort);
  }
}
