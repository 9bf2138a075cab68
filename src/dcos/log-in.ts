import { z } from 'zod';
import type { Clock } from '../engine/clock';
import { followCaFile } from '../http-client/follow-ca-file';
import type { HttpClient, HttpClientOptions, HttpReply } from '../http-client/http-client';
import { serverTime } from '../http-client/http-failure';
import { asCoxswainError, CoxswainError } from '../model/errors';
import type { ErrorCode } from '../model/errors';
import { tokenTimes } from './json-web-token';
import { loginRequest } from './login-request';
import type { Credentials, LoginRequest } from './login-request';
import { redactText } from '../http-client/redact';

/** A token that a cluster gave. */
export type Login = {
  readonly token: string;
  /** How long it is good from when it was obtained; undefined where it does not say. */
  readonly lifetimeMs: number | undefined;
};

/** Who logs in where. `http` says how to speak to the login: all but its address. */
export type LogInOptions = {
  readonly clusterName: string;
  readonly clusterUrl: string;
  readonly auth: Credentials;
  readonly clock: Clock;
  readonly http: Omit<HttpClientOptions, 'baseUrl' | 'clock'>;
};

const replySchema = z.object({ token: z.string().min(1) });
const refusalSchema = z.object({ code: z.string().regex(/^[A-Z_]{1,60}$/) });

/** Beyond this the clocks are told apart; below, the login token's five minutes cover it. */
const noticedSkewMs = 30_000;

// Failures of the network and of the server stay what they are; everything else is a login that was not accepted. Above all
// no NOT_FOUND: whoever asked for an app would take the app for gone.
const kept: readonly ErrorCode[] = ['UNREACHABLE', 'TIMED_OUT', 'SERVER_ERROR', 'RATE_LIMITED'];

function explain(error: CoxswainError): string {
  const { status, body } = error.fields;
  if (typeof status !== 'number') return error.message;
  // The server's own words are not quoted but for its code: they may repeat what was sent.
  const refusal = refusalSchema.safeParse(body);
  const code = refusal.success ? ` (${refusal.data.code})` : '';
  if (status === 404) return 'there is no login at this address (status 404)';
  return `the login answered with status ${status}${code}`;
}

function loginFailure(options: LogInOptions, request: LoginRequest | undefined, thrown: unknown): CoxswainError {
  const error = asCoxswainError(thrown);
  const { clusterName, clusterUrl } = options;
  const who = request?.who ?? 'its account';
  const host = request?.url.host ?? new URL(clusterUrl).host;
  const code = kept.includes(error.code) ? error.code : 'UNAUTHORIZED';
  const check = ` Check 'auth' of cluster ${clusterName} in accounts.yaml, and the account on the cluster.`;
  // A certificate file that cannot be read says itself what to do, and has nothing to do with the account.
  const advice = error.fields.caFile === undefined ? check : '';
  const why = redactText(explain(error), request?.secrets ?? []).replace(/\.?$/, '.');
  // Neither the cause nor the answer's body is kept: they may repeat what was sent.
  return new CoxswainError(code, {
    message: `Cannot log in at DC/OS cluster ${clusterName} (${host}) as ${who}: ${why}${advice}`,
    fields: { host, cluster: clusterName, loginStatus: error.fields.status, serverTime: error.fields.serverTime },
  });
}

function readLogin(options: LogInOptions, request: LoginRequest, reply: HttpReply): Login {
  const parsed = replySchema.safeParse(reply.body);
  if (!parsed.success) {
    const message = 'the answer holds no token';
    throw loginFailure(options, request, new CoxswainError('SERVER_ERROR', { message }));
  }
  const { token } = parsed.data;
  const { issuedAt, expiresAt } = tokenTimes(token);
  // Both ends by one clock, the server's: ours may be minutes off.
  const since = issuedAt ?? serverTime(reply.headers) ?? options.clock.now();
  const lifetimeMs = expiresAt === undefined || expiresAt <= since ? undefined : expiresAt - since;
  return { token, lifetimeMs };
}

/**
 * Makes the login of a cluster's account. Each call logs in once; once more only where a service account's token was refused
 * and the server's `Date` shows that our clock is off, then with the server's time. Throws UNAUTHORIZED for whatever the
 * account or its secret is to blame for, else UNREACHABLE, TIMED_OUT, SERVER_ERROR or RATE_LIMITED. No error holds a secret.
 */
export function createLogIn(options: LogInOptions): () => Promise<Login> {
  const { clusterUrl, auth, clock, http } = options;
  const clients = new Map<string, HttpClient>();
  let clockOffsetMs = 0;

  // The account's secret may name another origin after it was rotated.
  const clientOf = (origin: string): HttpClient => {
    const client = clients.get(origin) ?? followCaFile({ ...http, clock, baseUrl: origin });
    clients.set(origin, client);
    return client;
  };
  const post = async (): Promise<Login> => {
    let request: LoginRequest | undefined;
    try {
      request = loginRequest(clusterUrl, auth, clock.now() + clockOffsetMs);
      const reply = await clientOf(request.url.origin).request({
        method: 'POST',
        path: request.url.pathname,
        body: request.body,
      });
      return readLogin(options, request, reply);
    } catch (error) {
      throw error instanceof CoxswainError && 'loginStatus' in error.fields
        ? error
        : loginFailure(options, request, error);
    }
  };
  const learnClock = (error: unknown): boolean => {
    if (!(error instanceof CoxswainError) || error.fields.loginStatus !== 401) return false;
    const { serverTime: time } = error.fields;
    if (typeof time !== 'number') return false;
    const offset = time - clock.now();
    // A refusal that the clock does not explain is about the account.
    if (Math.abs(offset - clockOffsetMs) < noticedSkewMs) return false;
    clockOffsetMs = offset;
    return true;
  };
  return async () => {
    try {
      return await post();
    } catch (error) {
      const isSigned = auth.type === 'serviceAccount' || auth.type === 'serviceAccountSecret';
      if (!isSigned || !learnClock(error)) throw error;
      return await post();
    }
  };
}
