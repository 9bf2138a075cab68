import type { Clock } from '../engine/clock';

/** How long something may take, in milliseconds by the clock; `signal` may end it sooner. */
export type TimeBound = { readonly ms: number; readonly clock: Clock; readonly signal: AbortSignal | undefined };

/** Does something under a signal that fires when its time is over or the caller's own signal fires. */
export async function withinTime<T>(
  { ms, clock, signal }: TimeBound,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const disarm = clock.after(ms, () => late.abort());
  try {
    return await act(signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]));
  } finally {
    disarm();
  }
}
