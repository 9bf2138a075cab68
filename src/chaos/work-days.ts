import { frozenUntil, nextFreeze, type Freeze } from '../model/freeze';
import { addDays, instantOf, localTime, weekdayOf, type LocalDate } from '../model/local-time';

/** When kills may fall: hours of Mondays to Fridays on the clocks of one zone, but for freezes, each on its own clocks. */
export type WorkDays = {
  readonly startHour: number;
  /** Exclusive. */
  readonly endHour: number;
  readonly timeZone: string;
  readonly freezes: readonly { readonly freeze: Freeze; readonly timeZone: string }[];
};

/** Half open, in milliseconds since the epoch. */
type Span = { readonly from: number; readonly to: number };

const minuteMs = 60_000;
/** How far back a work day is looked for: two years, in days. */
const farthestDays = 732;

const isWeekend = (date: LocalDate): boolean => weekdayOf(date) > 5;

const instant = (date: LocalDate, hour: number, timeZone: string): number => instantOf(date, hour * 60, timeZone).at;

function openSpans(workDays: WorkDays, date: LocalDate): readonly Span[] {
  const { startHour, endHour, timeZone, freezes } = workDays;
  if (isWeekend(date)) return [];
  const spans: Span[] = [];
  const end = instant(date, endHour, timeZone);
  let at = instant(date, startHour, timeZone);
  while (at < end) {
    const from = at;
    const ends = freezes.flatMap((each) => frozenUntil(each.freeze, from, each.timeZone) ?? []);
    const next = freezes.flatMap((each) => nextFreeze(each.freeze, from, each.timeZone) ?? []);
    at = Math.min(end, ...(ends.length > 0 ? [Math.max(...ends)] : next));
    if (ends.length === 0) spans.push({ from, to: at });
  }
  return spans;
}

/** The minutes of a date at which kills may fall, as instants in milliseconds since the epoch; none of a day off. */
export const openMinutes = (workDays: WorkDays, date: LocalDate): readonly number[] =>
  openSpans(workDays, date).flatMap(({ from, to }) =>
    Array.from({ length: Math.floor((to - from) / minuteMs) }, (_, index) => from + index * minuteMs),
  );

/** When the time for kills ends that holds an instant; undefined where none does. */
export const openUntil = (workDays: WorkDays, at: number): number | undefined =>
  openSpans(workDays, localTime(at, workDays.timeZone).date).find(({ from, to }) => from <= at && at < to)?.to;

/** The end of the hours of a date. */
export const endOf = ({ endHour, timeZone }: WorkDays, date: LocalDate): number => instant(date, endHour, timeZone);

const isWorkDay = (workDays: WorkDays, date: LocalDate): boolean => openSpans(workDays, date).length > 0;

/** The last work day on or before a date; undefined where there was none for two years. */
function lastWorkDay(workDays: WorkDays, date: LocalDate): LocalDate | undefined {
  for (let back = 0; back < farthestDays; back += 1) {
    const candidate = addDays(date, -back);
    if (isWorkDay(workDays, candidate)) return candidate;
  }
  return undefined;
}

/**
 * The instant since which there may have been no kill: so many work days before that of `at`, at the end of its hours. A day
 * off counts as the work day before it (semantics §9); the beginning of time where there were not so many.
 */
export function quietSince(workDays: WorkDays, at: number, minWorkDays: number): number {
  let date = lastWorkDay(workDays, localTime(at, workDays.timeZone).date);
  for (let left = minWorkDays; left > 0 && date !== undefined; left -= 1) {
    date = lastWorkDay(workDays, addDays(date, -1));
  }
  return date === undefined ? Number.NEGATIVE_INFINITY : endOf(workDays, date);
}

/** The next Monday to Friday from a date on. */
export function nextWeekday(date: LocalDate): LocalDate {
  let candidate = date;
  while (isWeekend(candidate)) candidate = addDays(candidate, 1);
  return candidate;
}
