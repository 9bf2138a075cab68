import type { Clock } from '../engine/clock';

/**
 * What kind of body the caller can use: JSON (default), text of any kind, JSON that may be missing altogether, or the bytes
 * as they came (a Buffer).
 */
export type ExpectedBody = 'json' | 'text' | 'jsonOrNothing' | 'bytes';

/** A value of a query; a list repeats its name, undefined leaves it out. */
export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** One request. `path` stands below the client's base address and begins with '/'. */
export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON; URLSearchParams as a form. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expect?: ExpectedBody;
  /** How long this request may take; the client's own limit where it is left out. */
  readonly timeoutMs?: number | undefined;
  /** The longest reply to this request that is read; the client's own limit where it is left out. */
  readonly maxReplyBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** A reply with a 2xx status. Header names are in lower case; `body` is undefined where there was none. */
export type HttpReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** What a stream needs beside its path. */
export type StreamOptions = {
  /** How long the server may stay silent before the stream ends with TIMED_OUT. */
  readonly idleTimeoutMs: number;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
};

/** An open reply without end. */
export type HttpStream = {
  /**
   * The text as it arrives, cut anywhere but inside a character. Ends when the server ends it or `close` is called, and
   * throws UNREACHABLE when the connection breaks, TIMED_OUT after `idleTimeoutMs` of silence.
   */
  readonly chunks: AsyncIterable<string>;
  /** Ends the connection; safe to call twice. */
  close(): void;
};

/**
 * Speaks to one HTTP server. Every failure is a CoxswainError: UNREACHABLE (refused, reset, cut off), TIMED_OUT,
 * UNAUTHORIZED (fields.serverTime: the server's clock), FORBIDDEN, NOT_FOUND, RATE_LIMITED (fields.retryAfterMs), SERVER_ERROR (5xx, a redirect with fields.location, not
 * JSON, too long with fields.isTooLong) or REQUEST_REFUSED (any other 4xx); fields hold host, path, and status and body where there was an answer.
 * Nothing is ever repeated. When the caller's signal ends a request, the signal's reason is thrown if it is a
 * CoxswainError, else TIMED_OUT with fields.aborted.
 */
export interface HttpClient {
  /** Host and port, for messages. */
  readonly host: string;
  request(request: HttpRequest): Promise<HttpReply>;
  /** Opens a server-sent event stream. */
  stream(path: string, options: StreamOptions): Promise<HttpStream>;
}

/**
 * How to reach a server. Proxies of the environment are not used and redirects are not followed. Certificates are always
 * verified: there is no way to turn that off, NODE_TLS_REJECT_UNAUTHORIZED included.
 */
export type HttpClientOptions = {
  readonly baseUrl: string;
  readonly userAgent: string;
  /** For a whole request, and for the headers of a stream. @default 5000 */
  readonly timeoutMs?: number;
  /** PEM file with the certificate authority to trust instead of the system's. */
  readonly caFile?: string;
  /** Sent with each request; never shown in errors. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The longest reply that is read. @default 128 MiB: a list of all apps of a large cluster */
  readonly maxReplyBytes?: number;
  readonly clock?: Clock;
};
