import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CoxswainError } from '../model/errors';
import { ApiError } from './api-error';
import type { ApiContext, ApiRoute } from './api-route';
import { auditRoutes } from './audit-routes';
import { authenticate } from './authenticate';
import { commandRoutes } from './command-routes';
import { executionRoutes } from './execution-routes';
import { createLoginRoutes } from './login-routes';
import { readJson } from './read-json';

/** What the local API needs; `port` 0 takes a free one. `host` is 127.0.0.1 by default: it is not meant for a network. */
export type LocalApiOptions = ApiContext & {
  readonly host?: string;
  readonly port: number;
  /** Told of defects, which the caller sees only as `INTERNAL`; never given a token. */
  readonly onError?: (error: unknown) => void;
};

/** The HTTP API on this host that the command line talks to. */
export type LocalApi = {
  /** Resolves when requests are taken; throws INVALID_INPUT when the port cannot be had. */
  readonly start: () => Promise<{ readonly url: string }>;
  /** Ends every request, waiting ones too. Safe to call twice. */
  readonly stop: () => Promise<void>;
};

const healthRoute: ApiRoute = { method: 'GET', path: '/health', isOpen: true, handle: (context) => context.health() };

type Match = { readonly route: ApiRoute; readonly id: string };

function matchPath(route: ApiRoute, path: string): Match | undefined {
  const [wanted, given] = [route.path.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const fits = wanted.every((part, index) => part === given[index] || (part === ':id' && given[index] !== ''));
  const at = wanted.indexOf(':id');
  return fits ? { route, id: at === -1 ? '' : (given[at] ?? '') } : undefined;
}

function findRoute(routes: readonly ApiRoute[], method: string, path: string): Match {
  const matches = routes.flatMap((route) => matchPath(route, path) ?? []);
  const match = matches.find(({ route }) => route.method === method);
  if (match !== undefined) return match;
  const [other] = matches;
  if (other !== undefined) throw new ApiError(405, 'INVALID_INPUT', `Use ${other.route.method} for ${path}.`);
  const known = routes.map((route) => `${route.method} ${route.path}`).join(', ');
  throw new ApiError(404, 'NOT_FOUND', `There is nothing at ${path.slice(0, 200)}. There is: ${known}.`);
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // The rest of a body that was refused is not read.
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(text);
}

function sendError(options: LocalApiOptions, response: ServerResponse, error: unknown): void {
  if (error instanceof ApiError) {
    send(response, error.status, { error: { code: error.code, message: error.message } });
    return;
  }
  if (error instanceof CoxswainError && error.code === 'DOCUMENT_TOO_NEW') {
    send(response, 409, { error: { code: error.code, message: error.message } });
    return;
  }
  options.onError?.(error);
  const message = 'The bot could not do this because of a defect of its own; its log says more. Try again.';
  send(response, 500, { error: { code: 'INTERNAL', message } });
}

async function serve(
  options: LocalApiOptions,
  routes: readonly ApiRoute[],
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<object> {
  const url = parseUrl(request.url ?? '/');
  const { route, id } = findRoute(routes, request.method ?? 'GET', url.pathname);
  const user = route.isOpen === true ? '' : await authenticate(options, request);
  const body = route.method === 'POST' ? await readJson(request) : undefined;
  try {
    return await route.handle(options, { id: decodeId(id), query: url.searchParams, body, user, signal });
  } catch (error) {
    if (user !== '') noteRefusal(options, route, { user, error });
    throw error;
  }
}

/** What is somebody else's, what is not there, and what is not on offer: refused to a person who is known. */
function noteRefusal(
  { onRefused }: LocalApiOptions,
  { method, path }: ApiRoute,
  { user, error }: { readonly user: string; readonly error: unknown },
): void {
  if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 409)) return;
  const what = `${method} ${path}`;
  onRefused?.({ action: 'refusedRequest', user, what, why: error.message, from: { surface: 'cli' } });
}

function parseUrl(text: string): URL {
  try {
    return new URL(`http://localhost${text}`);
  } catch {
    throw new ApiError(400, 'INVALID_INPUT', 'The address of the request is not a path.');
  }
}

function decodeId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new ApiError(400, 'INVALID_INPUT', `'${id.slice(0, 100)}' is not an id.`);
  }
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `Cannot listen on ${host}:${port} (${cause.message}). Stop what uses it, or choose another port.`;
      reject(new CoxswainError('INVALID_INPUT', { message, cause }));
    });
    server.listen(port, host, () => {
      const { port: taken } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${taken}`);
    });
  });
}

/** Makes the local API; nothing listens before `start`. */
export function createLocalApi(options: LocalApiOptions): LocalApi {
  const routes = [healthRoute, ...createLoginRoutes(), ...commandRoutes, ...auditRoutes, ...executionRoutes];
  const stopping = new AbortController();
  const server = createServer((request, response) => {
    const hungUp = new AbortController();
    response.once('close', () => hungUp.abort());
    const signal = AbortSignal.any([hungUp.signal, stopping.signal]);
    serve(options, routes, request, signal).then(
      (body) => send(response, 200, body),
      (error: unknown) => sendError(options, response, error),
    );
  });
  server.requestTimeout = 15_000;
  server.headersTimeout = 10_000;
  server.maxConnections = 200;
  return {
    start: async () => ({ url: await listen(server, options.host ?? '127.0.0.1', options.port) }),
    stop: () =>
      new Promise((resolve) => {
        stopping.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
