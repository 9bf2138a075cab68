import { DateTime } from 'luxon';
import { addDays, createLocalClock, weekdayOf, type LocalClock, type LocalDate } from './local-time';
import { alongSpans, type Span } from './span';

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

function dateIn(year: number, { month, day }: MonthDay): LocalDate {
  const first = DateTime.utc(year, month, 1);
  return first.set({ day: Math.min(day, first.daysInMonth ?? 28) }).toISODate() ?? '';
}

function inYear(from: MonthDay, to: MonthDay, year: number): readonly [LocalDate, LocalDate] {
  const isLater = to.month > from.month || (to.month === from.month && to.day >= from.day);
  return [dateIn(year, from), addDays(dateIn(isLater ? year : year + 1, to), 1)];
}

function* yearlySpans(
  { from, to }: Extract<Freeze, { every: 'year' }>,
  at: number,
  { dateAt, instantOf }: LocalClock,
): Generator<Span> {
  // One that began last year may go on.
  for (let year = Number(dateAt(at).slice(0, 4)) - 1; ; year += 1) {
    const [first, end] = inYear(from, to, year);
    yield { start: instantOf(first, 0).at, end: instantOf(end, 0).at };
  }
}

function* weeklySpans(
  { from, to }: Extract<Freeze, { every: 'week' }>,
  at: number,
  { dateAt, instantOf }: LocalClock,
): Generator<Span> {
  const today = dateAt(at);
  const days = (to.weekday - from.weekday + 7) % 7 || (to.minute > from.minute ? 0 : 7);
  const back = (weekdayOf(today) - from.weekday + 7) % 7;
  for (let first = addDays(today, -back - 7); ; first = addDays(first, 7)) {
    yield { start: instantOf(first, from.minute).at, end: instantOf(addDays(first, days), to.minute).at };
  }
}

/** The spans of a freeze in their order, without end where it comes again: from one that may hold `at` on. */
export function freezeSpans(freeze: Freeze, at: number, clock: LocalClock): Iterable<Span> {
  if (freeze.every === 'year') return yearlySpans(freeze, at, clock);
  if (freeze.every === 'week') return weeklySpans(freeze, at, clock);
  const { from, to } = freeze;
  return [{ start: clock.instantOf(from.date, from.minute).at, end: clock.instantOf(to.date, to.minute).at }];
}

/** When a freeze that holds an instant ends, in milliseconds since the epoch; undefined where it does not hold it. */
export function frozenUntil(freeze: Freeze, at: number, timeZone: string): number | undefined {
  const span = alongSpans(freezeSpans(freeze, at, createLocalClock(timeZone)))(at);
  return span === undefined || span.start > at ? undefined : span.end;
}

/** When a freeze begins next, after an instant, in milliseconds since the epoch; undefined where it does not any more. */
export function nextFreeze(freeze: Freeze, at: number, timeZone: string): number | undefined {
  for (const { start } of freezeSpans(freeze, at, createLocalClock(timeZone))) {
    if (start > at) return start;
  }
  return undefined;
}
