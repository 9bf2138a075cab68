import { CoxswainError } from '../model/errors';
import { isSecretHeader } from './redact';

/** The value of a header: written out, or the name of an environment variable that holds it. */
export type HeaderValue = string | { readonly env: string };

/** The names that variables for headers must have: a team must not get at what else the bot is given. */
export const secretVariable = /^WEBHOOK_SECRET_[A-Z0-9_]+$/;

/** Whether two URLs have the same scheme, host and port; not where one cannot be read. */
export const isSameOrigin = (one: string, other: string): boolean =>
  URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;

/** The headers that are no secret: neither by their name nor by where their value stands. */
export const withoutSecretHeaders = <V extends HeaderValue>(headers: Readonly<Record<string, V>>): Record<string, V> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => typeof value === 'string' && !isSecretHeader(name)),
  );

/** Headers ready to be sent, and what of them must not be shown. */
export type ReadyHeaders = {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
};

// What is shorter would be found in texts by chance.
const shortestSecret = 8;

function readVariable(name: string, lookUp: (name: string) => string | undefined): string {
  const value = secretVariable.test(name) ? lookUp(name) : undefined;
  if (value !== undefined && value !== '') return value;
  throw new CoxswainError('INVALID_INPUT', {
    message: `The environment variable ${name} is not there for webhooks. Its name must begin with WEBHOOK_SECRET_; set it where the bot is started.`,
  });
}

/** `Bearer abc` is secret as a whole and without its first word. */
const partsOf = (value: string): readonly string[] => [value, value.replace(/^\S+\s+/, '')];

/** Puts the values of variables into headers. Throws INVALID_INPUT for a variable that is not there. */
export function readyHeaders(
  written: Readonly<Record<string, HeaderValue>>,
  lookUp: (name: string) => string | undefined,
): ReadyHeaders {
  const entries = Object.entries(written).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : readVariable(value.env, lookUp),
    isSecret: typeof value !== 'string' || isSecretHeader(name),
  }));
  const secrets = entries.filter(({ isSecret }) => isSecret).flatMap(({ value }) => partsOf(value));
  return {
    headers: Object.fromEntries(entries.map(({ name, value }) => [name, value])),
    secrets: [...new Set(secrets)].filter((secret) => secret.length >= shortestSecret),
  };
}
