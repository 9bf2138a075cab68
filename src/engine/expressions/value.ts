import type { Json } from './json';

/** A map read in place: its values are not yet known to be data, so they are read through `read.ts` only. */
export type PlainMap = Readonly<Record<string, unknown>>;

/** A list read in place, as `PlainMap`. */
export type PlainList = readonly unknown[];

/** What an expression computes with: JSON, and the few Java values that JSON has no type for. */
export type Value = null | boolean | number | string | JavaValue | PlainList | PlainMap;

/** A Java value that JSON has no type for. */
export abstract class JavaValue {
  /** Java's full name of its type: `java.util.Date`. */
  abstract readonly typeName: string;
  /** What Java's `toString()` says. */
  abstract toText(): string;
  /** How it reads as a result; throws `ExpressionError` for what is no data. */
  abstract toJson(): Json;
}

/** A whole number that Java would hold as a double: 2.0. Other doubles are JavaScript's numbers. */
export class Real extends JavaValue {
  readonly typeName = 'java.lang.Double';
  readonly value: number;

  constructor(value: number) {
    super();
    this.value = value;
  }

  toText(): string {
    return realText(this.value);
  }

  toJson(): Json {
    return this.value;
  }
}

/** A double as Java writes it: `2.0`, `1.0E10`. */
export function realText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
}

/** Holds a number as Java would hold a double. */
export const real = (value: number): Value => (Number.isInteger(value) ? new Real(value) : value);

/** Whether Java would compute with this number as a double; whole numbers beyond 2^53 count as such. */
export const isReal = (value: Value): boolean =>
  value instanceof Real || (typeof value === 'number' && !Number.isSafeInteger(value));

export const isNumber = (value: Value): value is number | Real => typeof value === 'number' || value instanceof Real;

/** A number without Java's distinction. */
export const numberOf = (value: number | Real): number => (typeof value === 'number' ? value : value.value);

export const isList = (value: Value): value is PlainList => Array.isArray(value);

export const isMap = (value: Value): value is PlainMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JavaValue);

/** What a value is, for messages: `a text`. */
export function kindOf(value: Value): string {
  if (value === null) return 'null';
  if (isNumber(value)) return 'a number';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'a boolean';
  if (isList(value)) return 'a list';
  return value instanceof JavaValue ? `a ${value.typeName}` : 'a map';
}
