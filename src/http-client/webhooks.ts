import type { IncomingMessage } from 'node:http';
import { systemClock, type Clock } from '../engine/clock';
import { CoxswainError } from '../model/errors';
import { readBoundedText } from './bounded-text';
import { networkCodeOf, networkFailure, uselessReplyFailure, type Target } from './http-failure';
import type { Sent } from './open-public';
import { createPublicUrls, type PublicUrlOptions, type PublicUrls } from './public-urls';
import { isSecretHeader, redactError, redactHeaders, redactJson } from './redact';
import { webhookBody } from './webhook-body';
import { readyHeaders, type HeaderValue } from './webhook-secrets';
import { withinTime } from './within-time';

/** A request to a URL that a team wrote; `payload` is JSON, or text that is sent as it is. */
export type WebhookRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  readonly payload?: unknown;
};

/**
 * What came back, whatever its status. `headers` have lower-case names; `body` is JSON where it can be read as such, else
 * text, and undefined where there was none. Secrets that were sent are not in it.
 */
export type WebhookReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** Sends what teams' webhooks ask for. */
export interface Webhooks {
  /**
   * Sends one request. Throws CoxswainError: INVALID_INPUT (no http or https URL, a secret that is not there), NOT_ALLOWED (a
   * host or address that may not be reached), UNREACHABLE, TIMED_OUT, SERVER_ERROR (an answer too long, compressed, or
   * redirected for ever); its message names the host only, since the rest of a URL may be secret.
   */
  send(request: WebhookRequest, signal?: AbortSignal): Promise<WebhookReply>;
}

/** Where webhooks may go and how; every member has a default. */
export type WebhookOptions = PublicUrlOptions & {
  readonly clock?: Clock;
  /** For everything together, lookups and redirects included; less than a look of a task has. @default 4500 */
  readonly timeoutMs?: number;
  /** @default 1048576 */
  readonly maxBytes?: number;
  /** The environment variables that headers may name, all of which begin with `WEBHOOK_SECRET_`. @default none */
  readonly secret?: (name: string) => string | undefined;
};

type Settings = { readonly urls: PublicUrls; readonly maxBytes: number };

const mostRedirects = 3;
const keptMethod: ReadonlySet<number> = new Set([307, 308]);
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const targetOf = (method: string, url: URL): Target => ({
  method,
  host: url.host,
  path: url.pathname === '/' ? '/' : '/…',
});

/** Errors of the system after which nothing can have reached the server. */
const neverSent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO)$|CERT|UNABLE_TO_/;

/** Whether a request that failed like this may have done its work all the same. */
export function mayHaveArrived({ code, fields }: CoxswainError): boolean {
  if (code === 'TIMED_OUT' || code === 'SERVER_ERROR') return true;
  return code === 'UNREACHABLE' && !neverSent.test(String(fields.networkCode));
}

function readBody(text: string, type = ''): unknown {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    // A bare number or word of another type is the text that it is.
    return /json/i.test(type) || (typeof value === 'object' && value !== null) ? value : text;
  } catch {
    return text;
  }
}

/** Where a reply sends the request on to; undefined where it is the answer itself. */
function redirectOf(method: string, { statusCode = 0, headers }: IncomingMessage): string | undefined {
  const isRead = method === 'GET' || method === 'HEAD';
  const isFollowed = isRead ? redirectStatuses : keptMethod;
  return isFollowed.has(statusCode) ? headers.location : undefined;
}

const plainHeaders = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );

type Answer = WebhookReply | { readonly location: string };

async function sendOnce(url: URL, sent: Sent, { urls, maxBytes }: Settings, signal: AbortSignal): Promise<Answer> {
  const target = targetOf(sent.method, url);
  try {
    const reply = await urls.open(url, target, sent, signal);
    try {
      const location = redirectOf(sent.method, reply);
      if (location !== undefined) return { location };
      const text = sent.method === 'HEAD' ? '' : await readBoundedText(reply, target, maxBytes);
      const body = readBody(text, reply.headers['content-type']);
      return { status: reply.statusCode ?? 0, headers: plainHeaders(reply), body };
    } finally {
      reply.destroy();
    }
  } catch (error) {
    if (error instanceof CoxswainError) throw error;
    throw networkFailure(target, networkCodeOf(error));
  }
}

/** What may go to another origin than it was meant for. */
const withoutSecrets = (sent: Sent, named: ReadonlySet<string>): Sent => ({
  ...sent,
  headers: Object.fromEntries(
    Object.entries(sent.headers).filter(([name]) => !isSecretHeader(name) && !named.has(name)),
  ),
});

async function follow(
  first: URL,
  wanted: { readonly sent: Sent; readonly named: ReadonlySet<string> },
  settings: Settings,
  signal: AbortSignal,
): Promise<WebhookReply> {
  let url = first;
  let { sent } = wanted;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const answer = await sendOnce(url, sent, settings, signal);
    if ('status' in answer) return answer;
    const target = targetOf(sent.method, url);
    if (!URL.canParse(answer.location, url.href)) throw uselessReplyFailure(target, 'it redirects to no URL');
    const next = settings.urls.read(new URL(answer.location, url).href);
    if (next.origin !== url.origin) sent = withoutSecrets(sent, wanted.named);
    url = next;
  }
  throw uselessReplyFailure(targetOf(sent.method, first), `it redirects more than ${mostRedirects} times`);
}

const headerOf = (headers: Readonly<Record<string, string>>, wanted: string): string | undefined =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];

/** Headers that were given win over those of the same name that are always sent. */
function sentOf({ method, payload }: WebhookRequest, given: Readonly<Record<string, string>>): Sent {
  const isRead = method === 'GET' || method === 'HEAD';
  const body = isRead ? undefined : webhookBody(payload, headerOf(given, 'content-type'));
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body.text)) };
  const type = body === undefined ? {} : { 'Content-Type': body.type };
  const own = { Accept: '*/*', 'User-Agent': 'coxswain', ...type };
  const missing = Object.entries(own).filter(([name]) => headerOf(given, name.toLowerCase()) === undefined);
  const headers = { ...Object.fromEntries(missing), 'Accept-Encoding': 'identity', ...length, ...given };
  return { method, headers, ...(body === undefined ? {} : { body: body.text }) };
}

/**
 * Makes a `Webhooks` that cannot be led inside: of each URL, redirects included, every address is judged and the connection
 * goes to one that was. A GET or HEAD is redirected at most 3 times; another method only by 307 and 308, which keep it and
 * its payload, and any other redirect is the answer itself. Headers with secrets go to no other origin than the URL's own.
 * No cookies or proxies; certificates are always verified. Nothing is repeated.
 */
export function createWebhooks(options: WebhookOptions = {}): Webhooks {
  const { clock = systemClock, timeoutMs = 4500, maxBytes = 1_048_576, secret = () => undefined } = options;
  const urls = createPublicUrls(options, { act: ({ host }) => `send to ${host}`, passive: 'be sent to' });
  return {
    async send(request, signal) {
      const url = urls.read(request.url);
      const written = request.headers ?? {};
      const { headers, secrets } = readyHeaders(written, secret);
      const named = new Set(Object.keys(written).filter((name) => typeof written[name] !== 'string'));
      const wanted = { sent: sentOf(request, headers), named };
      const target = targetOf(request.method, url);
      try {
        const reply = await withinTime({ clock, timeoutMs, target, signal }, (stop) =>
          follow(url, wanted, { urls, maxBytes }, stop),
        );
        const shown = redactJson(redactHeaders(reply.headers), secrets) as WebhookReply['headers'];
        return { status: reply.status, headers: shown, body: redactJson(reply.body, secrets) };
      } catch (error) {
        throw redactError(error, secrets);
      }
    },
  };
}
