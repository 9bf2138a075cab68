import type { HttpClient } from './http-client';

/** The same client with all paths below `prefix`, which begins with '/' and does not end in one; empty changes nothing. */
export const belowPath = (http: HttpClient, prefix: string): HttpClient => ({
  host: http.host,
  request: (request) => http.request({ ...request, path: prefix + request.path }),
  stream: (path, options) => http.stream(prefix + path, options),
});
