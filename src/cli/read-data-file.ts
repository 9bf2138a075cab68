import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { CliError } from './cli-error';
import { exitCodes } from './exit-codes';
import { systemCodeOf } from './system-error';

const unusable = (message: string, cause: unknown): CliError =>
  new CliError(exitCodes.usage, 'INVALID_INPUT', { message, cause });

async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    throw unusable(`The file ${file} cannot be read (${systemCodeOf(error) ?? 'unreadable'}). Check its name.`, error);
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : '');

function parseJson(text: string): { readonly value: unknown } | { readonly error: unknown } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { error };
  }
}

/** The map in a file of JSON or YAML. Throws CliError with the exit code for wrong usage where there is none. */
export async function readDataFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(file);
  const json = parseJson(text);
  let value: unknown;
  try {
    // JSON is tried first: reading it as YAML takes many times as long.
    value = 'value' in json ? json.value : (parse(text, { schema: 'core', logLevel: 'error' }) as unknown);
  } catch (error) {
    const isJson = file.endsWith('.json') && 'error' in json;
    throw unusable(
      `The file ${file} is no ${isJson ? 'JSON' : 'YAML'}: ${reasonOf(isJson ? json.error : error)}`,
      error,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw unusable(`The file ${file} must hold a map (key: value).`, undefined);
}
