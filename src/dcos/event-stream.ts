import type { Clock } from '../engine/clock';
import type { HttpStream } from '../http-client/http-client';
import { asCoxswainError } from '../model/errors';
import type { CoxswainError } from '../model/errors';
import { appIdsOfEvent } from './app-ids-of-event';
import { isQuietEvent } from './is-quiet-event';
import type { MarathonClient } from './marathon-client';
import { createSseParser } from './sse-parser';

/** A connection that lasted this long was good; one that ended earlier counts as a failure. */
const steadyMs = 30_000;

/** How long to wait before connecting again: doubled after each failure, from `initialMs` up to `maxMs`. */
export type StreamBackoff = { readonly initialMs: number; readonly maxMs: number };

/** What is listened to and who is told. Callbacks must not throw. */
export type EventStreamOptions = {
  readonly client: Pick<MarathonClient, 'openEvents'>;
  readonly clock: Clock;
  /** An app may have changed: a hint to look, doubled or lost at times; steps that change nothing to be seen are left out. */
  readonly onAppChanged: (appId: string) => void;
  /** After each connect, and after an event too long to be read: something was missed, so look at everything. */
  readonly onResync: () => void;
  /** `error` says why a connection ended; undefined when connected, or when the server ended it in order. */
  readonly onState: (state: 'connected' | 'disconnected', error: CoxswainError | undefined) => void;
  /** Marathon sends a bare CRLF every 10 s or so. @default 30000 */
  readonly idleTimeoutMs?: number;
  /** @default 1 s doubling up to 30 s */
  readonly backoff?: StreamBackoff;
  /** From 0 to below 1; spreads reconnects over the upper half of the wait. @default Math.random */
  readonly random?: () => number;
};

/** The wait before attempt `failures` + 1: half of it fixed, half by chance, so that many bots do not return as one. */
export function reconnectDelayMs(failures: number, backoff: StreamBackoff, random: () => number): number {
  const full = Math.min(backoff.maxMs, backoff.initialMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full / 2 + (full / 2) * random());
}

async function readEvents(
  stream: HttpStream,
  { onAppChanged, onResync }: Pick<EventStreamOptions, 'onAppChanged' | 'onResync'>,
): Promise<void> {
  const parser = createSseParser({ onOversized: onResync });
  for await (const chunk of stream.chunks) {
    for (const event of parser.push(chunk)) {
      if (!isQuietEvent(event)) appIdsOfEvent(event.data).forEach(onAppChanged);
    }
  }
}

/**
 * Listens to a Marathon's events over one connection at a time and connects again, without end, until closed. Marathon
 * replays nothing: what it does not tell must be polled for (`onResync`). The waits between start over after a connection
 * of 30 s, so that a server that takes each one and ends it does not cause a look at everything every second.
 */
export function openEventStream(options: EventStreamOptions): { readonly close: () => void } {
  const { client, clock, onState, onResync, idleTimeoutMs = 30_000, random = Math.random } = options;
  const backoff = options.backoff ?? { initialMs: 1000, maxMs: 30_000 };
  const closing = new AbortController();
  let cancelWait: () => void = () => undefined;
  let connectedAt = Number.POSITIVE_INFINITY;
  let failures = 0;

  const listen = async (): Promise<CoxswainError | undefined> => {
    try {
      const stream = await client.openEvents({ idleTimeoutMs, signal: closing.signal });
      if (closing.signal.aborted) {
        stream.close();
        return undefined;
      }
      connectedAt = clock.now();
      onState('connected', undefined);
      onResync();
      await readEvents(stream, options);
      return undefined;
    } catch (error) {
      return asCoxswainError(error);
    }
  };
  const run = async (): Promise<void> => {
    connectedAt = Number.POSITIVE_INFINITY;
    const error = await listen();
    if (closing.signal.aborted) return;
    onState('disconnected', error);
    failures = clock.now() - connectedAt >= steadyMs ? 1 : failures + 1;
    cancelWait = clock.after(reconnectDelayMs(failures, backoff, random), () => void run());
  };
  void run();
  return {
    close: () => {
      closing.abort();
      cancelWait();
    },
  };
}
