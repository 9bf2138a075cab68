import { CoxswainError } from '../model/errors';

const mark = '[secret]';

// A quote that was shortened may end inside a secret, so its beginning is enough to know it by.
const tellingLength = 24;

function redactOne(text: string, secret: string): string {
  const beginning = secret.slice(0, tellingLength);
  if (beginning === '') return text;
  let left = '';
  let rest = text;
  for (let at = rest.indexOf(beginning); at !== -1; at = rest.indexOf(beginning)) {
    let length = beginning.length;
    while (length < secret.length && rest[at + length] === secret[length]) length += 1;
    left += rest.slice(0, at) + mark;
    rest = rest.slice(at + length);
  }
  return left + rest;
}

/** The text without the secrets, also where it was cut inside one; empty ones are left alone. */
export const redactText = (text: string, secrets: readonly string[]): string => secrets.reduce(redactOne, text);

/** JSON without the secrets, in whatever text of it they stand. */
export function redactJson(value: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0) return value;
  if (typeof value === 'string') return redactText(value, secrets);
  if (Array.isArray(value)) return value.map((item) => redactJson(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redactText(name, secrets), redactJson(item, secrets)]),
  );
}

/** Whether a header of this name holds what lets somebody in. */
export const isSecretHeader = (name: string): boolean =>
  /authorization|cookie|token|secret|password|passwd|api-?key|access-?key|signature|credential/i.test(name);

/** Headers by lower-case name, as they may be kept and shown: those that hold secrets say `[secret]`. */
export const redactHeaders = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, isSecretHeader(name) ? mark : value]));

/** An error of ours without the secrets, which a server may have sent back; any other error as it is. */
export function redactError(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof CoxswainError)) return error;
  const fields = redactJson(error.fields, secrets) as Readonly<Record<string, unknown>>;
  const message = redactText(error.message, secrets);
  const isSame = message === error.message && JSON.stringify(fields) === JSON.stringify(error.fields);
  return isSame ? error : new CoxswainError(error.code, { message, fields });
}
