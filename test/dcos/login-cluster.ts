import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a login sends. */
export type LoginBody = { readonly uid?: string; readonly password?: string; readonly token?: string };

/** A small cluster with a login, for tests of the client: what it was asked, and levers. */
export type LoginCluster = {
  readonly url: string;
  readonly logins: LoginBody[];
  /** Method, path and Authorization of each request that was no login. */
  readonly requests: string[];
  /** Forgets all tokens that it gave. */
  revoke(): void;
  close(): Promise<void>;
};

/** How the cluster behaves; `answer` and `answerLogin` take a request over by answering it and returning true. */
export type LoginClusterOptions = {
  readonly accepts?: (body: LoginBody) => boolean;
  /** The cluster's own clock, in its Date header and its tokens. */
  readonly now?: () => number;
  readonly lifetimeMs?: number;
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly answerLogin?: (body: string, response: ServerResponse) => boolean;
  readonly makeServer?: (listener: RequestListener) => Server;
};

/** Answers, and says so; `body` is HTML where it begins like it, else JSON. */
export function respond(response: ServerResponse, status: number, body = ''): true {
  const type = body.startsWith('<') ? 'text/html' : 'application/json';
  response.writeHead(status, { 'Content-Type': type }).end(body);
  return true;
}

const loginPath = '/acs/api/v1/auth/login';
const html = (status: number) => `<html><body><h1>${status}</h1></body></html>`;

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** Starts one on a free port of 127.0.0.1. */
export async function startLoginCluster(options: LoginClusterOptions = {}): Promise<LoginCluster> {
  const { accepts = () => true, now = () => Date.now(), lifetimeMs = 432_000_000 } = options;
  const logins: LoginBody[] = [];
  const requests: string[] = [];
  const valid = new Set<string>();
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const newToken = () => {
    const claims = { uid: 'coxswain', exp: Math.floor((now() + lifetimeMs) / 1000), n: logins.length };
    const token = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.c2lnbmF0dXJlLXRoYXQtbm9ib2R5LWNoZWNrcw`;
    valid.add(token);
    return token;
  };
  const logIn = (text: string, response: ServerResponse) => {
    const body = JSON.parse(text) as LoginBody;
    logins.push(body);
    if (options.answerLogin?.(text, response) === true) return;
    const isGood = accepts(body);
    const refusal = { title: 'Bad', description: 'Invalid credentials.', code: 'ERR_INVALID_CREDENTIALS' };
    respond(response, isGood ? 200 : 401, JSON.stringify(isGood ? { token: newToken() } : refusal));
  };
  const listener: RequestListener = (request, response) => {
    response.sendDate = false;
    response.setHeader('Date', new Date(now()).toUTCString());
    void readText(request).then((text) => {
      if (request.url === loginPath) {
        logIn(text, response);
        return;
      }
      const { authorization = 'nothing' } = request.headers;
      requests.push(`${request.method ?? ''} ${request.url ?? ''} ${authorization}`);
      if (options.answer?.(request, response) === true) return;
      if (valid.has(authorization.replace(/^token=/, ''))) respond(response, 200, '{"version":"1.11.24"}');
      else respond(response.setHeader('WWW-Authenticate', 'acsjwt'), 401, html(401));
    });
  };
  const server = (options.makeServer ?? createServer)(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const scheme = options.makeServer === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    logins,
    requests,
    revoke: () => valid.clear(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
