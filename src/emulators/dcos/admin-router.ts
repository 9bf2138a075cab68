import { adminPath, below, shownPath } from './admin-paths';
import type { EmulatorClock } from './clock';
import { type EmulatorRequest, type EmulatorResponse, parseBody, type Reply } from './exchange';
import type { FaultBox } from './faults';
import { htmlPage } from './html-page';
import type { RequestLog } from './request-log';
import type { Service, ServiceReply, ServiceRequest } from './service';

/** What Admin Router works with. */
export type AdminRouterParts = {
  /** One of them has to have the prefix '', for what no other claims. */
  readonly services: readonly Service[];
  readonly clock: EmulatorClock;
  readonly faults: FaultBox;
  readonly log: RequestLog;
  /** Answers a request that may not pass; undefined lets it through. */
  readonly refuse: (request: ServiceRequest) => Reply | undefined;
  /** Told of what a service threw without foreseeing it. */
  readonly failed: (error: unknown) => void;
};

/**
 * Creates the front of the cluster: it injects faults, asks for a token, passes a request to the service with the
 * longest prefix that fits, and logs it. Requests to /emulator meet no faults and are not logged.
 */
export function createAdminRouter({ services, clock, faults, log, refuse, failed }: AdminRouterParts) {
  const byPrefix = [...services].sort((a, b) => b.prefix.length - a.prefix.length);
  const pass = (request: ServiceRequest): ServiceReply => {
    for (const service of byPrefix) {
      const path = below(service.prefix, request.path);
      if (path !== undefined) return service.handle({ ...request, path }, clock);
    }
    return { status: 404 };
  };

  return (request: EmulatorRequest): EmulatorResponse => {
    const method = request.method.toUpperCase();
    const mark = request.path.indexOf('?');
    const rawPath = mark === -1 ? request.path : request.path.slice(0, mark);
    const query = request.query ?? new URLSearchParams(mark === -1 ? '' : request.path.slice(mark + 1));
    const path = adminPath(rawPath);
    const isOwn = path.startsWith('/emulator/');
    const met = isOwn ? noFaults : takeFaults(faults, method, shownPath(path));
    const { headers = {}, body } = request;
    // Node leaves the body out of the answer to a HEAD by itself.
    const asked = { method: method === 'HEAD' ? 'GET' : method, path, query, headers, body };
    const reply = attempt(() => met.refusal ?? refuse(asked) ?? pass(asked), failed);
    if (!isOwn) {
      const entry = { at: new Date(clock.now()).toISOString(), method, path: shownPath(path), route: reply.route };
      log.add({ ...entry, query: query.toString(), body: loggedBody(body), status: reply.status });
    }
    return {
      status: reply.status,
      headers: { 'Content-Type': 'application/json', ...reply.headers },
      cookies: reply.cookies ?? [],
      body: reply.body,
      delayMs: met.delayMs,
      isCut: met.isCut,
      stream: reply.stream,
      source: reply.source,
      forward: reply.forward,
    };
  };
}

/** The answer where the emulator itself is at fault. */
export const internalError = { status: 500, body: { message: 'The emulator failed. See the warning it gave.' } };

function attempt(take: () => ServiceReply, failed: (error: unknown) => void): ServiceReply {
  try {
    return take();
  } catch (error) {
    failed(error);
    return internalError;
  }
}

const noFaults = { refusal: undefined, delayMs: 0, isCut: false };

function takeFaults(faults: FaultBox, method: string, path: string) {
  const refusal = faults.takeForRequest('http', method, path);
  const slow = faults.takeForRequest('slow', method, path);
  const lost = faults.takeForRequest('lostReply', method, path);
  return {
    refusal: refusal && injected(refusal.status ?? 503, refusal.html ?? false),
    delayMs: slow?.delayMs ?? 0,
    isCut: lost !== undefined,
  };
}

function injected(status: number, isHtml: boolean): Reply {
  return isHtml ? htmlPage(status, String(status)) : { status, body: { message: 'Injected fault' } };
}

function loggedBody(body: unknown): unknown {
  try {
    return parseBody(body);
  } catch {
    return body;
  }
}
