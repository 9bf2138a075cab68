import type { z } from 'zod';
import { appSchema } from './app-schema';
import { isJsonObject, type JsonObject } from './json';
import { notValid, type Violation, wrongShape } from './marathon-error';

type Issue = z.core.$ZodIssue;

/**
 * Reads an app definition: fields that are null or that Marathon does not know are left out. Throws Marathon's 400 where
 * the shape is wrong, and its 422 where only a value is; each complaint has its path, such as `/healthChecks(0)/port`.
 */
export function readDefinition(input: JsonObject): JsonObject {
  const given = withoutNulls(input);
  const { success, data, error } = appSchema.safeParse(given);
  if (success) return data;
  const issues = error.issues.flatMap((issue) => flatten(issue, []));
  const shapes = issues.filter(({ code }) => code === 'invalid_type');
  if (shapes.length > 0) throw wrongShape(shapes.map((issue) => complaint(issue, given)));
  throw notValid(issues.map((issue) => complaint(issue, given)));
}

/** The fields that are not null, at every depth; the items of arrays stay. */
export function withoutNulls(value: JsonObject): JsonObject {
  const entries = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(entries.map(([name, field]) => [name, cleaned(field)]));
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  return isJsonObject(value) ? withoutNulls(value) : value;
}

/** Of a union, the complaints of the branch that the value fits best: one that went below its own level. */
function flatten(issue: Issue, above: readonly PropertyKey[]): readonly Issue[] {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return [{ ...issue, path }];
  const isType = ({ code, path: inner }: Issue) => code === 'invalid_type' && inner.length === 0;
  const branch = issue.errors.find((each) => !each.some(isType)) ?? issue.errors[0] ?? [];
  return branch.flatMap((each) => flatten(each, path));
}

const jsonTypes: Readonly<Record<string, string>> = {
  string: 'jsstring',
  number: 'jsnumber',
  boolean: 'jsboolean',
  object: 'jsobject',
  record: 'jsobject',
  array: 'jsarray',
};

function complaint(issue: Issue, input: JsonObject): Violation {
  const path = issue.path.map((part) => (typeof part === 'number' ? `(${part})` : `/${String(part)}`)).join('');
  if (issue.code !== 'invalid_type') return { path, errors: [issue.message] };
  const isMissing = valueAt(input, issue.path) === undefined;
  return { path, errors: [isMissing ? 'error.path.missing' : `error.expected.${jsonTypes[issue.expected] ?? 'int'}`] };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part], value);
}
