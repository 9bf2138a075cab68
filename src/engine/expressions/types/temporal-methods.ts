import { compareValues } from '../compare';
import { ExpressionError } from '../expression-error';
import { methodTable, wholeArg, type MethodRow } from '../method';
import type { Run } from '../run';
import { kindOf, type Value } from '../value';
import { addUnits, dayMs, dayOfWeek, dayOfYear, unitsBetween, utcTime } from './calendar';
import {
  Adjuster,
  ChronoUnit,
  daysOfWeek,
  type DayOfWeek,
  Instant,
  LocalDate,
  LocalDateTime,
  Temporal,
  unitCalled,
} from './temporal-values';

/** An argument that must be a unit. */
function unitArg(args: readonly Value[], index: number): ChronoUnit {
  const value = args[index] ?? null;
  if (value instanceof ChronoUnit) return value;
  throw new ExpressionError(`argument ${index + 1} must be a ChronoUnit, not ${kindOf(value)}`);
}

/** An argument that must be a date or time. */
export function temporalArg(args: readonly Value[], index: number): Temporal {
  const value = args[index] ?? null;
  if (value instanceof Temporal) return value;
  throw new ExpressionError(`argument ${index + 1} must be a date or time, not ${kindOf(value)}`);
}

const compare = (temporal: Temporal, args: readonly Value[], run: Run): number =>
  compareValues(temporal, args[0] ?? null, run.budget);

/** An instant knows no months: they depend on the calendar. */
function checkUnit(temporal: Temporal, unit: ChronoUnit): ChronoUnit {
  const isWrong =
    (temporal instanceof Instant && unit.ms > dayMs) ||
    (temporal instanceof Instant && unit.months > 0) ||
    (temporal instanceof LocalDate && unit.months === 0 && unit.ms < dayMs);
  if (isWrong) throw new ExpressionError(`${kindOf(temporal)} cannot be moved by ${unit.toText()}`);
  return unit;
}

const moved = (temporal: Temporal, count: number, unit: ChronoUnit): Temporal =>
  temporal.at(addUnits(temporal.order, count, checkUnit(temporal, unit)));

const shifts = (unitNames: readonly string[]): readonly MethodRow<Temporal>[] =>
  unitNames.flatMap((name): readonly MethodRow<Temporal>[] => {
    const unit = unitCalled(name.toUpperCase());
    return [
      [`plus${name}`, 1, 1, (temporal, args) => moved(temporal, wholeArg(args, 0), unit)],
      [`minus${name}`, 1, 1, (temporal, args) => moved(temporal, -wholeArg(args, 0), unit)],
    ];
  });

const common: readonly MethodRow<Temporal>[] = [
  ['isBefore', 1, 1, (temporal, args, run) => compare(temporal, args, run) < 0],
  ['isAfter', 1, 1, (temporal, args, run) => compare(temporal, args, run) > 0],
  ['isEqual', 1, 1, (temporal, args, run) => compare(temporal, args, run) === 0],
  ['plus', 2, 2, (temporal, args) => moved(temporal, wholeArg(args, 0), unitArg(args, 1))],
  ['minus', 2, 2, (temporal, args) => moved(temporal, -wholeArg(args, 0), unitArg(args, 1))],
  ['until', 2, 2, (temporal, args) => unitsBetween(temporal.order, temporalArg(args, 0).order, unitArg(args, 1))],
  [
    'truncatedTo',
    1,
    1,
    (temporal, args) => {
      const unit = unitArg(args, 0);
      if (unit.ms === 0 || unit.ms > dayMs) throw new ExpressionError(`a time cannot be truncated to ${unit.toText()}`);
      return temporal.at(Math.floor(temporal.order / unit.ms) * unit.ms);
    },
  ],
];

const date = (temporal: Temporal): Date => new Date(temporal.order);
const monthNames = 'JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER'.split(' ');

/** Replaces parts of the date; what is left out stays. */
function withParts(temporal: Temporal, parts: { year?: number; month?: number; day?: number }): Temporal {
  const now = date(temporal);
  const { year = now.getUTCFullYear(), month = now.getUTCMonth() + 1, day = now.getUTCDate() } = parts;
  return temporal.at(utcTime(year, month, day, temporal.order - Math.floor(temporal.order / dayMs) * dayMs));
}

function adjusted(temporal: Temporal, args: readonly Value[]): Temporal {
  const adjuster = args[0] ?? null;
  if (adjuster instanceof Adjuster) return temporal.at(adjuster.adjust(temporal.order));
  throw new ExpressionError(`with() needs one of TemporalAdjusters, not ${kindOf(adjuster)}`);
}

const calendar: readonly MethodRow<Temporal>[] = [
  ['getYear', 0, 0, (temporal) => date(temporal).getUTCFullYear()],
  ['getMonthValue', 0, 0, (temporal) => date(temporal).getUTCMonth() + 1],
  ['getMonth', 0, 0, (temporal) => monthNames[date(temporal).getUTCMonth()] ?? null],
  ['getDayOfMonth', 0, 0, (temporal) => date(temporal).getUTCDate()],
  ['getDayOfYear', 0, 0, (temporal) => dayOfYear(temporal.order)],
  ['getDayOfWeek', 0, 0, (temporal) => daysOfWeek[dayOfWeek(temporal.order) - 1] ?? null],
  ['withYear', 1, 1, (temporal, args) => withParts(temporal, { year: wholeArg(args, 0) })],
  ['withMonth', 1, 1, (temporal, args) => withParts(temporal, { month: wholeArg(args, 0) })],
  ['withDayOfMonth', 1, 1, (temporal, args) => withParts(temporal, { day: wholeArg(args, 0) })],
  ['with', 1, 1, adjusted],
  ...shifts(['Days', 'Weeks', 'Months', 'Years']),
];

const clock: readonly MethodRow<Temporal>[] = [
  ['getHour', 0, 0, (temporal) => date(temporal).getUTCHours()],
  ['getMinute', 0, 0, (temporal) => date(temporal).getUTCMinutes()],
  ['getSecond', 0, 0, (temporal) => date(temporal).getUTCSeconds()],
  ['toLocalDate', 0, 0, (temporal) => new LocalDate(0).at(temporal.order)],
  ...shifts(['Hours', 'Minutes', 'Seconds']),
];

/** Methods of `java.time.LocalDate`. */
export const localDateMethods = methodTable<Temporal>([
  ...common,
  ...calendar,
  ['toEpochDay', 0, 0, (temporal) => temporal.order / dayMs],
  [
    'lengthOfMonth',
    0,
    0,
    (temporal) =>
      new Date(addUnits(withParts(temporal, { day: 1 }).order, 1, unitCalled('MONTHS')) - dayMs).getUTCDate(),
  ],
  ['isLeapYear', 0, 0, (temporal) => new Date(Date.UTC(date(temporal).getUTCFullYear(), 1, 29)).getUTCMonth() === 1],
  ['atStartOfDay', 0, 0, (temporal) => new LocalDateTime(temporal.order)],
]);

/** Methods of `java.time.LocalDateTime`. */
export const localDateTimeMethods = methodTable<Temporal>([...common, ...calendar, ...clock]);

/** Methods of `java.time.Instant`. */
export const instantMethods = methodTable<Temporal>([
  ...common,
  ...shifts(['Seconds', 'Millis']),
  ['toEpochMilli', 0, 0, (temporal) => temporal.order],
  ['getEpochSecond', 0, 0, (temporal) => Math.floor(temporal.order / 1000)],
]);

/** Methods of `java.util.Date`. */
export const javaDateMethods = methodTable<Temporal>([
  ['getTime', 0, 0, (temporal) => temporal.order],
  ['before', 1, 1, (temporal, args, run) => compare(temporal, args, run) < 0],
  ['after', 1, 1, (temporal, args, run) => compare(temporal, args, run) > 0],
  ['toInstant', 0, 0, (temporal) => new Instant(temporal.order)],
]);

/** Methods of `java.time.DayOfWeek`. */
export const dayOfWeekMethods = methodTable<DayOfWeek>([
  ['getValue', 0, 0, (day) => day.order],
  ['name', 0, 0, (day) => day.toText()],
  ['ordinal', 0, 0, (day) => day.order - 1],
  ['plus', 1, 1, (day, args) => daysOfWeek[(((day.order - 1 + wholeArg(args, 0)) % 7) + 7) % 7] ?? null],
  ['minus', 1, 1, (day, args) => daysOfWeek[(((day.order - 1 - wholeArg(args, 0)) % 7) + 7) % 7] ?? null],
]);

/** Methods of `java.time.temporal.ChronoUnit`. */
export const chronoUnitMethods = methodTable<ChronoUnit>([
  ['between', 2, 2, (unit, args) => unitsBetween(temporalArg(args, 0).order, temporalArg(args, 1).order, unit)],
  ['name', 0, 0, (unit) => unit.name],
]);
