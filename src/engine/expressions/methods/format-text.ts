import { ExpressionError } from '../expression-error';
import type { Run } from '../run';
import { javaText } from '../to-text';
import { isNumber, isReal, kindOf, numberOf, type Value } from '../value';

const placeholder = /%(?:(\d+)\$)?([-0,+]*)(\d{1,4})?(?:\.(\d{1,2}))?([a-zA-Z%])/g;

type Placeholder = { readonly flags: string; readonly precision: number | undefined; readonly letter: string };

function wholeNumber(value: Value): number {
  if (isNumber(value) && !isReal(value)) return numberOf(value);
  throw new ExpressionError(`%d needs a whole number, not ${kindOf(value)}`);
}

function fixedNumber(value: Value, precision: number): string {
  if (isNumber(value) && isReal(value)) return numberOf(value).toFixed(precision);
  throw new ExpressionError(`%f needs a number with a fraction, not ${kindOf(value)}`);
}

const grouped = (digits: string): string =>
  digits.replace(/^-?\d+/, (whole) => whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','));

function write({ flags, precision, letter }: Placeholder, value: Value, run: Run): string {
  const signed = (digits: string): string => {
    const written = flags.includes(',') ? grouped(digits) : digits;
    return flags.includes('+') && !written.startsWith('-') ? `+${written}` : written;
  };
  switch (letter) {
    case 's':
      return javaText(value, run.budget).slice(0, precision);
    case 'S':
      return javaText(value, run.budget).slice(0, precision).toUpperCase();
    case 'b':
      return String(typeof value === 'boolean' ? value : value !== null);
    case 'd':
      return signed(String(wholeNumber(value)));
    case 'x':
      return wholeNumber(value).toString(16);
    case 'X':
      return wholeNumber(value).toString(16).toUpperCase();
    case 'f':
      return signed(fixedNumber(value, precision ?? 6));
    default:
      throw new ExpressionError(`%${letter} is no format known here; known are s, S, b, d, x, X, f, n and %`);
  }
}

function pad(text: string, width: number, flags: string): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0')) return text.padStart(width);
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

/** As Java's `String.format` for %s %S %b %d %x %X %f %n %% with width, precision, `1$` and the flags `-`, `0`, `,`, `+`. */
export function formatText(format: string, args: readonly Value[], run: Run): string {
  let next = 0;
  let length = format.length;
  run.budget.scan(length);
  return format.replaceAll(
    placeholder,
    (_: string, position?: string, flags?: string, width?: string, precision?: string, letter?: string) => {
      if (letter === '%') return '%';
      if (letter === 'n') return '\n';
      const index = position === undefined ? next++ : Number(position) - 1;
      const value = args[index];
      if (value === undefined)
        throw new ExpressionError(`the format asks for argument ${index + 1}, which is not given`);
      const part: Placeholder = {
        flags: flags ?? '',
        precision: precision === undefined ? undefined : Number(precision),
        letter: letter ?? '',
      };
      const written = pad(write(part, value, run), Number(width ?? 0), part.flags);
      length += written.length;
      run.budget.checkText(length);
      run.budget.scan(written.length);
      return written;
    },
  );
}
