import { firstClosing, firstOpening, firstOpeningTogether, type TimeWindow } from './time-window';

/** A window and whose it is, in words: `environment prod`, `pipeline release`, `this stage`. */
export type NamedWindow = { readonly of: string; readonly window: TimeWindow };

/** The windows that are closed at an instant, in their order. */
export const closedAt = (windows: readonly NamedWindow[], at: number): readonly NamedWindow[] =>
  windows.filter(({ window }) => firstOpening(window, at) !== at);

/**
 * The first instant from `at` on at which all windows are open, in milliseconds since the epoch: `at` itself where they are, or
 * where there are none; undefined where they are not within three years.
 */
export const commonOpening = (windows: readonly NamedWindow[], at: number): number | undefined =>
  firstOpeningTogether(
    windows.map(({ window }) => window),
    at,
  );

/**
 * The first instant after `at` at which one of the windows that are all open at `at` is closed, in milliseconds since the epoch;
 * undefined where none closes within eight days.
 */
export function commonClosing(windows: readonly NamedWindow[], at: number): number | undefined {
  const closings = windows.flatMap(({ window }) => firstClosing(window, at) ?? []);
  return closings.length === 0 ? undefined : Math.min(...closings);
}
