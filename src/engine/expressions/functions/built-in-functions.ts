import { ExpressionError } from '../expression-error';
import { makeMap } from '../read';
import type { ExpressionFunction, FunctionTools } from '../scope';
import { parseReal, parseWhole } from '../types/number-types';
import { real } from '../value';
import { checkUrl } from './check-url';
import { functionTable, requireText } from './function-table';
import { readAllYaml, readJson, readProperties, readYaml } from './read-text';
import type { Json } from '../json';

function toWhole(args: readonly Json[]): number {
  const [value = null] = args;
  return typeof value === 'number' && Number.isInteger(value) ? value : parseWhole(requireText(args, 0));
}

function toBase64(text: string, { budget }: FunctionTools): string {
  budget.makeText(text.length * 4);
  return Buffer.from(text, 'utf8').toString('base64');
}

function fromBase64(text: string, { budget }: FunctionTools): string {
  budget.makeText(text.length);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1)
    throw new ExpressionError('the text is not Base64');
  return Buffer.from(text, 'base64').toString('utf8');
}

function toJsonText(value: Json, { budget }: FunctionTools): string {
  const text = JSON.stringify(value);
  budget.makeText(text.length);
  if (text.includes('${')) throw new ExpressionError('result for toJson cannot contain an expression');
  return text;
}

function alphanumerical(text: string, { budget }: FunctionTools): string {
  budget.scan(text.length);
  return text.replaceAll(/[^A-Za-z0-9]/g, '');
}

const fetched = (args: readonly Json[], tools: FunctionTools): string => tools.urlText(checkUrl(requireText(args, 0)));

/**
 * The functions that every expression has: they depend on nothing but their arguments, and for those named after URLs on
 * what the engine fetched.
 */
export const builtInFunctions: ReadonlyMap<string, ExpressionFunction> = functionTable([
  ['toInt', 1, 1, (args) => toWhole(args)],
  ['toFloat', 1, 1, (args) => real(parseReal(requireText(args, 0)))],
  ['toBoolean', 1, 1, ([value = null]) => typeof value !== 'object' && String(value).toLowerCase() === 'true'],
  ['alphanumerical', 1, 1, (args, tools) => alphanumerical(requireText(args, 0), tools)],
  ['toBase64', 1, 1, (args, tools) => toBase64(requireText(args, 0), tools)],
  ['fromBase64', 1, 1, (args, tools) => fromBase64(requireText(args, 0), tools)],
  ['toJson', 1, 1, ([value = null], tools) => toJsonText(value, tools)],
  ['readJson', 1, 1, (args, { budget }) => readJson(requireText(args, 0), budget)],
  ['readYaml', 1, 1, (args, { budget }) => readYaml(requireText(args, 0), budget)],
  ['readAllYaml', 1, 1, (args, { budget }) => readAllYaml(requireText(args, 0), budget)],
  // Results are never evaluated again, so that there is nothing to protect.
  ['doNotEval', 1, 1, ([value = null]) => value],
  ['fromUrl', 1, 1, fetched],
  ['jsonFromUrl', 1, 1, (args, tools) => readJson(fetched(args, tools), tools.budget)],
  ['yamlFromUrl', 1, 1, (args, tools) => readYaml(fetched(args, tools), tools.budget)],
  ['propertiesFromUrl', 1, 1, (args, tools) => makeMap(readProperties(fetched(args, tools), tools.budget))],
]);
