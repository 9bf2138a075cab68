import type { z } from 'zod';
import type { StageContext } from '../model/execution';
import type { YamlObject } from './yaml-object';

const isMap = (value: unknown): value is StageContext =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isExpression = (value: unknown): boolean => typeof value === 'string' && value.includes('${');

const hasExpressionKey = (value: unknown): boolean => isMap(value) && Object.keys(value).some(isExpression);

function holdsExpression(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isExpression(value);
  return hasExpressionKey(value) || Object.values(value).some(holdsExpression);
}

/** Whether a value is not known yet: an expression stands in it, or where it would stand. */
function isOpen(context: StageContext, path: readonly PropertyKey[]): boolean {
  let value: unknown = context;
  for (const key of path) {
    if (isExpression(value) || hasExpressionKey(value)) return true;
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return holdsExpression(value);
}

/** Reports what a stage's type does not accept; what depends on expressions is left to when they have values. */
export function checkConfig(fields: YamlObject, context: StageContext, config: z.ZodType): void {
  for (const issue of config.safeParse(context).error?.issues ?? []) {
    if (isOpen(context, issue.path)) continue;
    const name = String(issue.path[0] ?? '');
    (fields.get(name) ?? fields.value).fail(`${name === '' ? 'The stage' : issue.path.join('.')}: ${issue.message}.`);
  }
}
