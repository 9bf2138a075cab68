import type { z } from 'zod';
import { errorCatalogue, type ErrorCode } from '../model/errors';
import { errorReply } from './bot-replies';
import { CliError } from './cli-error';
import { exitCodes, type ExitCode } from './exit-codes';
import { systemCodeOf } from './system-error';

/** Asks the bot's local API. Every failure is a `CliError` that says what to do. */
export type BotClient = {
  readonly url: string;
  readonly get: <S extends z.ZodType>(path: string, schema: S, options?: CallOptions) => Promise<z.infer<S>>;
  readonly post: <S extends z.ZodType>(path: string, body: object, schema: S) => Promise<z.infer<S>>;
};

/** `waitMs`: how long the bot may hold the answer back; it is added to the time-out. */
export type CallOptions = { readonly waitMs?: number };

/** `timeoutMs`: how long an answer may take beyond what the bot was asked to wait. @default 10000 */
export type BotClientOptions = {
  readonly url: string;
  readonly token: string | undefined;
  readonly timeoutMs?: number;
};

const startAdvice =
  'Start the bot with `npm start` (or try it without accounts: `npm run demo`), or point COXSWAIN_URL at a running one.';

const unreachable = (code: ErrorCode, message: string, cause?: unknown) =>
  new CliError(exitCodes.unreachable, code, { message, advice: startAdvice, cause });

function asCode(code: string): ErrorCode {
  return code in errorCatalogue ? (code as ErrorCode) : 'REQUEST_REFUSED';
}

function refusalOf(url: string, status: number, body: unknown): CliError {
  const refusal = errorReply.safeParse(body);
  if (!refusal.success) return notCoxswain(url, `it answered ${status} with something else`);
  const { code, message } = refusal.data.error;
  const advice = 'Run `coxswain login`, or set COXSWAIN_TOKEN.';
  if (status === 401) return new CliError(exitCodes.notLoggedIn, 'UNAUTHORIZED', { message, advice });
  const exitCode: ExitCode = status >= 500 ? exitCodes.unreachable : exitCodes.failed;
  return new CliError(exitCode, asCode(code), { message });
}

const notCoxswain = (url: string, why: string) =>
  unreachable('SERVER_ERROR', `What listens at ${url} is not Coxswain's local API: ${why}.`);

function networkErrorOf(url: string, timeoutMs: number, error: unknown): CliError {
  const { name, cause } = Object(error) as { readonly name?: unknown; readonly cause?: unknown };
  if (name === 'TimeoutError') {
    return unreachable('TIMED_OUT', `The bot at ${url} did not answer within ${timeoutMs} ms.`, error);
  }
  const code = systemCodeOf(cause);
  return unreachable('UNREACHABLE', `No bot answers at ${url}${code === undefined ? '' : ` (${code})`}.`, error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A client for one bot; without a token, only what needs none is answered. */
export function createBotClient(options: BotClientOptions): BotClient {
  const { url, token } = options;
  const call = async <S extends z.ZodType>(
    path: string,
    schema: S,
    init: { readonly method: string; readonly body?: string; readonly waitMs: number },
  ): Promise<z.infer<S>> => {
    const timeoutMs = (options.timeoutMs ?? 10_000) + init.waitMs;
    const headers = {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const request = { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) } as const;
    const answer = await fetch(url + path, request)
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch((error: unknown) => {
        throw networkErrorOf(url, timeoutMs, error);
      });
    const body = parseJson(answer.text);
    if (answer.status !== 200) throw refusalOf(url, answer.status, body);
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw notCoxswain(url, body === undefined ? 'it did not send JSON' : 'it sent other JSON');
    return parsed.data;
  };
  return {
    url,
    get: (path, schema, { waitMs = 0 } = {}) => call(path, schema, { method: 'GET', waitMs }),
    post: (path, body, schema) => call(path, schema, { method: 'POST', body: JSON.stringify(body), waitMs: 0 }),
  };
}
