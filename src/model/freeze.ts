import { DateTime } from 'luxon';
import { addDays, instantOf, localTime, weekdayOf, type LocalDate } from './local-time';

/** A minute of a date on local clocks. */
export type LocalMinute = { readonly date: LocalDate; readonly minute: number };

/** A day of every year; one that a year does not have is the last of its month. */
export type MonthDay = { readonly month: number; readonly day: number };

/** A minute of every week; `weekday` 1 is Monday. */
export type WeekMinute = { readonly weekday: number; readonly minute: number };

/** A time in which nothing may start: once, or again and again. All are half open: `to` is the first minute after it. */
export type Freeze =
  | { readonly every: 'once'; readonly from: LocalMinute; readonly to: LocalMinute }
  /** Whole days, both inclusive; `to` before `from` is in the year after. */
  | { readonly every: 'year'; readonly from: MonthDay; readonly to: MonthDay }
  /** `to` at or before `from` is in the week after. */
  | { readonly every: 'week'; readonly from: WeekMinute; readonly to: WeekMinute };

type Span = readonly [start: number, end: number];

function dateIn(year: number, { month, day }: MonthDay): LocalDate {
  const first = DateTime.utc(year, month, 1);
  return first.set({ day: Math.min(day, first.daysInMonth ?? 28) }).toISODate() ?? '';
}

function inYear(from: MonthDay, to: MonthDay, year: number): readonly [LocalDate, LocalDate] {
  const isLater = to.month > from.month || (to.month === from.month && to.day >= from.day);
  return [dateIn(year, from), addDays(dateIn(isLater ? year : year + 1, to), 1)];
}

/** The spans of a freeze that may hold an instant. */
function spansOf(freeze: Freeze, at: number, timeZone: string): readonly Span[] {
  const instant = (date: LocalDate, minute: number) => instantOf(date, minute, timeZone).at;
  if (freeze.every === 'once') {
    const { from, to } = freeze;
    return [[instant(from.date, from.minute), instant(to.date, to.minute)]];
  }
  const { date } = localTime(at, timeZone);
  if (freeze.every === 'year') {
    const year = Number(date.slice(0, 4));
    return [year - 1, year].map((each): Span => {
      const [first, end] = inYear(freeze.from, freeze.to, each);
      return [instant(first, 0), instant(end, 0)];
    });
  }
  const { from, to } = freeze;
  const back = (weekdayOf(date) - from.weekday + 7) % 7;
  const days = (to.weekday - from.weekday + 7) % 7 || (to.minute > from.minute ? 0 : 7);
  return [back, back + 7].map((each): Span => {
    const first = addDays(date, -each);
    return [instant(first, from.minute), instant(addDays(first, days), to.minute)];
  });
}

/** When a freeze that holds an instant ends, in milliseconds since the epoch; undefined where it does not hold it. */
export function frozenUntil(freeze: Freeze, at: number, timeZone: string): number | undefined {
  return spansOf(freeze, at, timeZone).find(([start, end]) => start <= at && at < end)?.[1];
}

const weekMs = 7 * 24 * 3_600_000;

/** When a freeze begins next, after an instant, in milliseconds since the epoch; undefined where it does not within a week. */
export function nextFreeze(freeze: Freeze, at: number, timeZone: string): number | undefined {
  const starts = [at, at + weekMs].flatMap((each) => spansOf(freeze, each, timeZone)).map(([start]) => start);
  const next = starts.filter((start) => start > at && start <= at + weekMs);
  return next.length === 0 ? undefined : Math.min(...next);
}
