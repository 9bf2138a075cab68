import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';

/** One request as the server got it; `url` begins with the path. */
export type Received = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** Answers a request; `count` is how many the server had before it. */
export type Answering = (request: Received, reply: ServerResponse, count: number) => void;

/** Answers with a status and JSON, or text as it is. */
export const says =
  (status: number, body: unknown = '', headers: Readonly<Record<string, string>> = {}): Answering =>
  (_request, reply) => {
    const type = typeof body === 'string' ? {} : { 'Content-Type': 'application/json' };
    reply.writeHead(status, { ...type, ...headers });
    reply.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** Answers in turn, the last for ever. */
export const inTurn = (...answers: readonly Answering[]): Answering => {
  let next = 0;
  return (request, reply, count) => {
    const answer = answers[Math.min(next, answers.length - 1)];
    next += 1;
    answer?.(request, reply, count);
  };
};

/** A small HTTP server on a free port of this machine. */
export async function startWebhookServer(answer: Answering) {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let answering = answer;
  const listener: RequestListener = (incoming, reply) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
      answering(request, reply, received.push(request) - 1);
    });
  };
  const server: Server = createServer(listener);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: (path: string) => `http://127.0.0.1:${port}${path}`,
    received,
    /** Answers differently from now on. */
    answer: (next: Answering) => {
      answering = next;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What such a server is called. */
export type WebhookServer = Awaited<ReturnType<typeof startWebhookServer>>;
