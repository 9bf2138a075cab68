import { ExpressionError } from '../expression-error';
import { methodTable, textArg, wholeArg } from '../method';
import { kindOf, type Value } from '../value';
import { addUnits, dayMs, dayOfWeek, utcTime } from './calendar';
import { SimpleDateFormat, simpleDateFormatMethods } from './simple-date-format';
import {
  chronoUnitMethods,
  dayOfWeekMethods,
  instantMethods,
  javaDateMethods,
  localDateMethods,
  localDateTimeMethods,
  temporalArg,
} from './temporal-methods';
import {
  Adjuster,
  ChronoUnit,
  chronoUnits,
  DayOfWeek,
  daysOfWeek,
  Instant,
  JavaDate,
  LocalDate,
  LocalDateTime,
  unitCalled,
} from './temporal-values';
import type { JavaType } from './type-reference';

const isoDate = /^(\d{4})-(\d\d)-(\d\d)$/;
const isoDateTime = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;
const isoInstant = /^(\S{10}T\S+)Z$/;

const unreadable = (text: string, example: string): never => {
  throw new ExpressionError(`'${text.slice(0, 60)}' does not read like ${example}`);
};

function readDate(text: string): number {
  const parts = isoDate.exec(text) ?? unreadable(text, '2026-01-31');
  return utcTime(Number(parts[1]), Number(parts[2]), Number(parts[3]));
}

function readDateTime(text: string): number {
  const parts = isoDateTime.exec(text) ?? unreadable(text, '2026-01-31T23:59:59');
  const [hour, minute, second] = [Number(parts[2]), Number(parts[3]), Number(parts[4] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return unreadable(text, '2026-01-31T23:59:59');
  const ms = Number((parts[5] ?? '').slice(0, 3).padEnd(3, '0'));
  return readDate(parts[1] ?? '') + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

const readInstant = (text: string): number =>
  readDateTime((isoInstant.exec(text) ?? unreadable(text, '2026-01-31T23:59:59Z'))[1] ?? '');

function timeOf(args: readonly Value[]): number {
  const part = (index: number) => (args.length > index ? wholeArg(args, index) : 0);
  return ((part(3) * 60 + part(4)) * 60 + part(5)) * 1000;
}

const dateOf = (args: readonly Value[]): number => utcTime(wholeArg(args, 0), wholeArg(args, 1), wholeArg(args, 2));

const javaDateType: JavaType = {
  name: 'java.util.Date',
  statics: methodTable<null>([['from', 1, 1, (_, args) => new JavaDate(temporalArg(args, 0).order)]]),
  methods: javaDateMethods,
  constants: new Map(),
  construct: {
    minArgs: 0,
    maxArgs: 1,
    call: (_, args, run) => new JavaDate(args.length > 0 ? wholeArg(args, 0) : run.now()),
  },
  isInstance: (value) => value instanceof JavaDate,
};

const simpleDateFormatType: JavaType = {
  name: 'java.text.SimpleDateFormat',
  statics: methodTable<null>([]),
  methods: simpleDateFormatMethods,
  constants: new Map(),
  construct: { minArgs: 1, maxArgs: 1, call: (_, args) => new SimpleDateFormat(textArg(args, 0)) },
  isInstance: (value) => value instanceof SimpleDateFormat,
};

const instantType: JavaType = {
  name: 'java.time.Instant',
  statics: methodTable<null>([
    ['now', 0, 0, (_, __, run) => new Instant(run.now())],
    ['parse', 1, 1, (_, args) => new Instant(readInstant(textArg(args, 0)))],
    ['ofEpochMilli', 1, 1, (_, args) => new Instant(wholeArg(args, 0))],
    ['ofEpochSecond', 1, 1, (_, args) => new Instant(wholeArg(args, 0) * 1000)],
  ]),
  methods: instantMethods,
  constants: new Map([['EPOCH', new Instant(0)]]),
  isInstance: (value) => value instanceof Instant,
};

const localDateType: JavaType = {
  name: 'java.time.LocalDate',
  statics: methodTable<null>([
    ['now', 0, 0, (_, __, run) => new LocalDate(0).at(run.now())],
    ['parse', 1, 1, (_, args) => new LocalDate(readDate(textArg(args, 0)))],
    ['of', 3, 3, (_, args) => new LocalDate(dateOf(args))],
    ['ofEpochDay', 1, 1, (_, args) => new LocalDate(wholeArg(args, 0) * dayMs)],
  ]),
  methods: localDateMethods,
  constants: new Map([['EPOCH', new LocalDate(0)]]),
  isInstance: (value) => value instanceof LocalDate,
};

const localDateTimeType: JavaType = {
  name: 'java.time.LocalDateTime',
  statics: methodTable<null>([
    ['now', 0, 0, (_, __, run) => new LocalDateTime(run.now())],
    ['parse', 1, 1, (_, args) => new LocalDateTime(readDateTime(textArg(args, 0)))],
    ['of', 5, 6, (_, args) => new LocalDateTime(dateOf(args) + timeOf(args))],
  ]),
  methods: localDateTimeMethods,
  constants: new Map(),
  isInstance: (value) => value instanceof LocalDateTime,
};

function dayCalled(name: string): DayOfWeek {
  const found = daysOfWeek.find((day) => day.toText() === name);
  if (found === undefined) throw new ExpressionError(`there is no day of the week '${name.slice(0, 60)}'`);
  return found;
}

const dayOfWeekType: JavaType = {
  name: 'java.time.DayOfWeek',
  statics: methodTable<null>([
    ['of', 1, 1, (_, args) => daysOfWeek[wholeArg(args, 0) - 1] ?? dayCalled(String(wholeArg(args, 0)))],
    ['valueOf', 1, 1, (_, args) => dayCalled(textArg(args, 0))],
    ['from', 1, 1, (_, args) => daysOfWeek[dayOfWeek(temporalArg(args, 0).order) - 1] ?? null],
    ['values', 0, 0, () => daysOfWeek],
  ]),
  methods: dayOfWeekMethods,
  constants: new Map(daysOfWeek.map((day) => [day.toText(), day])),
  isInstance: (value) => value instanceof DayOfWeek,
};

const chronoUnitType: JavaType = {
  name: 'java.time.temporal.ChronoUnit',
  statics: methodTable<null>([['valueOf', 1, 1, (_, args) => unitCalled(textArg(args, 0))]]),
  methods: chronoUnitMethods,
  constants: new Map(chronoUnits.map((unit) => [unit.name, unit])),
  isInstance: (value) => value instanceof ChronoUnit,
};

function dayArg(args: readonly Value[]): number {
  const day = args[0] ?? null;
  if (day instanceof DayOfWeek) return day.order;
  throw new ExpressionError(`argument 1 must be a DayOfWeek, not ${kindOf(day)}`);
}

const toDay = (ms: number, day: number): number => (day - dayOfWeek(ms) + 7) % 7;
const firstOf = (ms: number): number => ms - (new Date(ms).getUTCDate() - 1) * dayMs;
const nextMonth = (ms: number): number => addUnits(firstOf(ms), 1, unitCalled('MONTHS'));

const adjustersType: JavaType = {
  name: 'java.time.temporal.TemporalAdjusters',
  statics: methodTable<null>([
    ['firstDayOfMonth', 0, 0, () => new Adjuster(firstOf)],
    ['lastDayOfMonth', 0, 0, () => new Adjuster((ms) => nextMonth(ms) - dayMs)],
    ['firstDayOfNextMonth', 0, 0, () => new Adjuster(nextMonth)],
    ['next', 1, 1, (_, args) => adjuster(args, (ms, day) => ms + (toDay(ms, day) || 7) * dayMs)],
    ['nextOrSame', 1, 1, (_, args) => adjuster(args, (ms, day) => ms + toDay(ms, day) * dayMs)],
    ['previous', 1, 1, (_, args) => adjuster(args, (ms, day) => ms - (7 - toDay(ms, day)) * dayMs)],
    ['previousOrSame', 1, 1, (_, args) => adjuster(args, (ms, day) => ms - ((7 - toDay(ms, day)) % 7) * dayMs)],
  ]),
  constants: new Map(),
  isInstance: () => false,
};

function adjuster(args: readonly Value[], adjust: (ms: number, day: number) => number): Adjuster {
  const day = dayArg(args);
  return new Adjuster((ms) => adjust(ms, day));
}

/** Java's types of dates and times. All of them are in UTC. */
export const dateTypes: readonly JavaType[] = [
  javaDateType,
  simpleDateFormatType,
  instantType,
  localDateType,
  localDateTimeType,
  dayOfWeekType,
  chronoUnitType,
  adjustersType,
];
