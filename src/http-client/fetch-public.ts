import { systemClock, type Clock } from '../engine/clock';
import { CoxswainError } from '../model/errors';
import { readBoundedText } from './bounded-text';
import { networkCodeOf, networkFailure, statusFailure, uselessReplyFailure, type Target } from './http-failure';
import { createPublicUrls, type PublicUrlOptions, type PublicUrls } from './public-urls';
import { withinTime } from './within-time';

/**
 * Fetches the text behind a URL that somebody wrote, following redirects. Throws CoxswainError: INVALID_INPUT (no http or
 * https URL, a user name in it), NOT_ALLOWED (a host or address that may not be fetched from), UNREACHABLE, TIMED_OUT (also
 * with the signal, unless its reason is one of ours), SERVER_ERROR (too long, too many redirects, 5xx) or another by status.
 */
export type FetchPublic = (url: string, signal?: AbortSignal) => Promise<string>;

/** What may be fetched and how; every member has a default. */
export type FetchPublicOptions = PublicUrlOptions & {
  readonly clock?: Clock;
  /** For everything together, lookups and redirects included. @default 5000 */
  readonly timeoutMs?: number;
  /** @default 1048576 */
  readonly maxBytes?: number;
  readonly userAgent?: string;
};

type Settings = { readonly urls: PublicUrls; readonly maxBytes: number; readonly userAgent: string };

const mostRedirects = 3;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const targetOf = (url: URL): Target => ({ method: 'GET', host: url.host, path: url.pathname });

type Answer = { readonly text: string } | { readonly location: string };

async function get(url: URL, { urls, maxBytes, userAgent }: Settings, signal: AbortSignal): Promise<Answer> {
  const headers = { Accept: '*/*', 'Accept-Encoding': 'identity', 'User-Agent': userAgent };
  const target = targetOf(url);
  const reply = await urls.open(url, target, { method: 'GET', headers }, signal);
  try {
    const { statusCode: status = 0 } = reply;
    const { location } = reply.headers;
    if (location !== undefined && redirectStatuses.has(status)) return { location };
    if (status < 200 || status > 299) throw statusFailure(target, { status, headers: {}, body: undefined });
    return { text: await readBoundedText(reply, target, maxBytes) };
  } finally {
    reply.destroy();
  }
}

async function getOnce(url: URL, settings: Settings, signal: AbortSignal): Promise<Answer> {
  try {
    return await get(url, settings, signal);
  } catch (error) {
    throw error instanceof CoxswainError ? error : networkFailure(targetOf(url), networkCodeOf(error));
  }
}

async function follow(first: URL, settings: Settings, signal: AbortSignal): Promise<string> {
  let url = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const answer = await getOnce(url, settings, signal);
    if ('text' in answer) return answer.text;
    if (!URL.canParse(answer.location, url.href)) throw uselessReplyFailure(targetOf(url), 'it redirects to no URL');
    url = settings.urls.read(new URL(answer.location, url).href);
  }
  throw uselessReplyFailure(targetOf(first), `it redirects more than ${mostRedirects} times`);
}

/**
 * Makes a `FetchPublic` that cannot be led astray: of each URL, redirects included, the host is looked up once, every address
 * it stands for is judged, and the connection goes to the one that was judged, so that a name which changes in between gains
 * nothing. At most 3 redirects. No credentials, cookies or proxies; certificates are always verified. Nothing is repeated.
 */
export function createFetchPublic(options: FetchPublicOptions = {}): FetchPublic {
  const { clock = systemClock, timeoutMs = 5000, maxBytes = 1_048_576, userAgent = 'coxswain' } = options;
  const urls = createPublicUrls(options, {
    act: ({ pathname, host }) => `fetch ${pathname} from ${host}`,
    passive: 'be fetched from',
  });
  return async (text, signal) => {
    const url = urls.read(text);
    const settings = { urls, maxBytes, userAgent };
    return withinTime({ clock, timeoutMs, target: targetOf(url), signal }, (stop) => follow(url, settings, stop));
  };
}
