import type { Readable } from 'node:stream';
import { MarathonError } from './marathon-error';

/** A request to the core. */
export type EmulatorRequest = {
  readonly method: string;
  /** May end in a query string when `query` is absent. */
  readonly path: string;
  readonly query?: URLSearchParams;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Text, or a value that is taken as parsed JSON. */
  readonly body?: unknown;
};

/** What a subscriber of the event stream wants: event types (all when empty), and plans without groups when light. */
export type StreamWish = { readonly types: readonly string[]; readonly isLight: boolean };

/** A server that is to answer instead of the core, over HTTP. */
export type ForwardWish = {
  readonly host: string;
  readonly port: number;
  /** How many segments at the beginning of the path it does not get to see. */
  readonly skippedSegments: number;
};

/** The answer of the core; an HTTP shell has to obey `delayMs`, `isCut`, `stream`, `source` and `forward`. */
export type EmulatorResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** One value of Set-Cookie each. */
  readonly cookies: readonly string[];
  /** A JSON value, text when the content type is not JSON, or bytes; undefined for an empty body. */
  readonly body: unknown;
  /** How long to hold the answer back; 0 normally. */
  readonly delayMs: number;
  /** The connection is to be cut instead of answering. */
  readonly isCut: boolean;
  /** Set when the answer is an event stream. */
  readonly stream: StreamWish | undefined;
  /** Opens what follows the body, for as long as it gives anything or until the client leaves. */
  readonly source: (() => Readable) | undefined;
  /** Set when another server is to be asked; the rest of the answer is for when it does not answer. */
  readonly forward: ForwardWish | undefined;
};

/** What a route's handler sees of a request. */
export type Call = {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body as JSON; to read it throws 400 when it is none. */
  readonly body: unknown;
  /** The body as it came. */
  readonly rawBody: unknown;
  readonly path: string;
};

/** What a handler answers. */
export type Reply = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly stream?: StreamWish;
  readonly source?: () => Readable;
  readonly forward?: ForwardWish;
};

/** A boolean of the query, in any case (`True` too); an empty value is true. */
export function flag(query: URLSearchParams, name: string, whenAbsent = false): boolean {
  const value = query.get(name);
  return value === null ? whenAbsent : value === '' || value.toLowerCase() === 'true';
}

/** The JSON in a request's body; throws Marathon's 400 when it does not parse. Empty text is an empty object. */
export function parseBody(body: unknown): unknown {
  if (body === undefined) return {};
  if (typeof body !== 'string') return body;
  if (body.trim() === '') return {};
  try {
    return JSON.parse(body);
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    throw new MarathonError(400, { message: 'Invalid JSON', details });
  }
}

/** A JSON answer. */
export function ok(body: unknown, status = 200): Reply {
  return { status, body };
}
