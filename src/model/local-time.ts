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

const dateOf = (at: DateTime): LocalDate => at.toISODate() ?? '';
const utcOf = (date: LocalDate): DateTime => DateTime.fromISO(date, { zone: 'utc' });

/** What the clocks of a zone show at an instant, in milliseconds since the epoch. */
export function localTime(at: number, timeZone: string): LocalTime {
  const local = DateTime.fromMillis(at, { zone: timeZone });
  return { date: dateOf(local), minute: local.hour * 60 + local.minute, weekday: local.weekday };
}

/** A date so many days later, or earlier. */
export const addDays = (date: LocalDate, days: number): LocalDate => dateOf(utcOf(date).plus({ days }));

/** 1 is Monday, 7 is Sunday. */
export const weekdayOf = (date: LocalDate): number => utcOf(date).weekday;

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

/**
 * The first instant at which the clocks of a zone show a minute of a date, in milliseconds since the epoch; of one that is
 * passed over when clocks are put forward, the instant at which they are, and `exists` is false.
 */
export function instantOf(date: LocalDate, minute: number, timeZone: string): { at: number; exists: boolean } {
  const zone = IANAZone.create(timeZone);
  const offsetAt = (at: number) => zone.offset(at) * minuteMs;
  const wall = utcOf(date).toMillis() + minute * minuteMs;
  const [before, after] = [wall - offsetAt(wall - dayMs), wall - offsetAt(wall + dayMs)];
  const shown = [before, after].filter((at) => at + offsetAt(at) === wall);
  if (shown.length > 0) return { at: Math.min(...shown), exists: true };
  return { at: startOfGap(Math.max(before, after), wall, offsetAt), exists: false };
}
