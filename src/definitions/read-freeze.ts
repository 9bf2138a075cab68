import type { Freeze, LocalMinute, MonthDay, WeekMinute } from '../model/freeze';
import { addDays } from '../model/local-time';
import { clockMinute } from './clock-minute';
import { readDay } from './read-days';
import type { YamlValue } from './yaml-value';

const once = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}):(\d{2}))?$/;
const ofYear = /^(\d{2})-(\d{2})$/;
const ofWeek = /^([A-Za-z]{3,9}) (\d{2}):(\d{2})$/;

const isDate = (text: string): boolean =>
  !Number.isNaN(Date.parse(`${text}T00:00Z`)) && new Date(`${text}T00:00Z`).toISOString().startsWith(text);

const readClock = (hour = '', minute = ''): number | undefined => clockMinute(Number(hour), Number(minute));

/** A date counts whole: as the last one, until it ends. */
function readOnce(text: string, isEnd: boolean): LocalMinute | undefined {
  const [, date = '', hour, minute] = once.exec(text) ?? [];
  if (!isDate(date)) return undefined;
  if (hour === undefined) return { date: isEnd ? addDays(date, 1) : date, minute: 0 };
  const clock = readClock(hour, minute);
  return clock === undefined ? undefined : { date, minute: clock };
}

function readMonthDay(text: string): MonthDay | undefined {
  const [, month = '', day = ''] = ofYear.exec(text) ?? [];
  return isDate(`2024-${month}-${day}`) ? { month: Number(month), day: Number(day) } : undefined;
}

function readWeekMinute(text: string): WeekMinute | undefined {
  const [, day = '', hour, minute] = ofWeek.exec(text) ?? [];
  const [weekday, clock] = [readDay(day), readClock(hour, minute)];
  return weekday === undefined || clock === undefined ? undefined : { weekday, minute: clock };
}

const both = <Point>(from: Point | undefined, to: Point | undefined): { from: Point; to: Point } | undefined =>
  from === undefined || to === undefined ? undefined : { from, to };

function readRange(text: string): Freeze | undefined {
  const [first = '', last = first, ...more] = text.split('/').map((part) => part.trim());
  if (more.length > 0) return undefined;
  const dated = both(readOnce(first, false), readOnce(last, true));
  if (dated !== undefined) return { every: 'once', ...dated };
  const yearly = both(readMonthDay(first), readMonthDay(last));
  if (yearly !== undefined) return { every: 'year', ...yearly };
  const weekly = both(readWeekMinute(first), readWeekMinute(last));
  return weekly === undefined || first === last ? undefined : { every: 'week', ...weekly };
}

const rule =
  "must be dates ('2026-12-19/2027-01-03', '2026-12-19T18:00/2026-12-21T08:00'), days of every year ('12-19/01-03') or times of every week ('Fri 15:00/Mon 08:00'), from/to.";

const isBackwards = ({ from, to }: { readonly from: LocalMinute; readonly to: LocalMinute }): boolean =>
  from.date > to.date || (from.date === to.date && from.minute >= to.minute);

/** Reads a time in which nothing may start: dates, days of every year, or times of every week, from/to. */
export function readFreeze(value: YamlValue): Freeze | undefined {
  const text = value.text("text such as '2026-12-19/2027-01-03'");
  if (text === undefined || value.refusesExpression('Write the dates themselves.')) return undefined;
  const freeze = readRange(text);
  if (freeze === undefined) return value.fail(`${value.label} '${text}' ${rule}`);
  if (freeze.every === 'once' && isBackwards(freeze))
    return value.fail(`${value.label} '${text}' ends before it begins. Write the earlier time first.`);
  return freeze;
}
