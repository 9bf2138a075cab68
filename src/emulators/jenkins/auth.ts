import { createHash } from 'node:crypto';

/** Somebody who may do everything. */
export type JenkinsUser = { readonly id: string; readonly password: string; readonly tokens: readonly string[] };

/**
 * Whom a crumb is asked of: of passwords only (Jenkins since 2.96), of API tokens too (older ones, and proxies that insist),
 * or of nobody, where there is no crumb issuer.
 */
export type CrumbMode = 'passwords' | 'always' | 'off';

/** Who asks, and by what. */
export type Identity =
  | { readonly kind: 'user'; readonly id: string; readonly isToken: boolean }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'wrong' };

type Headers = Readonly<Record<string, string | undefined>>;

/** Reads the `Authorization: Basic` header. */
export function identify(users: readonly JenkinsUser[], headers: Headers): Identity {
  const { authorization } = headers;
  if (authorization === undefined) return { kind: 'anonymous' };
  const [, encoded = ''] = /^Basic (\S+)$/i.exec(authorization) ?? [];
  const [, id = '', secret = ''] = /^([^:]*):([\s\S]*)$/.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  const user = users.find((known) => known.id.toLowerCase() === id.toLowerCase());
  if (user === undefined) return { kind: 'wrong' };
  if (user.tokens.includes(secret)) return { kind: 'user', id: user.id, isToken: true };
  return user.password === secret ? { kind: 'user', id: user.id, isToken: false } : { kind: 'wrong' };
}

/** The name of the session's cookie. */
export const sessionCookie = 'JSESSIONID.coxswain';

/** The session that a request names; undefined for none. */
export function sessionOf({ cookie = '' }: Headers): string | undefined {
  return cookie
    .split(';')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === sessionCookie)?.[1];
}

/** The crumb of a user in a session; another one after each `round`. */
export const crumbOf = (user: string, session: string, round: number): string =>
  createHash('sha256').update(`${user};${session};${round}`).digest('hex');
