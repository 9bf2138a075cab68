import { ExpressionError } from '../expression-error';
import { methodTable, numberArg, textArg, wholeArg, type MethodRow } from '../method';
import { javaText } from '../to-text';
import { isNumber, isReal, kindOf, numberOf, real, type Value } from '../value';
import type { JavaType } from './type-reference';

const unreadable = (text: string, what: string): never => {
  throw new ExpressionError(`'${text.slice(0, 60)}' is not ${what}`);
};

/** Reads a whole number as Java's `Integer.parseInt` does: a sign and digits, nothing else. */
export function parseWhole(text: string, radix = 10): number {
  if (radix < 2 || radix > 36) throw new ExpressionError(`there is no radix ${radix}`);
  const digits = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix);
  const body = text.replace(/^[+-]/, '').toLowerCase();
  const isReadable = body !== '' && body.length <= 64 && Array.from(body).every((digit) => digits.includes(digit));
  const value = isReadable ? Number.parseInt(text, radix) + 0 : unreadable(text, 'a whole number');
  return Number.isSafeInteger(value) ? value : unreadable(text, 'a whole number below 2^53');
}

/** Reads a number as Java's `Double.parseDouble` does. */
export function parseReal(text: string): number {
  const body = text.trim().replace(/[fFdD]$/, '');
  if (body.length > 400 || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(body))
    return unreadable(text, 'a number');
  return Number(body);
}

const toWhole = (args: readonly Value[]): number => {
  const value = args[0] ?? null;
  if (isNumber(value) && !isReal(value)) return numberOf(value);
  return parseWhole(textArg(args, 0), args.length > 1 ? wholeArg(args, 1) : 10);
};
const toReal = (args: readonly Value[]): Value => {
  const value = args[0] ?? null;
  return real(isNumber(value) ? numberOf(value) : parseReal(textArg(args, 0)));
};
const toBoolean = (args: readonly Value[]): boolean => {
  const value = args[0] ?? null;
  if (value === null || typeof value === 'boolean') return value ?? false;
  return textArg(args, 0).toLowerCase() === 'true';
};
const inRadix = (value: number, radix: number): string => {
  if (value < 0) throw new ExpressionError('a number below zero is not written with this radix');
  return value.toString(radix);
};

const wholeStatics: readonly MethodRow<null>[] = [
  ['valueOf', 1, 2, (_, args) => toWhole(args)],
  [
    'toString',
    1,
    2,
    (_, args) =>
      args.length > 1
        ? wholeArg(args, 0).toString(Math.min(36, Math.max(2, wholeArg(args, 1))))
        : String(wholeArg(args, 0)),
  ],
  ['toHexString', 1, 1, (_, args) => inRadix(wholeArg(args, 0), 16)],
  ['toBinaryString', 1, 1, (_, args) => inRadix(wholeArg(args, 0), 2)],
  ['toOctalString', 1, 1, (_, args) => inRadix(wholeArg(args, 0), 8)],
  ['max', 2, 2, (_, args) => Math.max(wholeArg(args, 0), wholeArg(args, 1))],
  ['min', 2, 2, (_, args) => Math.min(wholeArg(args, 0), wholeArg(args, 1))],
  ['sum', 2, 2, (_, args) => wholeArg(args, 0) + wholeArg(args, 1)],
  ['compare', 2, 2, (_, args) => Math.sign(wholeArg(args, 0) - wholeArg(args, 1))],
  ['signum', 1, 1, (_, args) => Math.sign(wholeArg(args, 0))],
];

const isWhole = (value: Value): boolean => isNumber(value) && !isReal(value);

function wholeType(name: string, parser: string, bounds: readonly [min: number, max: number]): JavaType {
  const parse: MethodRow<null> = [
    parser,
    1,
    2,
    (_, args) => parseWhole(textArg(args, 0), args.length > 1 ? wholeArg(args, 1) : 10),
  ];
  return {
    name: `java.lang.${name}`,
    statics: methodTable<null>([...wholeStatics, parse]),
    constants: new Map([
      ['MIN_VALUE', bounds[0]],
      ['MAX_VALUE', bounds[1]],
    ]),
    construct: { minArgs: 1, maxArgs: 1, call: (_, args) => toWhole(args) },
    isInstance: (value) =>
      isWhole(value) && numberOf(value as number) >= bounds[0] && numberOf(value as number) <= bounds[1],
  };
}

const doubleType: JavaType = {
  name: 'java.lang.Double',
  statics: methodTable<null>([
    ['parseDouble', 1, 1, (_, args) => real(parseReal(textArg(args, 0)))],
    ['valueOf', 1, 1, (_, args) => toReal(args)],
    ['toString', 1, 1, (_, args, run) => javaText(toReal(args), run.budget)],
    ['isNaN', 1, 1, (_, args) => Number.isNaN(numberArg(args, 0).value)],
    ['compare', 2, 2, (_, args) => Math.sign(numberArg(args, 0).value - numberArg(args, 1).value)],
    ['max', 2, 2, (_, args) => real(Math.max(numberArg(args, 0).value, numberArg(args, 1).value))],
    ['min', 2, 2, (_, args) => real(Math.min(numberArg(args, 0).value, numberArg(args, 1).value))],
    ['sum', 2, 2, (_, args) => real(numberArg(args, 0).value + numberArg(args, 1).value)],
  ]),
  constants: new Map<string, Value>([
    ['MAX_VALUE', Number.MAX_VALUE],
    ['MIN_VALUE', Number.MIN_VALUE],
  ]),
  construct: { minArgs: 1, maxArgs: 1, call: (_, args) => toReal(args) },
  isInstance: isReal,
};

const booleanType: JavaType = {
  name: 'java.lang.Boolean',
  statics: methodTable<null>([
    ['parseBoolean', 1, 1, (_, args) => toBoolean(args)],
    ['valueOf', 1, 1, (_, args) => toBoolean(args)],
    [
      'toString',
      1,
      1,
      (_, args) => {
        if (typeof args[0] !== 'boolean')
          throw new ExpressionError(`toString() needs a boolean, not ${kindOf(args[0] ?? null)}`);
        return String(args[0]);
      },
    ],
  ]),
  constants: new Map([
    ['TRUE', true],
    ['FALSE', false],
  ]),
  construct: { minArgs: 1, maxArgs: 1, call: (_, args) => toBoolean(args) },
  isInstance: (value) => typeof value === 'boolean',
};

/** Java's types of numbers and booleans. Long ends at 2^53, where whole numbers stop being exact here. */
export const numberTypes: readonly JavaType[] = [
  wholeType('Integer', 'parseInt', [-(2 ** 31), 2 ** 31 - 1]),
  wholeType('Long', 'parseLong', [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]),
  wholeType('Byte', 'parseByte', [-128, 127]),
  doubleType,
  booleanType,
];
