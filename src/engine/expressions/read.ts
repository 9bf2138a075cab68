import { types } from 'node:util';
import { ExpressionError } from './expression-error';
import { JavaValue, type PlainList, type PlainMap, type Value } from './value';

const refused: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether expressions may not use a name: JavaScript could be reached through it. */
export const isRefusedName = (name: string): boolean => refused.has(name);

/** Throws for the names through which JavaScript could be reached; data may hold such keys, expressions not name them. */
export function refuseName(name: string): void {
  if (isRefusedName(name)) throw new ExpressionError(`'${name}' cannot be read`);
}

// The prototype may be another realm's, so it is known by its shape.
function isBasePrototype(prototype: object | null): boolean {
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (!Array.isArray(value)) return isBasePrototype(prototype);
  return prototype !== null && isBasePrototype(Object.getPrototypeOf(prototype) as object | null);
}

function admitObject(value: object): Value {
  // A proxy is recognised without a single trap being sprung.
  if (types.isProxy(value)) throw new ExpressionError('the context holds a proxy, which is not data');
  if (value instanceof JavaValue) return value;
  if (isPlain(value)) return value as PlainList | PlainMap;
  throw new ExpressionError('the context holds an object that is not plain data');
}

/** Lets data in and nothing else: functions, symbols, class instances and proxies are refused. Nothing is copied. */
export function admit(value: unknown): Value {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value;
    case 'undefined':
      return null;
    case 'object':
      return value === null ? null : admitObject(value);
    default:
      throw new ExpressionError(`the context holds a ${typeof value}, which is not data`);
  }
}

/** The value under an own, enumerable key; undefined where there is none. Throws for accessors, without calling them. */
export function ownValue(holder: PlainList | PlainMap, key: string): Value | undefined {
  const property = Object.getOwnPropertyDescriptor(holder, key);
  if (property?.enumerable !== true) return undefined;
  if (!('value' in property)) throw new ExpressionError(`'${key}' is computed by code, which is not data`);
  return admit(property.value);
}

/** The value of a map that an expression asks for by name; undefined where there is none. */
export function entryOf(map: PlainMap, key: string): Value | undefined {
  refuseName(key);
  return ownValue(map, key);
}

/** The element at an index; null in holes and beyond the end. */
export const elementOf = (list: PlainList, index: number): Value => ownValue(list, String(index)) ?? null;

/** The elements of a list in order. */
export function* elementsOf(list: PlainList): Iterable<Value> {
  for (let index = 0; index < list.length; index += 1) yield elementOf(list, index);
}

/** The keys of a map in order. */
export const keysOf = (map: PlainMap): readonly string[] => Object.keys(map);

/** Keys and values of a map in order. */
export function* entriesOf(map: PlainMap): Iterable<readonly [string, Value]> {
  for (const key of keysOf(map)) yield [key, ownValue(map, key) ?? null];
}

/** Makes a map without a prototype of keys and values; throws for keys that expressions may not name. */
export function makeMap(entries: Iterable<readonly [string, Value]>): PlainMap {
  const map = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) {
    refuseName(key);
    map[key] = value;
  }
  return map;
}
