import { frozenUntil, nextFreeze, type Freeze } from './freeze';
import { addDays, instantOf, localTime, weekdayOf, type LocalDate } from './local-time';

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
export const longestMs = 3 * 366 * 24 * 60 * minuteMs;

const cutAtMidnight = ({ from, to }: Hours): readonly Hours[] =>
  from <= to
    ? [{ from, to }]
    : [
        { from: 0, to },
        { from, to: lastMinute },
      ];

/** From when until when hours are open on a date, the end exclusive. */
function spanOf({ from, to }: Hours, date: LocalDate, timeZone: string): { start: number; end: number } {
  const [start, end] = [instantOf(date, from, timeZone), instantOf(date, to, timeZone)];
  if (end.exists) return { start: start.at, end: end.at + minuteMs };
  // Hours that clocks pass over as a whole are as long as ever, after it; those that they pass over in part end there.
  const isWhole = start.at === end.at;
  return { start: start.at, end: isWhole ? start.at + (to - from + 1) * minuteMs : end.at };
}

/** The spans of days and hours that end after `at`, of one day after another for nine days. */
function* spansFrom({ hours, days, timeZone }: TimeWindow, at: number): Generator<ReturnType<typeof spanOf>[]> {
  const today = localTime(at, timeZone).date;
  const whole: readonly Hours[] = [{ from: 0, to: lastMinute }];
  const cut = (hours.length === 0 ? whole : hours).flatMap(cutAtMidnight);
  // Yesterday's hours may end today where clocks passed over them; a week later any day has come.
  for (let day = -1; day <= 8; day += 1) {
    const date = addDays(today, day);
    if (days.length > 0 && !days.includes(weekdayOf(date))) continue;
    const spans = cut.map((each) => spanOf(each, date, timeZone)).filter(({ end }) => end > at);
    if (spans.length > 0) yield spans;
  }
}

/** The first instant from `at` on at which days and hours are open. */
function nextOpen(window: TimeWindow, at: number): number | undefined {
  for (const spans of spansFrom(window, at)) return Math.min(...spans.map(({ start }) => Math.max(at, start)));
  return undefined;
}

/**
 * The first instant from `at` on at which a window is open, in milliseconds since the epoch: `at` itself where it is open now;
 * undefined where it does not open within three years.
 */
export function firstOpening(window: TimeWindow, at: number): number | undefined {
  const { freezes, timeZone } = window;
  let candidate = nextOpen(window, at);
  while (candidate !== undefined && candidate - at < longestMs) {
    const when = candidate;
    const ends = freezes.flatMap((freeze) => frozenUntil(freeze, when, timeZone) ?? []);
    if (ends.length === 0) return when;
    candidate = nextOpen(window, Math.max(...ends));
  }
  return undefined;
}

const closingMs = 8 * 24 * 60 * minuteMs;

/**
 * The first instant after `at` at which a window that is open at `at` is closed, in milliseconds since the epoch; undefined
 * where it does not close within eight days.
 */
export function firstClosing(window: TimeWindow, at: number): number | undefined {
  const { freezes, timeZone } = window;
  const frozen = Math.min(...freezes.map((freeze) => nextFreeze(freeze, at, timeZone) ?? Number.POSITIVE_INFINITY));
  let until = at;
  for (const spans of spansFrom(window, at)) {
    for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
      // Hours that follow without a gap, as those of the next day do at midnight, are one.
      if (start <= until) until = Math.max(until, end);
    }
  }
  const closing = Math.min(until, frozen);
  return closing - at < closingMs ? closing : undefined;
}
