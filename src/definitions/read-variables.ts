import { executionNames } from '../engine/expression-scope';
import { isRefusedName } from '../engine/expressions';
import type { StageContext } from '../model/execution';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

type Variable = { readonly key: string; readonly value: unknown; readonly description?: string };

/** Why no expression could ever see a variable of this name; undefined where one could. */
function whyUnseen(key: string): string | undefined {
  if (isRefusedName(key)) return 'no expression may name it';
  const isTaken = executionNames.some((name) => name === key);
  return isTaken ? "expressions find the execution's own there" : undefined;
}

function refuseUnseen(key: string, fail: (message: string) => void): void {
  const why = whyUnseen(key);
  if (why !== undefined) fail(`'${key}' cannot be a variable: ${why}. Choose another name.`);
}

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
    refuseUnseen(variable.key, (message) => at.fail(message));
    return variable;
  });
}

function readMap(value: YamlValue): readonly Variable[] {
  const entries = value.object({ known: undefined })?.entries() ?? [];
  return entries.map(([key, item]) => {
    if (key.trim() === '') item.failAtKey('The name of a variable is blank.');
    refuseUnseen(key, (message) => item.failAtKey(message));
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
