import type { StageContext } from '../model/execution';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

type Variable = { readonly key: string; readonly value: unknown; readonly description?: string };

function readVariable(item: YamlValue): readonly (Variable & { readonly at: YamlValue })[] {
  const fields = item.object({ known: ['key', 'value', 'description'] });
  const at = fields?.require('key', 'key: version');
  const value = fields?.require('value', "value: '${image.tag}'");
  const description = fields?.get('description')?.text();
  const key = at?.text();
  if (at === undefined || key === undefined || value === undefined) return [];
  return [{ at, key, value: value.data(), ...(description === undefined ? {} : { description }) }];
}

function readList(value: YamlValue): readonly Variable[] {
  const seen = new Set<string>();
  return (value.list() ?? []).flatMap(readVariable).map(({ at, ...variable }) => {
    if (seen.has(variable.key)) at.fail(`Variable '${variable.key}' stands here twice. Rename or remove one.`);
    seen.add(variable.key);
    return variable;
  });
}

function readMap(value: YamlValue): readonly Variable[] {
  const entries = value.object({ known: undefined })?.entries() ?? [];
  return entries.map(([key, item]) => {
    if (key.trim() === '') item.failAtKey('The name of a variable is blank.');
    return { key, value: item.data() };
  });
}

/** Reads `evaluateVariables`: Spinnaker's list of `{ key, value, description? }`, or a map of values by key. */
export function readVariables(fields: YamlObject): StageContext {
  const value = fields.require('variables', "variables: { version: '${image.tag}' }");
  if (value === undefined) return {};
  const variables = value.isObject ? readMap(value) : readList(value);
  if (variables.length === 0 && (value.isObject || value.isList))
    value.fail(`${value.label} sets no variable. Add one.`);
  return { variables };
}
