import { DateTime, IANAZone } from 'luxon';

/** A day of a calendar, `2026-12-19`, whatever the zone. */
export type LocalDate = string;

/** An instant on the clocks of a zone. */
export type LocalTime = {
  readonly date: LocalDate;
  /** Of the day, 0 to 1439. */
  readonly minute: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Whether a name stands for a time zone of the IANA database that this machine knows. */
export const isTimeZone = (name: string): boolean => IANAZone.isValidZone(name);

/** A date as the start of its day in UTC, in milliseconds since the epoch. */
const utcOf = (date: LocalDate): number => Date.parse(date);

/** What the clocks of a zone show at an instant, in milliseconds since the epoch. */
export function localTime(at: number, timeZone: string): LocalTime {
  const local = DateTime.fromMillis(at, { zone: timeZone });
  return { date: local.toISODate() ?? '', minute: local.hour * 60 + local.minute, weekday: local.weekday };
}

/** A date so many days later, or earlier. */
export const addDays = (date: LocalDate, days: number): LocalDate =>
  new Date(utcOf(date) + days * dayMs).toISOString().slice(0, 10);

/** 1 is Monday, 7 is Sunday. */
export const weekdayOf = (date: LocalDate): number => ((new Date(utcOf(date)).getUTCDay() + 6) % 7) + 1;

/** The instant, up to a day and a half before `until`, at which clocks were put forward beyond a wall time. */
function startOfGap(until: number, wall: number, offsetAt: (at: number) => number): number {
  let [before, after] = [until - 1.5 * dayMs, until];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (middle + offsetAt(middle) >= wall) after = middle;
    else before = middle;
  }
  return after;
}

/** An instant that a minute of a date stands for; `exists` is false where clocks pass over the minute. */
export type LocalInstant = { readonly at: number; readonly exists: boolean };

/** The clocks of one zone, for many questions: offsets that were read are kept. */
export type LocalClock = {
  /** The date that they show at an instant, in milliseconds since the epoch. */
  readonly dateAt: (at: number) => LocalDate;
  /**
   * The first instant at which they show a minute of a date, in milliseconds since the epoch; of one that is passed over when
   * clocks are put forward, the instant at which they are.
   */
  readonly instantOf: (date: LocalDate, minute: number) => LocalInstant;
};

/** The clocks of a zone of the IANA database. */
export function createLocalClock(timeZone: string): LocalClock {
  const zone = IANAZone.create(timeZone);
  const offsetAt = (at: number) => zone.offset(at) * minuteMs;
  const midnights = new Map<number, number>();
  const offsetAtMidnight = (day: number): number => {
    const offset = midnights.get(day) ?? offsetAt(day * dayMs);
    midnights.set(day, offset);
    return offset;
  };
  /** The offset from a day before a day to a day after it, where it is the same all the time; else undefined. */
  const steadyOffset = (day: number): number | undefined => {
    // In no zone are clocks put forward and back within two weeks, so that ends which agree speak for all between them.
    for (const step of [7, 1]) {
      const first = offsetAtMidnight(Math.floor((day - 1) / step) * step);
      if (first === offsetAtMidnight(Math.ceil((day + 2) / step) * step)) return first;
    }
    return undefined;
  };
  return {
    dateAt: (at) => localTime(at, timeZone).date,
    instantOf(date, minute) {
      const wall = utcOf(date) + minute * minuteMs;
      const offset = steadyOffset(Math.floor(wall / dayMs));
      return offset === undefined ? nearChange(wall, offsetAt) : { at: wall - offset, exists: true };
    },
  };
}

function nearChange(wall: number, offsetAt: (at: number) => number): LocalInstant {
  const [before, after] = [wall - offsetAt(wall - dayMs), wall - offsetAt(wall + dayMs)];
  const shown = [before, after].filter((at) => at + offsetAt(at) === wall);
  if (shown.length > 0) return { at: Math.min(...shown), exists: true };
  return { at: startOfGap(Math.max(before, after), wall, offsetAt), exists: false };
}

/** One instant on the clocks of a zone, as {@link LocalClock} says it. */
export const instantOf = (date: LocalDate, minute: number, timeZone: string): LocalInstant =>
  createLocalClock(timeZone).instantOf(date, minute);
