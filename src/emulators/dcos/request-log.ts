/** One request as the emulator saw it. */
export type LoggedRequest = {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** The route's name; undefined when no route matched. */
  readonly route: string | undefined;
  readonly query: string;
  readonly body: unknown;
  /** The status of the answer, also when the answer was lost on purpose. */
  readonly status: number;
};

/** The log by which tests judge a client; it outlives the client. */
export type RequestLog = {
  readonly add: (request: LoggedRequest) => void;
  /** The requests in order; `mutations` leaves out GET and HEAD. The emulator's own routes are never in it. */
  readonly list: (filter?: { readonly method?: string; readonly mutations?: boolean }) => readonly LoggedRequest[];
  readonly clear: () => void;
};

/** Creates an empty log that keeps the newest `limit` requests. */
export function createRequestLog(limit = 10_000): RequestLog {
  let requests: LoggedRequest[] = [];
  return {
    add(request) {
      requests.push(request);
      if (requests.length > limit) requests = requests.slice(-Math.ceil(limit / 2));
    },
    list: ({ method, mutations = false } = {}) =>
      requests.filter(
        (request) =>
          (method === undefined || request.method === method.toUpperCase()) &&
          (!mutations || !['GET', 'HEAD'].includes(request.method)),
      ),
    clear: () => {
      requests = [];
    },
  };
}
