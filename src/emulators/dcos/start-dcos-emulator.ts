import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createRealClock, type EmulatorClock } from './clock';
import { createDcosEmulator, type DcosEmulator, type DcosEmulatorOptions } from './create-dcos-emulator';
import type { EmulatorEvent } from './context';
import { lightEvent } from './deployment-plan';
import type { EmulatorResponse } from './exchange';
import { openDataFile } from './data-file';
import { forward } from './forward';

/** How to serve an emulator over HTTP. */
export type StartDcosEmulatorOptions = Omit<DcosEmulatorOptions, 'clock' | 'world'> & {
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** The wall's clock at `speed` by default. */
  readonly clock?: EmulatorClock;
  /** Makes emulated delays this many times shorter; 1 by default. */
  readonly speed?: number;
  /** A JSON file that keeps the state over restarts; it is made when absent. */
  readonly dataFile?: string;
  /** Milliseconds between two keep-alives of the event stream; 10000 by default. */
  readonly keepAliveMs?: number;
  /** Key and certificate (PEM) to speak HTTPS with; HTTP by default. Without `caCertificate` the certificate is its own authority. */
  readonly tls?: { readonly key: string; readonly cert: string };
};

/** A served emulator. */
export type RunningDcosEmulator = {
  /** Base of all paths, without a slash at the end, as Admin Router would be. */
  readonly url: string;
  /** The Marathon behind it: `url` with `/service/marathon`. */
  readonly marathonUrl: string;
  /** The Metronome behind it: `url` with `/service/metronome`. */
  readonly metronomeUrl: string;
  /** With authentication: a token that is good for everything, and the login that gives another. */
  readonly login: { readonly token: string; readonly uid: string; readonly password: string } | undefined;
  /** Saves, ends every connection and every real task, and stops. */
  readonly close: () => Promise<void>;
  readonly core: DcosEmulator;
};

/** Serves an emulated DC/OS cluster; throws when the port is taken or the data file is not readable. */
export async function startDcosEmulator(options: StartDcosEmulatorOptions = {}): Promise<RunningDcosEmulator> {
  const { port = 0, host = '127.0.0.1', speed = 1, dataFile, keepAliveMs = 10_000, tls, ...rest } = options;
  const file = dataFile === undefined ? undefined : openDataFile(dataFile);
  const world = file?.load();
  const clock = options.clock ?? createRealClock(speed);
  const core = createDcosEmulator({
    ...(tls === undefined ? {} : { caCertificate: tls.cert }),
    ...rest,
    clock,
    ...(world === undefined ? {} : { world }),
  });
  if (file !== undefined) core.onChange(() => file.saveSoon(core.snapshot));
  const server = createListener(tls, (request, response) => {
    readBytes(request)
      .then((body) => serve({ core, clock, keepAliveMs }, request, response, body))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const url = `${tls === undefined ? 'http' : 'https'}://${host}:${typeof address === 'object' && address !== null ? address.port : port}`;
  const close = async () => {
    await core.stop();
    file?.saveNow(core.snapshot());
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  const login = loginOf(core);
  return { url, marathonUrl: `${url}/service/marathon`, metronomeUrl: `${url}/service/metronome`, login, close, core };
}

const createListener = (tls: StartDcosEmulatorOptions['tls'], listen: RequestListener) =>
  tls === undefined ? createServer(listen) : createTlsServer(tls, listen);

function loginOf({ auth }: DcosEmulator): RunningDcosEmulator['login'] {
  const user = auth.users.find(({ password, grants }) => password !== undefined && grants === undefined);
  if (auth.mode === 'none' || user?.password === undefined) return undefined;
  return { token: auth.issue(user.uid), uid: user.uid, password: user.password };
}

type Shell = { readonly core: DcosEmulator; readonly clock: EmulatorClock; readonly keepAliveMs: number };

function serve(shell: Shell, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
  const answer = shell.core.handle({
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers,
    body: body.toString('utf8'),
  });
  const send = () => {
    // The cluster's own clock, by which its tokens end, and not the machine's.
    response.setHeader('Date', new Date(shell.clock.now()).toUTCString());
    if (answer.isCut) request.socket.destroy();
    else if (answer.forward !== undefined)
      forward(answer.forward, request, response, body, () => reply(response, answer));
    else if (answer.stream !== undefined) stream(shell, request, response, answer);
    else if (answer.source !== undefined) sendSource(response, answer, answer.source);
    else reply(response, answer);
  };
  if (answer.delayMs > 0) setTimeout(send, answer.delayMs).unref();
  else send();
}

function reply(response: ServerResponse, { status, headers, cookies, body }: EmulatorResponse): void {
  const bytes = bytesOf(body, headers['Content-Type'] === 'application/json');
  const cookie = cookies.length === 0 ? {} : { 'Set-Cookie': [...cookies] };
  response.writeHead(status, { ...headers, ...cookie, 'Content-Length': bytes.length }).end(bytes);
}

function sendSource(response: ServerResponse, answer: EmulatorResponse, source: () => Readable): void {
  response.writeHead(answer.status, answer.headers);
  // A HEAD learns no length: only reading to the end would tell it, and a followed log has none.
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  response.flushHeaders();
  if (answer.body !== undefined) response.write(bytesOf(answer.body, false));
  // Whichever of the two ends early ends the other.
  pipeline(source(), response, () => undefined);
}

function bytesOf(body: unknown, isJson: boolean): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' && !isJson ? body : JSON.stringify(body));
}

function stream(
  { core, clock, keepAliveMs }: Shell,
  request: IncomingMessage,
  response: ServerResponse,
  { headers, stream: wanted }: EmulatorResponse,
): void {
  const { types, isLight } = wanted ?? { types: [], isLight: false };
  response.writeHead(200, { ...headers, 'Cache-Control': 'no-cache' });
  const send = (event: EmulatorEvent) => {
    const data = JSON.stringify(isLight ? lightEvent(event) : event);
    response.write(`event: ${event.eventType}\r\ndata: ${data}\r\n\r\n`);
  };
  if (types.length === 0 || types.includes('event_stream_attached')) {
    const remoteAddress = request.socket.remoteAddress ?? '127.0.0.1';
    send({ eventType: 'event_stream_attached', timestamp: new Date(clock.now()).toISOString(), remoteAddress });
  }
  response.flushHeaders();
  const leave = core.subscribe({ onEvent: send, onClose: () => response.destroy() }, types);
  const keepAlive = setInterval(() => response.write('\r\n'), keepAliveMs);
  // Not the request's close: that one fires as soon as the request has been read.
  response.on('close', () => {
    clearInterval(keepAlive);
    leave();
  });
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
