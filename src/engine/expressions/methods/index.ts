import { nearest } from '../../../model/nearest';
import { ExpressionError } from '../expression-error';
import { checkCount, type Method, type Methods } from '../method';
import { refuseName } from '../read';
import type { Run } from '../run';
import { javaMethodNames, methodsOfJava, referTo } from '../types';
import { TypeReference } from '../types/type-reference';
import { isList, isNumber, JavaValue, kindOf, type Value } from '../value';
import { listMethods } from './list-methods';
import { mapMethods } from './map-methods';
import { booleanMethods, commonMethods, numberMethods } from './number-methods';
import { stringMethods } from './string-methods';

const changing: ReadonlySet<string> = new Set(
  'add addAll addFirst addLast put putAll putIfAbsent remove removeAll removeIf clear set sort replaceAll compute merge'.split(
    ' ',
  ),
);

/**
 * The methods of each kind of value. Java's own types hold theirs; what all of those have besides stands under `java`.
 */
export const methodTables = {
  text: stringMethods,
  boolean: booleanMethods,
  number: numberMethods,
  list: listMethods,
  map: mapMethods,
  java: commonMethods,
} as const;

function tableOf(target: Exclude<Value, null>): Methods<never> {
  if (typeof target === 'string') return methodTables.text;
  if (typeof target === 'boolean') return methodTables.boolean;
  if (isNumber(target)) return methodTables.number;
  if (isList(target)) return methodTables.list;
  if (target instanceof TypeReference) return target.type.statics;
  return target instanceof JavaValue ? methodsOfJava(target.typeName) : methodTables.map;
}

function methodOf(target: Exclude<Value, null>, name: string): Method<never> | undefined {
  const own = tableOf(target).get(name);
  if (own !== undefined || target instanceof TypeReference) return own;
  return target instanceof JavaValue ? commonMethods.get(name) : undefined;
}

function failOnMethod(owner: string, name: string, known: Iterable<string>): never {
  refuseName(name);
  const near = nearest(name.slice(0, 60), [...known]);
  const advice = near === undefined ? '' : `; did you mean ${near}()?`;
  throw new ExpressionError(`${owner} has no method ${name}()${advice}`);
}

function refuseChange(owner: string, name: string): void {
  if (changing.has(name)) throw new ExpressionError(`${name}() would change ${owner}, and values cannot be changed`);
}

function failOnMethodOf(target: Exclude<Value, null>, name: string): never {
  const owner = target instanceof TypeReference ? target.type.name : kindOf(target);
  refuseChange(owner, name);
  return failOnMethod(owner, name, tableOf(target).keys());
}

const methodNames: ReadonlySet<string> = new Set([
  ...Object.values(methodTables).flatMap((methods) => [...methods.keys()]),
  ...javaMethodNames,
]);

/** Throws for a method that no value of any kind has. */
export function checkMethodName(name: string): void {
  if (methodNames.has(name)) return;
  refuseChange('a value', name);
  failOnMethod('a value', name, methodNames);
}

/** Throws for a method that a type does not have itself, and for types that are not on the list. */
export function checkStaticMethod(typeName: string, name: string): void {
  const reference = referTo(typeName);
  if (methodOf(reference, name) === undefined) failOnMethodOf(reference, name);
}

/** Whether a method can be called on a value. */
export const hasMethod = (target: Exclude<Value, null>, name: string): boolean => methodOf(target, name) !== undefined;

/** Calls a method. Throws `ExpressionError` for one that does not exist or is called with the wrong arguments. */
export function callMethod(target: Exclude<Value, null>, name: string, args: readonly Value[], run: Run): Value {
  const method = methodOf(target, name);
  if (method === undefined) return failOnMethodOf(target, name);
  checkCount(`${name}()`, args.length, method);
  return method.call(target as never, args, run);
}
