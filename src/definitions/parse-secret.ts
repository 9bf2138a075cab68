import { resolve } from 'node:path';
import { asCoxswainError, CoxswainError } from '../model/errors';
import { Secret } from '../model/secret';
import type { AccountsContext, Variables } from './accounts-context';
import { readText } from './read-text';
import type { YamlValue } from './yaml-value';

const unreadable = (message: string) => new CoxswainError('INVALID_INPUT', { message });

function fromVariable(name: string, environment: Variables): Secret {
  const reference = `the environment variable ${name}`;
  return new Secret(reference, () => {
    const found = environment[name];
    if (found === undefined || found.trim() === '') throw unreadable(`${reference} is not set`);
    return found;
  });
}

function fromFile(file: string): Secret {
  const reference = `the file ${file}`;
  return new Secret(reference, () => {
    const read = readText(file);
    if ('code' in read) throw unreadable(`${reference} cannot be read (${read.code})`);
    const { text } = read;
    if (text.trim() === '') throw unreadable(`${reference} is empty`);
    // Editors and `echo` end a file with a line end that is no part of the secret.
    return text.replace(/\r?\n$/, '');
  });
}

function parseReference(value: YamlValue, context: AccountsContext): Secret | undefined {
  if (!value.isObject) {
    // What stands here may be the secret: it is not repeated.
    return value.fail(
      `${value.label} must be a reference; secrets do not stand in this file. Write { env: NAME_OF_A_VARIABLE } or { file: /path/of/a/file }, and change the secret if it stood here.`,
    );
  }
  const fields = value.object({ known: ['env', 'file'] });
  if (fields?.refuseBoth('env', 'file') !== false) return undefined;
  const file = fields.get('file')?.text("the secret's file");
  if (fields.get('file') !== undefined) return file === undefined ? undefined : fromFile(resolve(context.folder, file));
  const variable = fields.require('env', 'env: DCOS_PASSWORD');
  if (variable === undefined) return undefined;
  const name = variable.data();
  if (typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return fromVariable(name, context.environment);
  return variable.fail(`${variable.label} must be the name of an environment variable, not the secret itself.`);
}

/**
 * Reads a reference to a secret. Later, the secret itself is looked for and `check` judges it: it throws INVALID_INPUT, which
 * shows nothing of it.
 */
export function parseSecret(
  value: YamlValue,
  context: AccountsContext,
  check: (secret: string) => unknown = () => undefined,
): Secret | undefined {
  const secret = parseReference(value, context);
  if (secret === undefined) return undefined;
  context.later(() => {
    try {
      check(secret.reveal());
    } catch (error) {
      const { message } = asCoxswainError(error);
      const where = message.startsWith(secret.reference) ? '' : `${secret.reference}: `;
      value.fail(`${value.label}: ${where}${message}. Put it right there, or name another.`);
    }
  });
  return secret;
}
