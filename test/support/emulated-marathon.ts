import { Readable } from 'node:stream';
import { AxiosError, AxiosHeaders, CanceledError, type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios';
import type { HttpRequest } from '../../src/http-client/http-client';
import {
  createDcosEmulator,
  type DcosEmulator,
  type DcosEmulatorOptions,
} from '../../src/emulators/dcos/create-dcos-emulator';
import type { ManualClock } from './manual-clock';

/**
 * How one request goes wrong. `effectAfterMs` undefined: the server never sees it; `answer` says what the client sees after
 * `answerAfterMs`.
 */
export type Mishap = {
  readonly effectAfterMs: number | undefined;
  readonly answerAfterMs: number;
  readonly answer: 'reply' | 'refused' | 'reset' | 'cut' | { readonly status: number; readonly html: boolean };
};

const clean: Mishap = { effectAfterMs: 0, answerAfterMs: 0, answer: 'reply' };

/** An emulated Marathon on a test's clock, without sockets: requests travel through an axios adapter. */
export type EmulatedMarathon = {
  readonly core: DcosEmulator;
  readonly adapter: AxiosAdapter;
  /** Ends every open event stream. */
  readonly cutStreams: () => void;
};

type Reply = ReturnType<DcosEmulator['handle']>;

const textOf = ({ body, headers }: Reply): string => {
  if (body === undefined) return '';
  return typeof body === 'string' && headers['Content-Type'] !== 'application/json' ? body : JSON.stringify(body);
};

const failure = (code: string, config: InternalAxiosRequestConfig) => new AxiosError(code, code, config);

/** Waits on the test's clock; a canceled request ends at once, though what it asked for may still happen. */
function after(clock: ManualClock, delayMs: number, config: InternalAxiosRequestConfig): Promise<void> {
  const { signal } = config;
  if (signal?.aborted === true) return Promise.reject(new CanceledError());
  if (delayMs === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const cancel = clock.after(delayMs, resolve);
    signal?.addEventListener?.('abort', () => {
      cancel();
      reject(new CanceledError());
    });
  });
}

/** Puts an emulator's core behind axios. `mishapOf` decides what happens to each request; undefined: nothing bad. */
export function createEmulatedMarathon(
  clock: ManualClock,
  random: () => number,
  mishapOf: (method: string, path: string) => Mishap | undefined,
  options: Pick<DcosEmulatorOptions, 'timings'> = {},
): EmulatedMarathon {
  const core = createDcosEmulator({
    ...options,
    clock: {
      now: () => clock.now(),
      scale: (ms) => ms,
      setTimer: (at, action) => clock.after(at - clock.now(), action),
    },
    random,
  });
  const streams = new Set<Readable>();
  const openStream = (types: readonly string[]): Readable => {
    const body = new Readable({ read: () => undefined });
    streams.add(body);
    const leave = core.subscribe(
      { onEvent: (event) => void body.push(`event: ${event.eventType}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`) },
      types,
    );
    body.on('close', () => {
      leave();
      streams.delete(body);
    });
    return body;
  };

  const adapter: AxiosAdapter = async (config) => {
    const url = new URL(`${config.baseURL ?? ''}${config.url ?? ''}`);
    for (const [name, value] of Object.entries((config.params ?? {}) as HttpRequest['query'] & object))
      for (const one of [value].flat()) if (one !== undefined) url.searchParams.append(name, String(one));
    const method = (config.method ?? 'get').toUpperCase();
    const mishap = mishapOf(method, url.pathname) ?? clean;
    const { effectAfterMs, answerAfterMs, answer } = mishap;
    let reply: Reply | undefined;
    const act = () => {
      const headers = Object.fromEntries(
        Object.entries(config.headers.toJSON()).map(([name, value]) => [name.toLowerCase(), String(value)]),
      );
      const body: unknown = config.data;
      reply = core.handle({ method, path: url.pathname, query: url.searchParams, headers, body });
    };
    if (effectAfterMs === 0) act();
    // What the server has received happens, however soon the client gives up.
    else if (effectAfterMs !== undefined) clock.after(effectAfterMs, act);
    await after(clock, answerAfterMs, config);
    if (answer === 'refused') throw failure('ECONNREFUSED', config);
    if (answer === 'reset') throw failure('ECONNRESET', config);
    const respond = (status: number, headers: Readonly<Record<string, string>>, data: unknown) => ({
      status,
      statusText: '',
      headers: new AxiosHeaders({ ...headers }),
      data,
      config,
    });
    if (typeof answer === 'object') {
      const type = answer.html ? 'text/html' : 'application/json';
      const text = answer.html ? '<html><body>Bad gateway</body></html>' : '{"message":"Injected"}';
      const data = config.responseType === 'stream' ? Readable.from([text]) : text;
      return respond(answer.status, { 'content-type': type }, data);
    }
    if (reply === undefined) throw failure('ECONNRESET', config);
    if (reply.stream !== undefined) return respond(reply.status, reply.headers, openStream(reply.stream.types));
    const text = textOf(reply);
    return respond(reply.status, reply.headers, answer === 'cut' ? text.slice(0, text.length / 2) : text);
  };
  return {
    core,
    adapter,
    cutStreams: () => {
      for (const stream of [...streams]) stream.destroy();
    },
  };
}
