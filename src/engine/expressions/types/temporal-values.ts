import { OrderedValue } from '../compare';
import { ExpressionError } from '../expression-error';
import { JavaValue } from '../value';

const latestMs = 8.64e15;

function checkTime(ms: number): number {
  if (Number.isFinite(ms) && Math.abs(ms) <= latestMs) return ms;
  throw new ExpressionError('this date lies outside of what can be told');
}

const isoText = (ms: number): string => new Date(ms).toISOString();

/** A point in time or on the calendar, kept as milliseconds since the epoch in UTC. */
export abstract class Temporal extends OrderedValue {
  readonly order: number;

  constructor(ms: number) {
    super();
    this.order = checkTime(ms);
  }

  /** Another one of the same type. */
  abstract at(ms: number): Temporal;

  toJson(): string | number {
    return this.toText();
  }
}

/** `java.time.Instant`. */
export class Instant extends Temporal {
  readonly typeName = 'java.time.Instant';

  at(ms: number): Instant {
    return new Instant(ms);
  }

  toText(): string {
    return isoText(this.order).replace('.000Z', 'Z');
  }
}

/** `java.util.Date`; its time zone is UTC, and as a result it is milliseconds since the epoch, as in Spinnaker. */
export class JavaDate extends Temporal {
  readonly typeName = 'java.util.Date';

  at(ms: number): JavaDate {
    return new JavaDate(ms);
  }

  toText(): string {
    const [, day = '', month = '', date = '', year = '', time = ''] =
      /^(\w+), (\d+) (\w+) (-?\d+) (\S+)/.exec(new Date(this.order).toUTCString())?.map(String) ?? [];
    return `${day} ${date} ${month} ${time} UTC ${year}`;
  }

  override toJson(): number {
    return this.order;
  }
}

/** `java.time.LocalDate`. */
export class LocalDate extends Temporal {
  readonly typeName = 'java.time.LocalDate';

  at(ms: number): LocalDate {
    return new LocalDate(Math.floor(ms / 86_400_000) * 86_400_000);
  }

  toText(): string {
    return isoText(this.order).replace(/T.*$/, '');
  }
}

/** `java.time.LocalDateTime`. */
export class LocalDateTime extends Temporal {
  readonly typeName = 'java.time.LocalDateTime';

  at(ms: number): LocalDateTime {
    return new LocalDateTime(ms);
  }

  toText(): string {
    return isoText(this.order).replace(/(?::00)?\.000Z$|Z$/, '');
  }
}

const dayNames = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;

/** `java.time.DayOfWeek`: Monday is 1. */
export class DayOfWeek extends OrderedValue {
  readonly typeName = 'java.time.DayOfWeek';
  readonly order: number;

  constructor(order: number) {
    super();
    this.order = order;
  }

  toText(): string {
    return dayNames[this.order - 1] ?? '';
  }

  toJson(): string {
    return this.toText();
  }
}

/** All days of the week. */
export const daysOfWeek: readonly DayOfWeek[] = dayNames.map((_, index) => new DayOfWeek(index + 1));

/** `java.time.temporal.ChronoUnit`: a number of milliseconds, or of months. */
export class ChronoUnit extends JavaValue {
  readonly typeName = 'java.time.temporal.ChronoUnit';
  readonly name: string;
  readonly ms: number;
  readonly months: number;

  constructor(name: string, ms: number, months: number) {
    super();
    this.name = name;
    this.ms = ms;
    this.months = months;
  }

  toText(): string {
    return `${this.name.charAt(0)}${this.name.slice(1).toLowerCase()}`;
  }

  toJson(): string {
    return this.name;
  }
}

/** All units that are known. */
export const chronoUnits: readonly ChronoUnit[] = [
  new ChronoUnit('MILLIS', 1, 0),
  new ChronoUnit('SECONDS', 1000, 0),
  new ChronoUnit('MINUTES', 60_000, 0),
  new ChronoUnit('HOURS', 3_600_000, 0),
  new ChronoUnit('DAYS', 86_400_000, 0),
  new ChronoUnit('WEEKS', 604_800_000, 0),
  new ChronoUnit('MONTHS', 0, 1),
  new ChronoUnit('YEARS', 0, 12),
];

/** The unit of a name that stands in the list. */
export function unitCalled(name: string): ChronoUnit {
  const found = chronoUnits.find((unit) => unit.name === name);
  if (found === undefined) throw new ExpressionError(`there is no unit ${name}`);
  return found;
}

/** `java.time.temporal.TemporalAdjuster`: from one date to another. */
export class Adjuster extends JavaValue {
  readonly typeName = 'java.time.temporal.TemporalAdjuster';
  readonly adjust: (ms: number) => number;

  constructor(adjust: (ms: number) => number) {
    super();
    this.adjust = adjust;
  }

  toText(): string {
    return this.typeName;
  }

  toJson(): never {
    throw new ExpressionError('a TemporalAdjuster is no result; use it in with()');
  }
}
