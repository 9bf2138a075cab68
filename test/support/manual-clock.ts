import type { Clock } from '../../src/engine/clock';

/** A clock that stands still until it is moved. */
export type ManualClock = Clock & {
  /** Moves time, running what falls due on the way in its order, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
};

type Timer = { readonly at: number; readonly callback: () => void };

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A clock for tests; `startAt` is in milliseconds since the epoch. */
export function createManualClock(startAt = Date.UTC(2026, 0, 1)): ManualClock {
  const timers = new Set<Timer>();
  let now = startAt;
  return {
    now: () => now,
    after: (delayMs, callback) => {
      const timer = { at: now + Math.max(0, delayMs), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: async (ms) => {
      const target = now + ms;
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= target).sort((one, other) => one.at - other.at)[0];
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.callback();
        await settle();
      }
      now = target;
      await settle();
    },
  };
}
