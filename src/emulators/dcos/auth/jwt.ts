import { createSign, createVerify, type KeyLike } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../json';

/** Makes a JSON Web Token, signed with RS256. */
export function signJwt(claims: JsonObject, privateKey: KeyLike): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}

/**
 * The claims of a token that was signed with RS256 by the owner of `publicKey`; undefined for any other token, and for
 * one whose `exp` (seconds) has passed. A token without `exp` never ends.
 */
export function readJwt(token: string, publicKey: KeyLike, nowMs: number): JsonObject | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = decode(payload);
  // The header is checked, so that "none" or a symmetric algorithm cannot stand in for the key.
  if (decode(header)?.alg !== 'RS256' || claims === undefined || !isSigned()) return undefined;
  return typeof claims.exp === 'number' && claims.exp * 1000 <= nowMs ? undefined : claims;

  function isSigned(): boolean {
    try {
      return createVerify('RSA-SHA256').update(`${header}.${payload}`).verify(publicKey, signature, 'base64url');
    } catch {
      return false;
    }
  }
}

function decode(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
