import type { Context } from './context';
import { timestamp } from './context';
import { type Call, type EmulatorRequest, type EmulatorResponse, parseBody, type Reply } from './exchange';
import { MarathonError } from './marathon-error';
import type { RequestLog } from './request-log';
import { findRoute, plainPath, type RouteName } from './routes';

type Handlers = Readonly<Record<RouteName, (context: Context, call: Call) => Reply>>;

/** Answers one request: faults first, then the route's handler; every request but those to /emulator is logged. */
export function respond(
  context: Context,
  handlers: Handlers,
  log: RequestLog,
  request: EmulatorRequest,
): EmulatorResponse {
  const method = request.method.toUpperCase();
  const [rawPath = '/', search = ''] = request.path.split('?', 2);
  const query = request.query ?? new URLSearchParams(search);
  const path = plainPath(rawPath);
  const isOwn = path.startsWith('/emulator/');
  const faults = isOwn ? noFaults : takeFaults(context, method, path);
  const route = findRoute(method, path);
  const reply = faults.refusal ?? answer(context, handlers, { ...request, method }, path, query);
  if (!isOwn) {
    const body = loggedBody(request.body);
    const entry = { at: timestamp(context), method, path, route: route?.name, query: query.toString(), body };
    log.add({ ...entry, status: reply.status });
  }
  return {
    status: reply.status,
    headers: { 'Content-Type': 'application/json', 'X-Marathon-Leader': 'http://127.0.0.1:8080', ...reply.headers },
    body: reply.body,
    delayMs: faults.delayMs,
    isCut: faults.isCut,
    stream: reply.stream,
  };
}

const noFaults = { refusal: undefined, delayMs: 0, isCut: false };

function takeFaults(context: Context, method: string, path: string) {
  const refusal = context.faults.takeForRequest('http', method, path);
  const slow = context.faults.takeForRequest('slow', method, path);
  const lost = context.faults.takeForRequest('lostReply', method, path);
  return {
    refusal: refusal && refuse(refusal.status ?? 503, refusal.html ?? false),
    delayMs: slow?.delayMs ?? 0,
    isCut: lost !== undefined,
  };
}

function refuse(status: number, isHtml: boolean): Reply {
  if (!isHtml) return { status, body: { message: 'Injected fault' } };
  const body = `<html>\r\n<head><title>${status}</title></head>\r\n<body><center><h1>${status}</h1></center></body>\r\n</html>\r\n`;
  return { status, body, headers: { 'Content-Type': 'text/html' } };
}

function answer(
  context: Context,
  handlers: Handlers,
  request: EmulatorRequest,
  path: string,
  query: URLSearchParams,
): Reply {
  // Node leaves the body out of the answer to a HEAD by itself.
  const route = findRoute(request.method === 'HEAD' ? 'GET' : request.method, path);
  if (route === undefined) return { status: 404, body: { message: 'URI not found' } };
  const { parameters } = route;
  try {
    const body = parseBody(request.body);
    return handlers[route.name](context, { parameters, query, headers: request.headers ?? {}, body, path });
  } catch (error) {
    if (error instanceof MarathonError) return { status: error.status, body: error.body };
    throw error;
  }
}

function loggedBody(body: unknown): unknown {
  try {
    return parseBody(body);
  } catch {
    return body;
  }
}
