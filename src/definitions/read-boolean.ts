import type { YamlObject } from './yaml-object';

/** True, false, or the expression that gives it; undefined where the field does not stand there. */
export function readBoolean(fields: YamlObject, name: string): boolean | string | undefined {
  const value = fields.get(name);
  return value?.orExpression(() => value.boolean());
}
