import { freezeSpans, frozenUntil, nextFreeze, type Freeze } from './freeze';
import { addDays, createLocalClock, weekdayOf, type LocalClock, type LocalDate } from './local-time';
import { alongSpans, type Span } from './span';

/** Minutes of a day, 0 to 1439, both inclusive to their last second; `to` before `from` goes on after midnight. */
export type Hours = { readonly from: number; readonly to: number };

/** A wait of random length before what a window let through starts, in seconds. */
export type Jitter = {
  readonly minDelay: number;
  readonly maxDelay: number;
  /** Not for what a person started. */
  readonly skipManual: boolean;
};

/**
 * When something may start, as clocks of one zone show it. A time of the day that clocks pass over when they are put forward
 * counts as the first minute after it; of one that they show twice, the first counts, so that a window opens once. Hours are
 * cut at midnight, so `days` are those on which it is open, not those on which it opened.
 */
export type TimeWindow = {
  /** None: the whole day. */
  readonly hours: readonly Hours[];
  /** 1 is Monday, 7 is Sunday; none: every day. */
  readonly days: readonly number[];
  /** Of the IANA database, `Europe/Berlin`. */
  readonly timeZone: string;
  readonly freezes: readonly Freeze[];
  readonly jitter?: Jitter;
};

const lastMinute = 24 * 60 - 1;
const minuteMs = 60_000;
/** How far ahead an opening is looked for: three years, in milliseconds. */
const longestMs = 3 * 366 * 24 * 60 * minuteMs;

const cutAtMidnight = ({ from, to }: Hours): readonly Hours[] =>
  from <= to
    ? [{ from, to }]
    : [
        { from: 0, to },
        { from, to: lastMinute },
      ];

/** From when until when hours are open on a date, the end exclusive. */
function spanOf({ from, to }: Hours, date: LocalDate, { instantOf }: LocalClock): Span {
  const [start, end] = [instantOf(date, from), instantOf(date, to)];
  if (end.exists) return { start: start.at, end: end.at + minuteMs };
  // Hours that clocks pass over as a whole are as long as ever, after it; those that they pass over in part end there.
  const isWhole = start.at === end.at;
  return { start: start.at, end: isWhole ? start.at + (to - from + 1) * minuteMs : end.at };
}

/** The spans of days and hours, sorted by their start, from one that may hold `at` on; without end. */
function* spansFrom({ hours, days }: TimeWindow, at: number, clock: LocalClock): Generator<Span> {
  const whole: readonly Hours[] = [{ from: 0, to: lastMinute }];
  const cut = (hours.length === 0 ? whole : hours).flatMap(cutAtMidnight).sort((one, other) => one.from - other.from);
  // Yesterday's hours may end today where clocks passed over them.
  for (let date = addDays(clock.dateAt(at), -1); ; date = addDays(date, 1)) {
    if (days.length > 0 && !days.includes(weekdayOf(date))) continue;
    for (const each of cut) yield spanOf(each, date, clock);
  }
}

/** Puts an instant off to the first, from it on, at which one rule of a window is met. */
type Gate = (from: number) => number;

function gatesOf(window: TimeWindow, at: number): readonly Gate[] {
  const clock = createLocalClock(window.timeZone);
  const open = alongSpans(spansFrom(window, at, clock));
  const freezes = window.freezes.map((freeze) => alongSpans(freezeSpans(freeze, at, clock)));
  return [
    (from) => Math.max(from, open(from)?.start ?? from),
    ...freezes.map((frozen): Gate => {
      return (from) => {
        const span = frozen(from);
        return span === undefined || span.start > from ? from : span.end;
      };
    }),
  ];
}

/**
 * The first instant from `at` on at which all windows are open, in milliseconds since the epoch: `at` itself where they are, or
 * where there are none; undefined where they are not within three years. The work is that of walking once along the hours and
 * freezes of these years, whether they meet or not.
 */
export function firstOpeningTogether(windows: readonly TimeWindow[], at: number): number | undefined {
  const gates = windows.flatMap((window) => gatesOf(window, at));
  let candidate = at;
  while (candidate - at < longestMs) {
    const next = gates.reduce((from, gate) => gate(from), candidate);
    if (next === candidate) return candidate;
    candidate = next;
  }
  return undefined;
}

/** The first instant from `at` on at which a window is open, as {@link firstOpeningTogether} finds it. */
export const firstOpening = (window: TimeWindow, at: number): number | undefined => firstOpeningTogether([window], at);

/** Whether one of a window's freezes holds an instant. */
export const isFrozenAt = ({ freezes, timeZone }: TimeWindow, at: number): boolean =>
  freezes.some((freeze) => frozenUntil(freeze, at, timeZone) !== undefined);

const closingMs = 8 * 24 * 60 * minuteMs;

/**
 * The first instant after `at` at which a window that is open at `at` is closed, in milliseconds since the epoch; undefined
 * where it does not close within eight days.
 */
export function firstClosing(window: TimeWindow, at: number): number | undefined {
  const clock = createLocalClock(window.timeZone);
  const frozen = Math.min(
    ...window.freezes.map((freeze) => nextFreeze(freeze, at, window.timeZone) ?? Number.POSITIVE_INFINITY),
  );
  let until = at;
  for (const { start, end } of spansFrom(window, at, clock)) {
    // Hours that follow without a gap, as those of the next day do at midnight, are one.
    if (start > until || until - at >= closingMs) break;
    until = Math.max(until, end);
  }
  const closing = Math.min(until, frozen);
  return closing - at < closingMs ? closing : undefined;
}
