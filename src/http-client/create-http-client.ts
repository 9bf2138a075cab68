import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import type { Readable } from 'node:stream';
import axios from 'axios';
import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';
import { systemClock } from '../engine/clock';
import type { Clock } from '../engine/clock';
import { CoxswainError } from '../model/errors';
import type { HttpClient, HttpClientOptions, HttpReply, HttpRequest, HttpStream, StreamOptions } from './http-client';
import { abortedFailure, networkFailure, statusFailure, timeoutFailure, uselessReplyFailure } from './http-failure';
import type { Target } from './http-failure';
import { readStream } from './read-stream';

const defaultTimeoutMs = 5000;
const defaultMaxReplyBytes = 128 * 1024 * 1024;
const longestErrorBody = 64 * 1024;

function verifyingAgent(caFile: string | undefined): Agent {
  // Spelt out, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise turn verification off without a word.
  const settings = { keepAlive: true, rejectUnauthorized: true };
  if (caFile === undefined) return new Agent(settings);
  try {
    return new Agent({ ...settings, ca: readFileSync(caFile) });
  } catch (cause) {
    throw new CoxswainError('INVALID_INPUT', {
      message: `Cannot read the certificate file ${caFile}. Check the path and that the bot may read it.`,
      fields: { caFile },
      cause,
    });
  }
}

function createAxios(options: HttpClientOptions): AxiosInstance {
  const maxReplyBytes = options.maxReplyBytes ?? defaultMaxReplyBytes;
  return axios.create({
    baseURL: options.baseUrl.replace(/\/+$/, ''),
    headers: { Accept: 'application/json', ...options.headers, 'User-Agent': options.userAgent },
    httpsAgent: verifyingAgent(options.caFile),
    proxy: false,
    // A redirect may lead to another host, which must not see our credentials.
    maxRedirects: 0,
    maxContentLength: maxReplyBytes,
    validateStatus: () => true,
    // Parsed here and not by axios, which returns text silently where JSON does not parse.
    transformResponse: (data: unknown) => data,
    responseType: 'text',
    paramsSerializer: { indexes: null },
  });
}

function plainHeaders(reply: AxiosResponse): Readonly<Record<string, string>> {
  const pairs = Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

type Parsed = { readonly isJson: true; readonly value: unknown } | { readonly isJson: false };

function parseJson(text: string): Parsed {
  try {
    return { isJson: true, value: JSON.parse(text) };
  } catch {
    return { isJson: false };
  }
}

function understand(target: Target, request: HttpRequest, reply: AxiosResponse<string | Buffer>): HttpReply {
  const headers = plainHeaders(reply);
  const isGood = reply.status >= 200 && reply.status <= 299;
  if (isGood && request.expect === 'bytes') return { status: reply.status, headers, body: reply.data };
  const text = reply.data.toString();
  const parsed = parseJson(text);
  if (!isGood) {
    const body = parsed.isJson ? parsed.value : text.slice(0, longestErrorBody);
    throw statusFailure(target, { status: reply.status, headers, body });
  }
  if (request.expect === 'text') return { status: reply.status, headers, body: text };
  if (text === '' && request.expect === 'jsonOrNothing') return { status: reply.status, headers, body: undefined };
  if (!parsed.isJson) {
    const type = headers['content-type'] ?? 'no content type';
    const why = text === '' ? 'the answer was empty' : `it is not JSON (${type})`;
    throw uselessReplyFailure(target, why, { status: reply.status, body: text.slice(0, 300) });
  }
  return { status: reply.status, headers, body: parsed.value };
}

function translateFailure(target: Target, error: unknown): CoxswainError {
  if (error instanceof CoxswainError) return error;
  const { code, message } = error instanceof Error ? (error as Error & { code?: string }) : {};
  if (message?.startsWith('maxContentLength') === true)
    return uselessReplyFailure(target, 'it is too long', { isTooLong: true });
  return networkFailure(target, code);
}

/** Runs `send` under a deadline and the caller's signal; whichever ends it decides the error. */
async function withDeadline<T>(
  call: { clock: Clock; target: Target; timeoutMs: number; signal: AbortSignal | undefined },
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, target, timeoutMs, signal } = call;
  const throwIfAborted = () => {
    if (signal?.aborted === true) throw abortedFailure(target, signal);
  };
  throwIfAborted();
  const stop = new AbortController();
  const late = new AbortController();
  const cancelTimer = clock.after(timeoutMs, () => {
    late.abort();
    stop.abort();
  });
  const onAbort = () => stop.abort();
  signal?.addEventListener('abort', onAbort);
  try {
    return await send(stop.signal);
  } catch (error) {
    throwIfAborted();
    if (late.signal.aborted) throw timeoutFailure(target, timeoutMs);
    throw translateFailure(target, error);
  } finally {
    cancelTimer();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Builds the one way to speak HTTP. Throws INVALID_INPUT when `baseUrl` is no URL or `caFile` cannot be read. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  if (!URL.canParse(options.baseUrl)) {
    throw new CoxswainError('INVALID_INPUT', {
      message: `'${options.baseUrl}' is not an address. Write it as https://host/path.`,
    });
  }
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const clock = options.clock ?? systemClock;
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const http = createAxios(options);

  const targetOf = (method: string, path: string): Target => ({ method, host: base.host, path: prefix + path });
  const request = (wanted: HttpRequest): Promise<HttpReply> => {
    const target = targetOf(wanted.method, wanted.path);
    const config: AxiosRequestConfig = {
      method: wanted.method,
      url: wanted.path,
      params: wanted.query,
      data: wanted.body,
      ...(wanted.headers === undefined ? {} : { headers: wanted.headers }),
      ...(wanted.maxReplyBytes === undefined ? {} : { maxContentLength: wanted.maxReplyBytes }),
      ...(wanted.expect === 'bytes' ? { responseType: 'arraybuffer' } : {}),
    };
    const limitMs = wanted.timeoutMs ?? timeoutMs;
    return withDeadline({ clock, target, timeoutMs: limitMs, signal: wanted.signal }, async (signal) =>
      understand(target, wanted, await http.request<string | Buffer>({ ...config, signal })),
    );
  };
  const stream = async (path: string, wanted: StreamOptions): Promise<HttpStream> => {
    const target = targetOf('GET', path);
    const headers = { Accept: 'text/event-stream', ...wanted.headers };
    const reply = await withDeadline({ clock, target, timeoutMs, signal: wanted.signal }, (signal) =>
      http.request<Readable>({
        url: path,
        params: wanted.query,
        headers,
        responseType: 'stream',
        maxContentLength: -1,
        signal,
      }),
    );
    if (reply.status < 200 || reply.status > 299) {
      reply.data.destroy();
      throw statusFailure(target, { status: reply.status, headers: plainHeaders(reply), body: undefined });
    }
    return readStream(reply.data, {
      clock,
      idleTimeoutMs: wanted.idleTimeoutMs,
      signal: wanted.signal,
      onBroken: (code) => networkFailure(target, code),
      onSilent: () => timeoutFailure(target, wanted.idleTimeoutMs),
      onAborted: (signal) => abortedFailure(target, signal),
    });
  };
  return { host: base.host, request, stream };
}
