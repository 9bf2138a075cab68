import { ExpressionError } from '../expression-error';
import type { ChronoUnit } from './temporal-values';

/** Milliseconds of a day. */
export const dayMs = 86_400_000;

/** Milliseconds since the epoch of a date in UTC; `month` from 1. Throws for dates that do not exist. */
export function utcTime(year: number, month: number, day: number, timeOfDayMs = 0): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists) throw new ExpressionError(`there is no date ${year}-${month}-${day}`);
  return date.getTime() + timeOfDayMs;
}

function addMonths(ms: number, months: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  // The 31st of a month that ends earlier is its last day.
  const last = new Date(date);
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  date.setUTCDate(Math.min(day, last.getUTCDate()));
  return date.getTime();
}

/** A time moved by so many units, as java.time does it. */
export const addUnits = (ms: number, count: number, unit: ChronoUnit): number =>
  unit.months > 0 ? addMonths(ms, count * unit.months) : ms + count * unit.ms;

const dayOf = (ms: number): number => Math.floor(ms / dayMs);

/** Whole months as java.time counts them: by the day of the month, whatever the length of the months. */
function monthsBetween(from: number, to: number): number {
  const [start, end] = [dayOf(from), dayOf(to)];
  const [startTime, endTime] = [from - start * dayMs, to - end * dayMs];
  // A day that is not whole does not count.
  const last = end > start && endTime < startTime ? end - 1 : end < start && endTime > startTime ? end + 1 : end;
  const packed = (day: number): number => {
    const date = new Date(day * dayMs);
    return (date.getUTCFullYear() * 12 + date.getUTCMonth()) * 32 + date.getUTCDate();
  };
  return Math.trunc((packed(last) - packed(start)) / 32);
}

/** Whole units between two times. */
export const unitsBetween = (from: number, to: number, unit: ChronoUnit): number =>
  Math.trunc(unit.months > 0 ? monthsBetween(from, to) / unit.months : (to - from) / unit.ms) + 0;

/** The day of the week: Monday is 1. */
export const dayOfWeek = (ms: number): number => ((((Math.floor(ms / dayMs) + 3) % 7) + 7) % 7) + 1;

/** The day of the year, from 1. */
export const dayOfYear = (ms: number): number =>
  Math.floor((ms - utcTime(new Date(ms).getUTCFullYear(), 1, 1)) / dayMs) + 1;
