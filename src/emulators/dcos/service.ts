import type { EmulatorClock } from './clock';
import { type Call, parseBody, type Reply } from './exchange';
import { MarathonError } from './marathon-error';

/** Stands in a coverage table for every method. */
export const anyMethod = 'ANY';

/** One line of a coverage table. `{id}` in a pattern may hold slashes, any other name may not. */
export type Route = { readonly method: string; readonly pattern: string; readonly summary: string };

/** The name of a route: its method and pattern. */
export type RouteNameOf<R> = R extends {
  readonly method: infer M extends string;
  readonly pattern: infer P extends string;
}
  ? `${M} ${P}`
  : never;

/** A request below the prefix of a service. */
export type ServiceRequest = {
  /** In capitals; never HEAD, which is asked for as GET. */
  readonly method: string;
  /** Without the prefix and query; single slashes, none at the end, so '' for the prefix alone. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Text as it came, or a value that is taken as parsed JSON. */
  readonly body: unknown;
};

/** A service's answer, with the route that it took for the request log; undefined when none matched. */
export type ServiceReply = Reply & { readonly route?: string | undefined };

/**
 * Something that Admin Router passes requests to: Marathon, Metronome, Mesos, an agent, Edge-LB. To add one, create it
 * with `defineService` and list it in `services.ts`.
 */
export type Service = {
  /** Where it hangs below Admin Router, such as `/service/metronome`; '' for Admin Router itself. */
  readonly prefix: string;
  /** Every route that it serves, without the prefix. */
  readonly routes: readonly Route[];
  /** Answers one request at once. Throws only what nobody foresaw, which Admin Router makes a 500 of. */
  readonly handle: (request: ServiceRequest, clock: EmulatorClock) => ServiceReply;
};

/** Answers a request that took one particular route. */
export type Handler = (call: Call, clock: EmulatorClock) => Reply;

/** What a service is made of. */
export type ServiceParts<R extends readonly Route[]> = {
  readonly prefix: string;
  /** The coverage table, the more particular routes first. */
  readonly routes: R;
  /** One for every route; the type makes sure that none is forgotten. */
  readonly handlers: Readonly<Record<RouteNameOf<R[number]>, Handler>>;
  /** The answer where no route matches. */
  readonly unknown: (request: ServiceRequest) => Reply;
};

/** Makes a service of a coverage table and a handler for each of its routes. A thrown MarathonError is an answer. */
export function defineService<const R extends readonly Route[]>(parts: ServiceParts<R>): Service {
  const { prefix, routes, unknown } = parts;
  const handlers: Readonly<Record<string, Handler>> = parts.handlers;
  const compiled = routes.map(compile);
  return {
    prefix,
    routes,
    handle(request, clock) {
      const route = compiled.find(
        ({ method, expression }) => [anyMethod, request.method].includes(method) && expression.test(request.path),
      );
      const handler = route && handlers[route.name];
      if (handler === undefined) return unknown(request);
      const { query, headers, path } = request;
      const parameters = { ...route?.expression.exec(path)?.groups };
      const call: Call = {
        ...{ parameters, query, headers, path, rawBody: request.body },
        // Read late, as not every body is JSON.
        get body() {
          return parseBody(request.body);
        },
      };
      const reply = answer(() => handler(call, clock));
      return { ...reply, route: route?.name };
    },
  };
}

function answer(handle: () => Reply): Reply {
  try {
    return handle();
  } catch (error) {
    if (error instanceof MarathonError) return { status: error.status, body: error.body };
    throw error;
  }
}

function compile({ method, pattern }: Route) {
  const source = pattern
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_all, name: string) => `(?<${name}>${name === 'id' ? '.+' : '[^/]+'})`);
  return { method, name: `${method} ${pattern}`, expression: new RegExp(`^${source}$`) };
}
