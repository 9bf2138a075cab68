import type { IncomingMessage, RequestListener } from 'node:http';
import type { Clock } from '../engine/clock';

const windowMs = 5 * 60_000;

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

/** Slack's retries of events only: commands and clicks come as forms, and are never retried. */
const isEventRetry = (request: IncomingMessage): boolean =>
  header(request, 'x-slack-retry-num') !== '' && header(request, 'content-type').startsWith('application/json');

/**
 * Refuses with 401 what Bolt lets through: timestamps more than five minutes in the future, and the same signed request
 * twice. Slack's own retries of events pass. Only requests to `paths` are looked at.
 */
export function guardRequests(
  listener: RequestListener,
  options: { readonly clock: Clock; readonly paths: readonly string[] },
): RequestListener {
  const seen = new Map<string, number>();
  const forgetOld = (now: number) => {
    // Insertion order is the order of arrival, so the old ones stand first.
    for (const [key, at] of seen) {
      if (at + 2 * windowMs > now) return;
      seen.delete(key);
    }
  };
  return (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (!options.paths.includes(path)) {
      listener(request, response);
      return;
    }
    const now = options.clock.now();
    const seconds = Number(header(request, 'x-slack-request-timestamp'));
    const key = `${seconds} ${header(request, 'x-slack-signature')}`;
    forgetOld(now);
    const isRepeated = seen.has(key) && !isEventRetry(request);
    if (!Number.isFinite(seconds) || Math.abs(now - seconds * 1000) > windowMs || isRepeated) {
      response.writeHead(401).end();
      request.resume();
      return;
    }
    seen.set(key, now);
    // What Bolt refuses must not fill the memory, nor shut out the genuine request with the same header.
    response.once('close', () => {
      if (response.statusCode === 401) seen.delete(key);
    });
    listener(request, response);
  };
}
