import { ExpressionError } from '../expression-error';
import { methodTable, textArg } from '../method';
import type { Run } from '../run';
import { JavaValue, kindOf, isNumber, numberOf, type Value } from '../value';
import { dayOfWeek, dayOfYear, utcTime } from './calendar';
import { JavaDate } from './temporal-values';

type Piece = { readonly letters: string } | { readonly text: string };
type Write = (date: Date, width: number) => string;

const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

const padded =
  (pick: (date: Date) => number): Write =>
  (date, width) =>
    String(pick(date)).padStart(width, '0');
const named =
  (names: readonly string[], pick: (date: Date) => number): Write =>
  (date, width) => {
    const name = names[pick(date)] ?? '';
    return width >= 4 ? name : name.slice(0, 3);
  };
const year: Write = (date, width) => {
  const full = String(date.getUTCFullYear());
  return width === 2 ? full.slice(-2) : full.padStart(width, '0');
};
const month: Write = (date, width) =>
  width >= 3
    ? named(months, (value) => value.getUTCMonth())(date, width)
    : padded((value) => value.getUTCMonth() + 1)(date, width);

const writers: ReadonlyMap<string, Write> = new Map([
  ['y', year],
  ['M', month],
  ['d', padded((date) => date.getUTCDate())],
  ['D', padded((date) => dayOfYear(date.getTime()))],
  ['H', padded((date) => date.getUTCHours())],
  ['k', padded((date) => date.getUTCHours() || 24)],
  ['K', padded((date) => date.getUTCHours() % 12)],
  ['h', padded((date) => date.getUTCHours() % 12 || 12)],
  ['m', padded((date) => date.getUTCMinutes())],
  ['s', padded((date) => date.getUTCSeconds())],
  ['S', padded((date) => date.getUTCMilliseconds())],
  ['E', named(days, (date) => dayOfWeek(date.getTime()) - 1)],
  ['u', padded((date) => dayOfWeek(date.getTime()))],
  ['a', (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM')],
  ['z', () => 'UTC'],
  ['Z', () => '+0000'],
  ['X', () => 'Z'],
]);

function readPattern(pattern: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const [part] of pattern.matchAll(/'(?:[^']|'')*'|([a-zA-Z])\1*|[^a-zA-Z']+|'/g)) {
    if (part === "'") throw new ExpressionError(`a quote in the date pattern '${pattern}' is never closed`);
    if (part.startsWith("'")) pieces.push({ text: part === "''" ? "'" : part.slice(1, -1).replaceAll("''", "'") });
    else if (!/^[a-zA-Z]/.test(part)) pieces.push({ text: part });
    else if (writers.has(part.charAt(0))) pieces.push({ letters: part });
    else throw new ExpressionError(`'${part}' is not known in a date pattern`);
  }
  return pieces;
}

/** Letters that a text can be read by, with the part of the date that they give. */
const readable: ReadonlyMap<string, 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'ms'> = new Map([
  ['y', 'year'],
  ['M', 'month'],
  ['d', 'day'],
  ['H', 'hour'],
  ['m', 'minute'],
  ['s', 'second'],
  ['S', 'ms'],
]);

/** `java.text.SimpleDateFormat`, always in UTC and English. */
export class SimpleDateFormat extends JavaValue {
  readonly typeName = 'java.text.SimpleDateFormat';
  private readonly pattern: string;
  private readonly pieces: readonly Piece[];

  constructor(pattern: string) {
    super();
    this.pattern = pattern;
    this.pieces = readPattern(pattern);
  }

  format(ms: number): string {
    const date = new Date(ms);
    const write = (letters: string) => writers.get(letters.charAt(0))?.(date, letters.length) ?? '';
    return this.pieces.map((piece) => ('text' in piece ? piece.text : write(piece.letters))).join('');
  }

  /** Milliseconds since the epoch of a text written in this pattern, numbers only. */
  parse(text: string): number {
    const parts = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, ms: 0 };
    let at = 0;
    for (const piece of this.pieces) {
      const width = 'text' in piece ? piece.text.length : piece.letters.length;
      const part = 'text' in piece ? undefined : readable.get(piece.letters.charAt(0));
      const found = text.slice(at, at + width);
      const fits = 'text' in piece ? found === piece.text : part !== undefined && /^\d+$/.test(found);
      if (!fits)
        throw new ExpressionError(`'${text.slice(0, 60)}' does not read as the date pattern '${this.pattern}'`);
      if (part !== undefined) parts[part] = Number(found);
      at += width;
    }
    const timeOfDay = ((parts.hour * 60 + parts.minute) * 60 + parts.second) * 1000 + parts.ms;
    return utcTime(parts.year, parts.month, parts.day, timeOfDay);
  }

  toText(): string {
    return this.pattern;
  }

  toJson(): never {
    throw new ExpressionError('a SimpleDateFormat is no result; call format()');
  }
}

function formatted(format: SimpleDateFormat, args: readonly Value[], run: Run): string {
  const value = args[0] ?? null;
  run.budget.spend(10);
  if (value instanceof JavaDate) return format.format(value.order);
  if (isNumber(value) && Math.abs(numberOf(value)) <= 8.64e15) return format.format(numberOf(value));
  throw new ExpressionError(`format() needs a java.util.Date, not ${kindOf(value)}`);
}

/** Methods of `java.text.SimpleDateFormat`. */
export const simpleDateFormatMethods = methodTable<SimpleDateFormat>([
  ['format', 1, 1, formatted],
  ['parse', 1, 1, (format, args) => new JavaDate(format.parse(textArg(args, 0)))],
  ['toPattern', 0, 0, (format) => format.toText()],
]);
