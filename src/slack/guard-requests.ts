import type { IncomingMessage, RequestListener } from 'node:http';
import type { Clock } from '../engine/clock';
import type { RefusedRequest } from '../policy/audit/refused-requests';

const windowMs = 5 * 60_000;

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

/** Slack's retries of events only: commands and clicks come as forms, and are never retried. */
const isEventRetry = (request: IncomingMessage): boolean =>
  header(request, 'x-slack-retry-num') !== '' && header(request, 'content-type').startsWith('application/json');

const whys = {
  untimelyRequest: 'Its time is not within five minutes of ours.',
  replayedRequest: 'The same signed request was here before.',
  forgedRequest: 'Its signature is not of Slack.',
} as const;

/** A request of which nothing is certain but its address: of the connection, whatever its headers say. */
function refusedOf(request: IncomingMessage, path: string, action: keyof typeof whys): RefusedRequest {
  const address = request.socket.remoteAddress ?? 'nowhere';
  const from = { surface: 'webhook', source: address } as const;
  return { action, address, what: `A request to ${path}`, why: whys[action], from };
}

type Guarding = {
  readonly clock: Clock;
  readonly paths: readonly string[];
  /** Told of each that is refused, by us or by Bolt. */
  readonly onRefused?: ((refused: RefusedRequest) => void) | undefined;
};

/**
 * Refuses with 401 what Bolt lets through: timestamps more than five minutes in the future, and the same signed request
 * twice. Slack's own retries of events pass. Only requests to `paths` are looked at.
 */
export function guardRequests(listener: RequestListener, options: Guarding): RequestListener {
  const { onRefused = () => undefined } = options;
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
    const isTimely = Math.abs(now - seconds * 1000) <= windowMs;
    if (!isTimely || isRepeated) {
      onRefused(refusedOf(request, path, isTimely ? 'replayedRequest' : 'untimelyRequest'));
      response.writeHead(401).end();
      request.resume();
      return;
    }
    seen.set(key, now);
    // What Bolt refuses must not fill the memory, nor shut out the genuine request with the same header.
    response.once('close', () => {
      if (response.statusCode !== 401) return;
      seen.delete(key);
      onRefused(refusedOf(request, path, 'forgedRequest'));
    });
    listener(request, response);
  };
}
