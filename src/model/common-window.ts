import { firstClosing, firstOpening, firstOpeningTogether, isFrozenAt, type TimeWindow } from './time-window';

const minuteMs = 60_000;

/** A window and whose it is, in words: `environment prod`, `pipeline release`, `this stage`. */
export type NamedWindow = {
  readonly of: string;
  readonly window: TimeWindow;
  /**
   * For each cluster and place that the stage changes, the refIds of those before it that change it too: the window holds the
   * stage no more where one of each has begun. Absent where something is not changed before.
   */
  readonly unlessBegun?: readonly (readonly string[])[];
};

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
 * The end of the time in which windows are open, as people write it: hours are open to the end of their last minute, so that
 * it is this minute; a freeze begins at its first. In milliseconds since the epoch, from what {@link commonClosing} found.
 */
export function writtenClosing(windows: readonly NamedWindow[], closing: number): number {
  const isFrozen = windows.some(({ window }) => isFrozenAt(window, closing));
  return isFrozen ? closing : closing - minuteMs;
}

/**
 * The first instant after `at` at which one of the windows that are all open at `at` is closed, in milliseconds since the epoch;
 * undefined where none closes within eight days.
 */
export function commonClosing(windows: readonly NamedWindow[], at: number): number | undefined {
  const closings = windows.flatMap(({ window }) => firstClosing(window, at) ?? []);
  return closings.length === 0 ? undefined : Math.min(...closings);
}

/** A year in which no leap day is missing from the three that follow. */
const anyTime = Date.UTC(2027, 0, 1);

/** Whether windows are never open together, whatever the date: freezes of one time only pass, and do not count. */
export const neverMeet = (windows: readonly NamedWindow[]): boolean =>
  firstOpeningTogether(
    windows.map(({ window }) => ({ ...window, freezes: window.freezes.filter(({ every }) => every !== 'once') })),
    anyTime,
  ) === undefined;

/** That windows never open, of whom they are; without a full stop. */
export const neverOpenText = (windows: readonly NamedWindow[]): string => {
  const all = windows.map(({ of }) => of).join(' and ');
  return windows.length === 1 ? `The window of ${all} never opens` : `The windows of ${all} never open together`;
};
