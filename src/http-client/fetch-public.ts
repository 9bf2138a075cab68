import { lookup as systemLookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { connect as systemConnect, isIP } from 'node:net';
import { systemClock, type Clock } from '../engine/clock';
import { checkUrl, ExpressionError } from '../engine/expressions';
import { CoxswainError } from '../model/errors';
import { hostList } from './host-list';
import { abortedFailure, networkFailure, statusFailure, timeoutFailure, uselessReplyFailure } from './http-failure';
import type { Target } from './http-failure';
import { judgeAddress } from './judge-address';
import { bareHost, openPublic, type Connect } from './open-public';

/**
 * Fetches the text behind a URL that somebody wrote, following redirects. Throws CoxswainError: INVALID_INPUT (no http or
 * https URL, a user name in it), NOT_ALLOWED (a host or address that may not be fetched from), UNREACHABLE, TIMED_OUT (also
 * with the signal, unless its reason is one of ours), SERVER_ERROR (too long, too many redirects, 5xx) or another by status.
 */
export type FetchPublic = (url: string, signal?: AbortSignal) => Promise<string>;

/** What may be fetched and how; every member has a default. */
export type FetchPublicOptions = {
  /**
   * Where given, the only hosts that may be fetched from: names (`config.example.com`), addresses, or `.example.com` for all
   * names below. They may stand for private addresses too, loopback included, but never for forbidden ones; so list a suffix
   * only where you trust whoever gives out names below it. Where absent: every host with a public address.
   */
  readonly allowedHosts?: readonly string[];
  /** All addresses of a host name. Asked once for each request; the connection goes to the first of what it said. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  readonly connect?: Connect;
  readonly clock?: Clock;
  /** For everything together, lookups and redirects included. @default 5000 */
  readonly timeoutMs?: number;
  /** @default 1048576 */
  readonly maxBytes?: number;
  readonly userAgent?: string;
  /** PEM of the certificate authority to trust instead of the system's. */
  readonly ca?: string;
};

type Settings = {
  readonly isListed: ((host: string) => boolean) | undefined;
  readonly lookup: (host: string) => Promise<readonly string[]>;
  readonly connect: Connect;
  readonly maxBytes: number;
  readonly userAgent: string;
  readonly ca: string | undefined;
};

const mostRedirects = 3;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

// IPv4 first: a host without IPv6 may be told of addresses that it has no way to.
const lookUp = async (host: string): Promise<readonly string[]> => {
  const found = await systemLookup(host, { all: true });
  return found.toSorted((one, other) => one.family - other.family).map(({ address }) => address);
};

const targetOf = (url: URL): Target => ({ method: 'GET', host: url.host, path: url.pathname });

function refuse(url: URL, why: string, fields: Readonly<Record<string, unknown>> = {}): CoxswainError {
  return new CoxswainError('NOT_ALLOWED', {
    message: `Cannot fetch ${url.pathname} from ${url.host}: ${why}.`,
    fields: { host: url.host, path: url.pathname, ...fields },
  });
}

const notReadable = (text: string): CoxswainError =>
  new CoxswainError('INVALID_INPUT', { message: `Cannot fetch '${text.slice(0, 100)}': it is no http or https URL.` });

/** A URL that may be fetched as far as its text shows. */
function readUrl(text: string, { isListed }: Settings): URL {
  if (!URL.canParse(text)) throw notReadable(text);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw notReadable(text);
  if (url.username !== '' || url.password !== '') {
    throw new CoxswainError('INVALID_INPUT', {
      message: `Cannot fetch from ${url.host}: a URL must not hold a user name or password.`,
    });
  }
  if (isListed?.(bareHost(url)) === true) return url;
  if (isListed !== undefined) throw refuse(url, 'only listed hosts can be fetched from, and this is none of them');
  try {
    return new URL(checkUrl(url.href));
  } catch (error) {
    throw error instanceof ExpressionError ? refuse(url, error.message) : error;
  }
}

/** The address to connect to; throws unless every address of the host may be connected to. */
async function findAddress(url: URL, { isListed, lookup }: Settings): Promise<string> {
  const host = bareHost(url);
  const addresses = isIP(host) === 0 ? await lookup(host) : [host];
  for (const address of addresses) {
    const kind = judgeAddress(address);
    const isAllowed = kind === 'public' || (kind === 'private' && isListed !== undefined);
    if (!isAllowed) throw refuse(url, 'its address belongs to an inner or reserved network', { address });
  }
  const [first] = addresses;
  if (first === undefined) throw networkFailure(targetOf(url), 'ENOTFOUND');
  return first;
}

function checkReply(reply: IncomingMessage, target: Target, maxBytes: number): void {
  const { statusCode: status = 0, headers } = reply;
  if (status < 200 || status > 299) throw statusFailure(target, { status, headers: {}, body: undefined });
  // Nothing was asked for compressed; unpacking could make far more of it than the limit.
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw uselessReplyFailure(target, 'it is compressed, though nobody asked for that');
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLong(target, maxBytes);
}

const tooLong = (target: Target, maxBytes: number): CoxswainError =>
  uselessReplyFailure(target, `it is longer than ${maxBytes} bytes`);

async function readText(reply: IncomingMessage, target: Target, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLong(target, maxBytes);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

type Answer = { readonly text: string } | { readonly location: string };

async function get(url: URL, settings: Settings, signal: AbortSignal): Promise<Answer> {
  const address = await findAddress(url, settings);
  const headers = { Accept: '*/*', 'Accept-Encoding': 'identity', 'User-Agent': settings.userAgent };
  const { connect, ca, maxBytes } = settings;
  signal.throwIfAborted();
  const reply = await openPublic(url, { address, connect, headers, ca, signal });
  try {
    const { location } = reply.headers;
    if (location !== undefined && redirectStatuses.has(reply.statusCode ?? 0)) return { location };
    checkReply(reply, targetOf(url), maxBytes);
    return { text: await readText(reply, targetOf(url), maxBytes) };
  } finally {
    reply.destroy();
  }
}

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

async function getOnce(url: URL, settings: Settings, signal: AbortSignal): Promise<Answer> {
  try {
    return await get(url, settings, signal);
  } catch (error) {
    throw error instanceof CoxswainError ? error : networkFailure(targetOf(url), codeOf(error));
  }
}

async function follow(first: URL, settings: Settings, signal: AbortSignal): Promise<string> {
  let url = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const answer = await getOnce(url, settings, signal);
    if ('text' in answer) return answer.text;
    if (!URL.canParse(answer.location, url.href)) throw uselessReplyFailure(targetOf(url), 'it redirects to no URL');
    url = readUrl(new URL(answer.location, url).href, settings);
  }
  throw uselessReplyFailure(targetOf(first), `it redirects more than ${mostRedirects} times`);
}

/** Rejects when the signal fires, even while `work` does not listen to it. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    work.then(resolve, reject);
  });
}

function throwIfAborted(url: URL, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortedFailure(targetOf(url), signal);
}

/**
 * Makes a `FetchPublic` that cannot be led astray: of each URL, redirects included, the host is looked up once, every address
 * it stands for is judged, and the connection goes to the one that was judged, so that a name which changes in between gains
 * nothing. At most 3 redirects. No credentials, cookies or proxies; certificates are always verified. Nothing is repeated.
 */
export function createFetchPublic(options: FetchPublicOptions = {}): FetchPublic {
  const { allowedHosts, clock = systemClock, timeoutMs = 5000 } = options;
  const settings: Settings = {
    isListed: allowedHosts === undefined ? undefined : hostList(allowedHosts),
    lookup: options.lookup ?? lookUp,
    connect: options.connect ?? ((host, port) => systemConnect({ host, port })),
    maxBytes: options.maxBytes ?? 1_048_576,
    userAgent: options.userAgent ?? 'coxswain',
    ca: options.ca,
  };
  return async (text, signal) => {
    const url = readUrl(text, settings);
    throwIfAborted(url, signal);
    const stop = new AbortController();
    const cancelTimer = clock.after(timeoutMs, () => stop.abort());
    const onAbort = () => stop.abort();
    signal?.addEventListener('abort', onAbort);
    try {
      return await untilAborted(follow(url, settings, stop.signal), stop.signal);
    } catch (error) {
      throwIfAborted(url, signal);
      throw stop.signal.aborted ? timeoutFailure(targetOf(url), timeoutMs) : error;
    } finally {
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
    }
  };
}
