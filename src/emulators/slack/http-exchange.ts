import type { JsonObject } from './json';

/** One HTTP request as the core sees it. */
export type EmulatorRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

/** What the shell sends back; `cut` means that the connection is destroyed instead. */
export type EmulatorReply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly cut?: boolean;
};

/** A JSON reply. */
export function jsonReply(
  body: JsonObject,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): EmulatorReply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
