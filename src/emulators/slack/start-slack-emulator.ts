import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { chatEvent } from './chat/chat-message';
import type { Clock } from './clock';
import { systemClock } from './clock';
import { keepDataFile, loadDataFile } from './data-file';
import type { EmulatorRequest } from './http-exchange';
import type { SlackCoreOptions } from './slack-core';
import { SlackCore } from './slack-core';

/** How to start the emulator. */
export type SlackEmulatorOptions = SlackCoreOptions & {
  /** 0 picks a free one. */
  readonly port: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** Messages, ids and counters survive restarts in this file; without it they are forgotten. */
  readonly dataFile?: string;
  readonly clock?: Clock;
};

/** A running emulator. */
export type SlackEmulator = {
  /** Without a slash at the end; the chat page is there. */
  readonly url: string;
  /** For the SDK's `slackApiUrl`; ends in `/api/`. */
  readonly slackApiUrl: string;
  readonly core: SlackCore;
  setRequestUrl(url: string): void;
  /** Saves, drops every connection and stops listening. */
  close(): Promise<void>;
};

const mostBodyBytes = 5_000_000;

/** Starts a fake Slack on HTTP: Web API, Socket Mode, response urls, chat page and fault injection. */
export async function startSlackEmulator(options: SlackEmulatorOptions): Promise<SlackEmulator> {
  const { dataFile, host = '127.0.0.1', clock = systemClock } = options;
  const core = new SlackCore(options, clock, dataFile === undefined ? undefined : loadDataFile(dataFile));
  const server = createServer((incoming, response) => void serve(core, incoming, response));
  acceptSockets(core, server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${host}:${port}`;
  core.setBaseUrl(url);
  const stopSaving = dataFile === undefined ? undefined : keepDataFile(dataFile, core.workspace, clock);
  return {
    url,
    slackApiUrl: `${url}/api/`,
    core,
    setRequestUrl: (requestUrl) => core.setRequestUrl(requestUrl),
    close: () => {
      stopSaving?.();
      core.sockets.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function serve(core: SlackCore, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/chat/api/events') {
      streamEvents(core, url.searchParams.get('user') ?? '', response);
      return;
    }
    const reply = await core.handle(await readRequest(incoming, url));
    if (reply.cut === true) {
      incoming.socket.destroy();
      return;
    }
    response.writeHead(reply.status, reply.headers).end(reply.body);
  } catch (error) {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
    response.end(`The Slack emulator failed: ${error instanceof Error ? error.message : 'unknown error'}`);
  }
}

async function readRequest(incoming: IncomingMessage, url: URL): Promise<EmulatorRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBodyBytes) throw new Error(`The request body is larger than ${mostBodyBytes} bytes.`);
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function streamEvents(core: SlackCore, user: string, response: ServerResponse): void {
  const { workspace } = core;
  if (workspace.person(user) === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.write('retry: 1000\n\n');
  const unsubscribe = workspace.subscribe((change) => {
    const event = chatEvent(workspace, user, change);
    if (event !== undefined) response.write(event);
  });
  response.on('close', unsubscribe);
}

function acceptSockets(core: SlackCore, server: Server): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (incoming, socket, head) => {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const isWelcome = url.pathname === '/link' && core.sockets.redeemTicket(url.searchParams.get('ticket') ?? '');
    if (!isWelcome || core.faults.isDown()) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(incoming, socket, head, (connection) => core.sockets.accept(connection));
  });
}
