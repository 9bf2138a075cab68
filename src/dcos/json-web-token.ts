import { sign, type KeyObject } from 'node:crypto';

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A signed JSON web token (RFC 7519) by RS256, the only scheme that DC/OS takes. `key` is an RSA private key. */
export function signToken(claims: Readonly<Record<string, unknown>>, key: KeyObject): string {
  const unsigned = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${unsigned}.${sign('RSA-SHA256', Buffer.from(unsigned), key).toString('base64url')}`;
}

const secondsOf = (claims: object, name: string): number | undefined => {
  const value: unknown = Reflect.get(claims, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/**
 * When a token was issued and when it ends, in milliseconds since the epoch by the issuer's clock; undefined for what it
 * does not say, and for what is no such token. The signature is not looked at: the token is for the server to judge.
 */
export function tokenTimes(token: string): {
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
} {
  const nothing = { issuedAt: undefined, expiresAt: undefined };
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return nothing;
  }
  if (typeof claims !== 'object' || claims === null) return nothing;
  const [issued, expires] = [secondsOf(claims, 'iat'), secondsOf(claims, 'exp')];
  return {
    issuedAt: issued === undefined ? undefined : issued * 1000,
    expiresAt: expires === undefined ? undefined : expires * 1000,
  };
}
