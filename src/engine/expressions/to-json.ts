import type { Budget } from './budget';
import { ExpressionError } from './expression-error';
import type { Json } from './json';
import { admit } from './read';
import { JavaValue, type PlainList, type PlainMap, type Value } from './value';

type Changes = ReadonlyMap<string, Json> | undefined;

/** Walks a value and lets out plain JSON only; what is JSON already is given out as it is, not copied. */
class Writer {
  private nodes = 0;
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  write(raw: unknown, depth = 0): Json {
    this.nodes += 1;
    const { limits } = this.budget;
    if (this.nodes > limits.nodes) throw new ExpressionError(`the result holds more than ${limits.nodes} values`);
    if (depth > limits.depth) throw new ExpressionError(`the result nests more than ${limits.depth} deep`);
    const value = admit(raw);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new ExpressionError(`the result is ${value}, which is no number that JSON knows`);
    }
    return typeof value === 'object' && value !== null ? this.writeObject(value, depth) : value;
  }

  private writeObject(value: Exclude<Value, null | string | number | boolean>, depth: number): Json {
    if (value instanceof JavaValue) return value.toJson();
    const keys = Reflect.ownKeys(value);
    let changed: Map<string, Json> | undefined;
    for (const key of keys) {
      const inner = this.readOwn(value, key);
      if (inner === undefined) continue;
      const written = this.write(inner.value, depth + 1);
      if (written !== inner.value) changed = (changed ?? new Map<string, Json>()).set(String(key), written);
    }
    if (Array.isArray(value)) return this.writeList(value, keys.length, changed);
    return this.writeMap(value as PlainMap, changed);
  }

  /** The property under a key; undefined for a list's own length. */
  private readOwn(holder: object, key: string | symbol): PropertyDescriptor | undefined {
    if (typeof key === 'symbol' || key === '__proto__') throw new ExpressionError(`'${String(key)}' is no key of data`);
    if (key === 'length' && Array.isArray(holder)) return undefined;
    const property = Object.getOwnPropertyDescriptor(holder, key);
    if (property?.enumerable !== true || !('value' in property)) {
      throw new ExpressionError(`'${key}' is computed by code or hidden, which is not data`);
    }
    return property;
  }

  private writeList(list: PlainList, keyCount: number, changed: Changes): Json {
    if (keyCount !== list.length + 1)
      throw new ExpressionError('the result is a list with holes or with more than elements');
    if (changed === undefined) return list as readonly Json[];
    return Array.from(list, (element, index) => {
      const written = changed.get(String(index));
      return written === undefined ? (element as Json) : written;
    });
  }

  private writeMap(map: PlainMap, changed: Changes): Json {
    const plain = map as Readonly<Record<string, Json>>;
    const isOurs = Object.getPrototypeOf(map) === null;
    if (!isOurs && changed === undefined) return plain;
    return { ...plain, ...Object.fromEntries(changed ?? []) };
  }
}

/**
 * A value as plain JSON. What was read from the context is the same object, not a copy. Throws `ExpressionError` for what
 * is no data (functions, accessors, proxies, types, NaN) at any level, and for what is too large or too deep.
 */
export const toJson = (value: Value, budget: Budget): Json => new Writer(budget).write(value);
