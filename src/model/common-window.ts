import { firstClosing, firstOpening, longestMs, type TimeWindow } from './time-window';

/** A window and whose it is, in words: `environment prod`, `pipeline release`, `this stage`. */
export type NamedWindow = { readonly of: string; readonly window: TimeWindow };

/** The windows that are closed at an instant, in their order. */
export const closedAt = (windows: readonly NamedWindow[], at: number): readonly NamedWindow[] =>
  windows.filter(({ window }) => firstOpening(window, at) !== at);

/** More than windows of every day take to go through the year, in which those of several zones may meet for a week only. */
const mostRounds = 1000;

/**
 * The first instant from `at` on at which all windows are open, in milliseconds since the epoch: `at` itself where they are, or
 * where there are none; undefined where they do not meet within a year, or one does not open within three.
 */
export function commonOpening(windows: readonly NamedWindow[], at: number): number | undefined {
  let candidate = at;
  for (let round = 0; round < mostRounds && candidate - at < longestMs; round += 1) {
    const from = candidate;
    for (const { window } of windows) {
      const opening = firstOpening(window, candidate);
      if (opening === undefined) return undefined;
      candidate = opening;
    }
    if (candidate === from) return candidate;
  }
  return undefined;
}

/**
 * The first instant after `at` at which one of the windows that are all open at `at` is closed, in milliseconds since the epoch;
 * undefined where none closes within eight days.
 */
export function commonClosing(windows: readonly NamedWindow[], at: number): number | undefined {
  const closings = windows.flatMap(({ window }) => firstClosing(window, at) ?? []);
  return closings.length === 0 ? undefined : Math.min(...closings);
}
