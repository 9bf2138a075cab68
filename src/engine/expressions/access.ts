import { ExpressionError } from './expression-error';
import { callMethod, hasMethod } from './methods';
import { elementOf, entryOf, keysOf, refuseName } from './read';
import type { Run } from './run';
import { convertedText } from './to-text';
import { staticField } from './types';
import { TypeReference } from './types/type-reference';
import { isList, isMap, isNumber, kindOf, numberOf, type PlainList, type PlainMap, type Value } from './value';

/** Throws the error of reading from null, with the name that was missing where one was. */
export function failOnNull(what: string, run: Run): never {
  const missing = run.describeMissing();
  throw new ExpressionError(`${what} of null${missing === '' ? '' : ` (${missing})`}`);
}

function readEntry(map: PlainMap, name: string, run: Run): Value {
  const found = entryOf(map, name);
  return found ?? (found === null ? null : run.miss({ name, known: () => keysOf(map) }));
}

function readGetter(target: Exclude<Value, null>, name: string, run: Run): Value {
  refuseName(name);
  if (isList(target) && name === 'length') return target.length;
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  for (const getter of [`get${capital}`, `is${capital}`]) {
    if (hasMethod(target, getter)) return callMethod(target, getter, [], run);
  }
  const advice = isList(target) ? `; .![${name}] takes it from every element` : '';
  const call = hasMethod(target, name) ? `; it is called with ${name}()` : advice;
  throw new ExpressionError(`${kindOf(target)} has no property '${name}'${call}`);
}

/** The property of a value: a map's entry (null where there is none), a getter of a Java value, a constant of a type. */
export function readProperty(target: Value, name: string, isSafe: boolean, run: Run): Value {
  if (target === null) return isSafe ? null : failOnNull(`cannot read '${name}'`, run);
  if (isMap(target)) return readEntry(target, name, run);
  if (target instanceof TypeReference) return staticField(target, name);
  return readGetter(target, name, run);
}

function readElement(target: PlainList | string, index: Value): Value {
  const position = typeof index === 'string' && /^\d{1,9}$/.test(index) ? Number(index) : index;
  if (!isNumber(position)) throw new ExpressionError(`${kindOf(target)} is indexed by a number, not ${kindOf(index)}`);
  const at = Math.trunc(numberOf(position));
  if (at >= 0 && at < target.length) return typeof target === 'string' ? target.charAt(at) : elementOf(target, at);
  throw new ExpressionError(`there is no element ${at}: ${kindOf(target)} of ${target.length}`);
}

/** The element of a list or the character of a text at an index, the entry of a map under a key. */
export function readIndex(target: Value, index: Value, isSafe: boolean, run: Run): Value {
  if (target === null) return isSafe ? null : failOnNull('cannot read an element', run);
  if (isList(target) || typeof target === 'string') return readElement(target, index);
  if (!isMap(target)) throw new ExpressionError(`${kindOf(target)} has no elements`);
  return index === null ? null : readEntry(target, convertedText(index, run.budget), run);
}

/** Calls a method of a value, a static method of a type. */
export function invoke(target: Value, name: string, isSafe: boolean, args: readonly Value[], run: Run): Value {
  if (target === null) return isSafe ? null : failOnNull(`cannot call ${name}()`, run);
  return callMethod(target, name, args, run);
}
