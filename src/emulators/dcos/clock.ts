/** What the emulator needs of time. */
export type EmulatorClock = {
  /** Milliseconds since the epoch, the moment that timestamps show. */
  readonly now: () => number;
  /** How long an emulated duration lasts on this clock; shorter than asked when the clock has a speed above 1. */
  readonly scale: (ms: number) => number;
  /** Runs `action` once at `at` (in terms of `now`), at the earliest in the next turn; returns a function that prevents it. */
  readonly setTimer: (at: number, action: () => void) => () => void;
};

/** A clock that stands still until it is told to move; for tests on virtual time. */
export type VirtualClock = EmulatorClock & {
  /** Moves time forward by `ms` and runs everything that falls due on the way, in the order of time. */
  readonly advance: (ms: number) => void;
};

/** Creates a clock that moves only by `advance`. It starts at 2026-01-01T00:00:00Z when no start is given. */
export function createVirtualClock(startMs: number = Date.UTC(2026, 0, 1)): VirtualClock {
  let nowMs = startMs;
  let sequence = 0;
  const timers: { readonly at: number; readonly order: number; readonly action: () => void }[] = [];
  const remove = (order: number) => {
    const index = timers.findIndex((timer) => timer.order === order);
    if (index !== -1) timers.splice(index, 1);
  };
  const nextBefore = (end: number) =>
    timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];

  return {
    now: () => nowMs,
    scale: (ms) => ms,
    setTimer(at, action) {
      const order = sequence++;
      timers.push({ at, order, action });
      return () => remove(order);
    },
    advance(ms) {
      const end = nowMs + ms;
      for (let timer = nextBefore(end); timer !== undefined; timer = nextBefore(end)) {
        remove(timer.order);
        nowMs = Math.max(nowMs, timer.at);
        timer.action();
      }
      nowMs = end;
    },
  };
}

/**
 * Creates the clock of the wall. Timestamps stay true; `speed` only shortens the emulated delays (10 makes a start of
 * 400 ms take 40 ms). Timers do not keep the process alive.
 */
export function createRealClock(speed = 1): EmulatorClock {
  return {
    now: () => Date.now(),
    scale: (ms) => ms / speed,
    setTimer(at, action) {
      const handle = setTimeout(action, Math.min(Math.max(0, at - Date.now()), 2 ** 31 - 1));
      handle.unref();
      return () => clearTimeout(handle);
    },
  };
}
