import type { Clock } from '../engine/clock';
import { ApiError } from './api-error';

/** The longest a request is held open. */
export const mostWaitMs = 10_000;

const lookEveryMs = 150;

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    function onAbort() {
      cancel();
      resolve();
    }
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** The `waitMs` of a query: 0 when absent, at most ten seconds; throws 400 when it is not a number. */
export function waitMsOf(query: URLSearchParams): number {
  return Math.min(mostWaitMs, wholeNumber(query, 'waitMs') ?? 0);
}

/** A whole number of the query, undefined when absent; throws 400 when it is something else. */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,12}$/.test(text)) {
    throw new ApiError(400, 'INVALID_INPUT', `${name} must be a whole number, not '${text.slice(0, 40)}'.`);
  }
  return Number(text);
}

/** Reads again and again until `isReady`, the time is over or nobody waits any more; returns what was read last. */
export async function longPoll<T>(poll: {
  readonly clock: Clock;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly read: () => Promise<T>;
  readonly isReady: (value: T) => boolean;
}): Promise<T> {
  const { clock, signal } = poll;
  const deadline = clock.now() + poll.waitMs;
  for (;;) {
    const value = await poll.read();
    const left = deadline - clock.now();
    if (left <= 0 || signal.aborted || poll.isReady(value)) return value;
    await pause(clock, Math.min(lookEveryMs, left), signal);
  }
}
