import type { HttpClient } from '../http-client/http-client';
import { CoxswainError } from '../model/errors';
import { redactError } from '../http-client/redact';
import type { TokenSource } from './token-source';

const isUnauthorized = (error: unknown): boolean => error instanceof CoxswainError && error.code === 'UNAUTHORIZED';

// DC/OS's own form; not every version of Admin Router takes `Bearer`.
const authorization = (token: string) => ({ Authorization: `token=${token}` });

/**
 * The same client with a token in each request and each event stream. After a 401 it gets another token and repeats once:
 * nothing was done yet. Never after a 403, which another login would not change. Errors do not hold the token, even where
 * the server sends it back.
 */
export function createAuthenticatedClient(http: HttpClient, tokens: TokenSource): HttpClient {
  const send = async <T>(
    signal: AbortSignal | undefined,
    ask: (headers: Readonly<Record<string, string>>) => Promise<T>,
  ): Promise<T> => {
    const askWith = async (token: string): Promise<T> => {
      try {
        return await ask(authorization(token));
      } catch (error) {
        throw redactError(error, [token]);
      }
    };
    const token = await tokens.get(signal);
    try {
      return await askWith(token);
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
    }
    tokens.refuse(token);
    return await askWith(await tokens.get(signal));
  };
  return {
    host: http.host,
    request: (request) =>
      send(request.signal, (headers) => http.request({ ...request, headers: { ...request.headers, ...headers } })),
    stream: (path, options) =>
      send(options.signal, (headers) => http.stream(path, { ...options, headers: { ...options.headers, ...headers } })),
  };
}
