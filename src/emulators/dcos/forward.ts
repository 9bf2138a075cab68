import { type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { ForwardWish } from './exchange';

/** What is about one connection only, and is not passed on. */
const ofConnection = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect'];

/**
 * Passes a request on to another server, and its answer back as it comes: method, headers and body as they are, the path
 * without its first segments. Where no answer comes, `fail` has to answer.
 */
export function forward(
  { host, port, skippedSegments }: ForwardWish,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  fail: () => void,
): void {
  const { method, headers } = request;
  const path = pathWithout(request.url ?? '/', skippedSegments);
  const asked = requestHttp({ host, port, method, path, headers: passedOn(headers), agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
    // Whichever of the two ends early ends the other.
    pipeline(answer, response, () => undefined);
  });
  asked.once('error', () => {
    if (response.headersSent) response.destroy();
    else fail();
  });
  response.once('close', () => asked.destroy());
  asked.end(body);
}

function passedOn(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.includes(name)));
}

/** The path and query as they came, since a server may tell `/a` from `/a/`. */
function pathWithout(url: string, segments: number): string {
  const [, path = '', query = ''] = /^([^?]*)(.*)$/s.exec(url) ?? [];
  const rest = path.replace(new RegExp(`^(?:/+[^/]+){${segments}}`), '');
  return `${rest.startsWith('/') ? rest : `/${rest}`}${query}`;
}
