import { nearest } from '../../../model/nearest';
import { ExpressionError } from '../expression-error';
import { checkCount, type Method, type Methods } from '../method';
import { refuseName } from '../read';
import type { Run } from '../run';
import { kindOf, type Value } from '../value';
import { dateTypes } from './date-types';
import { mathType } from './math-type';
import { numberTypes } from './number-types';
import { randomType, uuidType } from './random-types';
import { stringType, urlEncoderType } from './text-types';
import { TypeReference, type JavaType } from './type-reference';

/** All types that expressions may use. */
export const javaTypes: readonly JavaType[] = [
  stringType,
  mathType,
  ...numberTypes,
  randomType,
  uuidType,
  urlEncoderType,
  ...dateTypes,
];

const javaLang = 'java.lang.';

const types: ReadonlyMap<string, JavaType> = new Map(
  javaTypes.flatMap((type) => [
    [type.name, type] as const,
    ...(type.name.startsWith(javaLang) ? [[type.name.slice(javaLang.length), type] as const] : []),
  ]),
);

/** The names of all types that expressions may use, with their packages. */
const typeNames: readonly string[] = javaTypes.map(({ name }) => name);

function typeCalled(name: string): JavaType {
  const found = types.get(name);
  if (found !== undefined) return found;
  const full = typeNames.find((known) => known.endsWith(`.${name}`)) ?? nearest(name.slice(0, 60), typeNames);
  throw new ExpressionError(`the type ${name} cannot be used${full === undefined ? '' : `; did you mean ${full}?`}`);
}

/** The methods of the values of a Java type, by its full name. */
export const methodsOfJava = (typeName: string): Methods<never> => types.get(typeName)?.methods ?? new Map();

/** What `T(name)` is. Throws for types that are not on the list. */
export const referTo = (name: string): TypeReference => new TypeReference(typeCalled(name));

/** What `new name(…)` calls. Throws for types that are not on the list or cannot be made from so many arguments. */
export function constructorOf(name: string, argCount: number): Method<null> {
  const { construct: found } = typeCalled(name);
  if (found === undefined) throw new ExpressionError(`new ${name} is not possible`);
  checkCount(`new ${name}()`, argCount, found);
  return found;
}

/** What `new name(…)` makes. */
export const construct = (name: string, args: readonly Value[], run: Run): Value =>
  constructorOf(name, args.length).call(null, args, run);

/** The names of the methods that types and their values have, whatever the type. */
export const javaMethodNames: readonly string[] = javaTypes.flatMap(({ statics, methods }) => [
  ...statics.keys(),
  ...(methods?.keys() ?? []),
]);

/** A constant of a type, such as `Math.PI`. */
export function staticField({ type }: TypeReference, name: string): Value {
  refuseName(name);
  const found = type.constants.get(name);
  if (found !== undefined) return found;
  throw new ExpressionError(`${type.name} has no constant ${name}`);
}

/** Whether a value is of a type. */
export function isInstance(value: Value, type: Value): boolean {
  if (type instanceof TypeReference) return type.type.isInstance(value);
  throw new ExpressionError(`instanceof needs a type such as T(String), not ${kindOf(type)}`);
}
