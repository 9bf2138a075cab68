import type { JsonObject } from '../json';
import { asObject } from '../json';

/** One broken rule: where (a JSON pointer) and what. */
export type Problem = { readonly pointer: string; readonly message: string };

/** Looks at one value and returns the rules it breaks; none means valid. */
export type Check = (value: unknown, pointer: string) => readonly Problem[];

const problem = (pointer: string, message: string): readonly Problem[] => [{ pointer, message }];

/** Text between `min` (default 1) and `max` characters. */
export function text(max: number, min = 1): Check {
  return (value, pointer) => {
    if (typeof value !== 'string') return problem(pointer, 'must be a string');
    if (value.length > max) return problem(pointer, `must be less than ${max + 1} characters`);
    return value.length < min ? problem(pointer, `must be more than ${min - 1} characters`) : [];
  };
}

/** One of the given words. */
export function word(...allowed: readonly string[]): Check {
  return (value, pointer) =>
    typeof value === 'string' && allowed.includes(value)
      ? []
      : problem(pointer, `must be one of: ${allowed.join(', ')}`);
}

/** A web address of at most `max` characters. */
export function webAddress(max: number): Check {
  return (value, pointer) => {
    const wrong = text(max)(value, pointer);
    if (wrong.length > 0) return wrong;
    return /^[a-z][a-z0-9+.-]*:\S+$/i.test(value as string) ? [] : problem(pointer, 'must be a valid url');
  };
}

/** True or false. */
export const flag: Check = (value, pointer) =>
  typeof value === 'boolean' ? [] : problem(pointer, 'must be a boolean');

/** A whole number of zero or more. */
export const count: Check = (value, pointer) =>
  Number.isInteger(value) && (value as number) >= 0 ? [] : problem(pointer, 'must be a non-negative integer');

/** Anything. */
export const anything: Check = () => [];

/** A list of between `min` and `max` members, each passing `member`. */
export function list(member: Check, min: number, max: number): Check {
  return (value, pointer) => {
    if (!Array.isArray(value)) return problem(pointer, 'must be an array');
    if (value.length > max) return problem(pointer, `no more than ${max} items allowed`);
    if (value.length < min) return problem(pointer, `no fewer than ${min} items allowed`);
    return value.flatMap((each, index) => member(each, `${pointer}/${index}`));
  };
}

/** An object with exactly these fields: `required` ones present, `optional` ones perhaps, no others. */
export function shape(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
  more: (value: JsonObject, pointer: string) => readonly Problem[] = () => [],
): Check {
  const all = new Map([...Object.entries(required), ...Object.entries(optional)]);
  return (value, pointer) => {
    const object = asObject(value);
    if (object === undefined) return problem(pointer, 'must be an object');
    const missing = Object.keys(required)
      .filter((field) => object[field] === undefined)
      .flatMap((field) => problem(pointer, `missing required field: ${field}`));
    const wrong = Object.entries(object)
      .filter(([, inner]) => inner !== undefined)
      .flatMap(([field, inner]) => {
        const check = all.get(field);
        if (check === undefined) return problem(pointer, `unsupported additional property: ${field}`);
        return check(inner, `${pointer}/${field}`);
      });
    return [...missing, ...wrong, ...more(object, pointer)];
  };
}

/** An object whose `type` chooses the check. */
export function byType(checks: Readonly<Record<string, Check>>): Check {
  return (value, pointer) => {
    const type = asObject(value)?.type;
    const check = typeof type === 'string' && Object.hasOwn(checks, type) ? checks[type] : undefined;
    if (check !== undefined) return check(value, pointer);
    return problem(`${pointer}/type`, `unsupported type: ${typeof type === 'string' ? type : 'missing'}`);
  };
}
