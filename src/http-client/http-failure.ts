import { CoxswainError } from '../model/errors';
import type { ErrorCode } from '../model/errors';

/** Where a request went, in words fit for a message: no query, no credentials. */
export type Target = { readonly method: string; readonly host: string; readonly path: string };

const describeTarget = (target: Target): string => `${target.method} ${target.path} on ${target.host}`;

const longestQuote = 300;

const shorten = (text: string): string => (text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text);

/** The server's own `message`, if its body is JSON that has one. */
function serverMessage(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined;
  return typeof body.message === 'string' ? shorten(body.message) : undefined;
}

/** Milliseconds that a `Retry-After` header asks for: seconds, or a date compared with the reply's own `Date`. */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const waitMs = Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

/** The server's clock in milliseconds since the epoch, from the `Date` header; undefined where it has none that is one. */
export function serverTime(headers: Readonly<Record<string, string>>): number | undefined {
  const time = Date.parse(headers.date ?? '');
  return Number.isNaN(time) ? undefined : time;
}

type Verdict = { readonly code: ErrorCode; readonly why: string; readonly advice: string };

function judgeStatus(status: number): Verdict {
  if (status === 401) {
    return {
      code: 'UNAUTHORIZED',
      why: 'it did not accept our credentials',
      advice: 'Check the credentials of this server.',
    };
  }
  if (status === 403) {
    return { code: 'FORBIDDEN', why: 'our account may not do this', advice: 'Grant the account this permission.' };
  }
  if (status === 404) {
    return {
      code: 'NOT_FOUND',
      why: 'it does not exist',
      advice: 'Check the name, and the address in the configuration.',
    };
  }
  if (status === 429) return { code: 'RATE_LIMITED', why: 'it asks us to slow down', advice: 'Try again later.' };
  if (status >= 500) {
    return {
      code: 'SERVER_ERROR',
      why: 'the server failed',
      advice: 'Try again, or look at the health of the server.',
    };
  }
  if (status >= 400) {
    return { code: 'REQUEST_REFUSED', why: 'the request was refused', advice: 'Correct what was asked for.' };
  }
  return {
    code: 'SERVER_ERROR',
    why: 'it answered with a redirect',
    advice: 'Put the final address into the configuration.',
  };
}

/** Where a redirect leads, without its query, which may hold what must not be shown. */
const locationOf = ({ location }: Readonly<Record<string, string>>): string | undefined =>
  location?.replace(/[?#].*$/s, '');

/** The error for an answer whose status is not 2xx. */
export function statusFailure(
  target: Target,
  reply: { status: number; headers: Readonly<Record<string, string>>; body: unknown },
): CoxswainError {
  const { code, why, advice } = judgeStatus(reply.status);
  const said = serverMessage(reply.body);
  const quote = said === undefined ? '' : ` (${said})`;
  const wait = code === 'RATE_LIMITED' ? { retryAfterMs: retryAfterMs(reply.headers) } : {};
  const clock = code === 'UNAUTHORIZED' ? { serverTime: serverTime(reply.headers) } : {};
  const redirect = reply.status >= 300 && reply.status <= 399 ? { location: locationOf(reply.headers) } : {};
  const body = typeof reply.body === 'string' ? shorten(reply.body) : reply.body;
  return new CoxswainError(code, {
    message: `${describeTarget(target)} failed with status ${reply.status}: ${why}${quote}. ${advice}`,
    fields: { host: target.host, path: target.path, status: reply.status, body, ...wait, ...clock, ...redirect },
  });
}

/** The error for a 2xx answer that cannot be used: not JSON, or too long. */
export function uselessReplyFailure(target: Target, why: string, fields: Readonly<Record<string, unknown>> = {}) {
  return new CoxswainError('SERVER_ERROR', {
    message: `${describeTarget(target)} gave an answer that cannot be used: ${why}. Check that the address is that of the service and not of a login page or proxy.`,
    fields: { host: target.host, path: target.path, ...fields },
  });
}

/** The error when no answer came in time. */
export const timeoutFailure = (target: Target, timeoutMs: number): CoxswainError =>
  new CoxswainError('TIMED_OUT', {
    message: `${describeTarget(target)} did not answer within ${timeoutMs} ms. Try again, or check the server and the network.`,
    fields: { host: target.host, path: target.path, timeoutMs },
  });

/** The error when the caller gave up; the caller's own reason if that is already one of ours. */
export function abortedFailure(target: Target, signal: AbortSignal): CoxswainError {
  if (signal.reason instanceof CoxswainError) return signal.reason;
  return new CoxswainError('TIMED_OUT', {
    message: `${describeTarget(target)} was given up before it answered. Try again.`,
    fields: { host: target.host, path: target.path, aborted: true },
  });
}

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'the network cannot be reached',
  ERR_BAD_RESPONSE: 'the connection broke off in the middle of the answer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (name its authority with caFile)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate authority is not trusted (name it with caFile)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate authority is not trusted (name it with caFile)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate authority is not trusted (name it with caFile)',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate authority is not trusted (name it with caFile)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (compare the clocks)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  EPROTO: 'it does not speak TLS (compare http and https in the address)',
};

/** The system's word for what went wrong; undefined where it has none. */
export const networkCodeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** The error when the server could not be reached or broke off; `code` is the system's word for it. */
export function networkFailure(target: Target, code: string | undefined): CoxswainError {
  const reason = networkReasons[code ?? ''] ?? `the connection failed (${code ?? 'no reason given'})`;
  // The original error is not kept as the cause: it holds the request with its headers, credentials included.
  return new CoxswainError('UNREACHABLE', {
    message: `${describeTarget(target)} could not be completed: ${reason}. Check that the server runs and can be reached from here.`,
    fields: { host: target.host, path: target.path, networkCode: code },
  });
}
