import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call as the fake received it; values that are JSON are parsed. */
export type ApiCall = { readonly method: string; readonly args: Readonly<Record<string, unknown>> };

/** What the next call of a method does instead of its work; `lostReply` does the work and then breaks off. */
export type Fault =
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'rateLimited'; readonly retryAfter: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'html' }
  | { readonly kind: 'lostReply' };

/** A stand-in for Slack's Web API: keeps messages, and fails on demand. */
export type FakeWebApi = {
  /** Ends in `/api/`. */
  readonly url: string;
  readonly calls: readonly ApiCall[];
  readonly callsOf: (method: string) => readonly ApiCall[];
  readonly messages: readonly StoredMessage[];
  readonly fail: (method: string, fault: Fault) => void;
  /** Answers of further methods, and of `hook`, the response URL's path. */
  readonly answer: (method: string, body: Readonly<Record<string, unknown>>) => void;
  readonly close: () => Promise<void>;
};

/** A message the fake keeps. */
export type StoredMessage = { readonly ts: string; readonly channel: string; args: Readonly<Record<string, unknown>> };

function parseArgs(body: string, type: string): Record<string, unknown> {
  if (type.includes('json')) return JSON.parse(body) as Record<string, unknown>;
  const entries = [...new URLSearchParams(body)].map(([key, value]): [string, unknown] => {
    try {
      return [key, /^[[{]/.test(value) ? JSON.parse(value) : value];
    } catch {
      return [key, value];
    }
  });
  return Object.fromEntries(entries);
}

/** Starts the fake on a free port of 127.0.0.1. */
export async function startFakeWebApi(): Promise<FakeWebApi> {
  const calls: ApiCall[] = [];
  const messages: StoredMessage[] = [];
  const faults: { readonly method: string; readonly fault: Fault }[] = [];
  const answers = new Map<string, Readonly<Record<string, unknown>>>();
  const work = ({ method, args }: ApiCall): Readonly<Record<string, unknown>> => {
    const channel = String(args.channel);
    if (method === 'chat.postMessage') {
      const message = { ts: `${1000 + messages.length}.000001`, channel: `C_${channel}`, args };
      messages.push(message);
      return { ok: true, ts: message.ts, channel: message.channel };
    }
    if (method === 'chat.update') {
      const found = messages.find((message) => message.ts === args.ts);
      if (found === undefined) return { ok: false, error: 'message_not_found' };
      found.args = args;
      return { ok: true, ts: found.ts, channel };
    }
    if (method === 'conversations.history' || method === 'conversations.replies') {
      const listed = messages.map(({ ts, args: { metadata } }) => ({ ts, metadata }));
      return { ok: true, messages: listed };
    }
    if (method === 'conversations.open') return { ok: true, channel: { id: `D_${String(args.users)}` } };
    if (method === 'conversations.list') return { ok: true, channels: [{ id: 'C_foo-deploys', name: 'foo-deploys' }] };
    return answers.get(method) ?? { ok: true };
  };
  const reply = (response: ServerResponse, call: ApiCall) => {
    const index = faults.findIndex((planned) => planned.method === call.method);
    const fault = index === -1 ? undefined : faults.splice(index, 1)[0]?.fault;
    const send = (status: number, body: string, headers: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    if (fault === undefined) return send(200, JSON.stringify(work(call)));
    if (fault.kind === 'error') return send(200, JSON.stringify({ ok: false, error: fault.error }));
    if (fault.kind === 'rateLimited') return send(429, '{}', { 'retry-after': String(fault.retryAfter) });
    if (fault.kind === 'status') return send(fault.status, 'no');
    if (fault.kind === 'html') return send(200, '<html>login</html>', { 'content-type': 'text/html' });
    work(call);
    return response.destroy();
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const method = (request.url ?? '').replace(/^\/(api\/)?/, '');
      const args = parseArgs(Buffer.concat(chunks).toString('utf8'), request.headers['content-type'] ?? '');
      const call = { method, args };
      calls.push(call);
      reply(response, call);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    calls,
    callsOf: (method) => calls.filter((call) => call.method === method),
    messages,
    fail: (method, fault) => void faults.push({ method, fault }),
    answer: (method, body) => void answers.set(method, body),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
