import type { z } from 'zod';
import type { HttpClient, HttpReply, HttpRequest } from '../http-client/http-client';
import { CoxswainError } from '../model/errors';

/** A service of DC/OS that is asked things; `what` says in messages what was tried: `read /foo`. */
export type Asker = {
  /** Sends a request and gives its failure the service's meaning. */
  readonly send: (what: string, request: HttpRequest) => Promise<HttpReply>;
  /** The same, and reads the reply. Throws SERVER_ERROR for one of unknown shape. */
  readonly ask: <T extends z.ZodType>(schema: T, what: string, request: HttpRequest) => Promise<z.output<T>>;
  /** `ask` by GET. */
  readonly get: <T extends z.ZodType>(
    schema: T,
    what: string,
    path: string,
    signal: AbortSignal | undefined,
  ) => Promise<z.output<T>>;
  /** Reads a reply that `send` gave. */
  readonly read: <T extends z.ZodType>(schema: T, what: string, reply: HttpReply) => z.output<T>;
};

/** Asks a service by an HTTP client; `translate` gives a failure of HTTP the service's meaning. */
export function askService(
  service: string,
  http: HttpClient,
  translate: (what: string, error: unknown) => unknown,
): Asker {
  const read: Asker['read'] = (schema, what, reply) => {
    const parsed = schema.safeParse(reply.body);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const where = issue === undefined ? 'unknown' : `${issue.path.map(String).join('.') || 'body'}: ${issue.message}`;
    throw new CoxswainError('SERVER_ERROR', {
      message: `Cannot ${what}: the answer of ${service} on ${http.host} has an unknown shape (${where}). Check that the address is that of a ${service}.`,
      fields: { host: http.host },
    });
  };
  const send: Asker['send'] = async (what, request) => {
    try {
      return await http.request(request);
    } catch (error) {
      throw translate(what, error);
    }
  };
  const ask: Asker['ask'] = async (schema, what, request) => read(schema, what, await send(what, request));
  return { read, send, ask, get: (schema, what, path, signal) => ask(schema, what, { method: 'GET', path, signal }) };
}

/** A path of ids, each encoded: `encodePath('/a/b c')` is `a/b%20c`. */
export const encodePath = (path: string): string =>
  path.replace(/^\/+/, '').split('/').map(encodeURIComponent).join('/');
