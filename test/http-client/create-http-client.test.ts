import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import nock from 'nock';
import { belowPath } from '../../src/http-client/below-path';
import { createHttpClient } from '../../src/http-client/create-http-client';
import type { HttpClient } from '../../src/http-client/http-client';
import { CoxswainError } from '../../src/model/errors';
import { createManualClock } from '../support/manual-clock';

const base = 'http://dcos.example.com/service/marathon';
const secret = 'token=very-secret';
const newClient = (options: { timeoutMs?: number; maxReplyBytes?: number } = {}) =>
  createHttpClient({ baseUrl: base, userAgent: 'coxswain/test', headers: { Authorization: secret }, ...options });
const get = (client: HttpClient, path = '/v2/info') => client.request({ method: 'GET', path });

async function failureOf(promise: Promise<unknown>): Promise<CoxswainError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CoxswainError) return error;
  throw new Error(`expected a CoxswainError, got ${String(error)}`);
}

describe('HTTP client against intercepted replies', () => {
  beforeAll(() => nock.disableNetConnect());
  afterEach(() => nock.cleanAll());
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });

  it('sends its headers, repeats list values of a query and returns parsed JSON', async () => {
    nock('http://dcos.example.com', { reqheaders: { authorization: secret, 'user-agent': 'coxswain/test' } })
      .get('/service/marathon/v2/apps?embed=apps.tasks&embed=apps.counts&id=foo')
      .reply(200, { apps: [] }, { 'X-Marathon-Leader': 'http://m1' });
    const reply = await newClient().request({
      method: 'GET',
      path: '/v2/apps',
      query: { embed: ['apps.tasks', 'apps.counts'], id: 'foo', label: undefined },
    });
    expect(reply).toEqual({
      status: 200,
      headers: expect.objectContaining({ 'x-marathon-leader': 'http://m1' }) as unknown,
      body: { apps: [] },
    });
  });

  it('sends a body as JSON', async () => {
    nock('http://dcos.example.com', { reqheaders: { 'content-type': /application\/json/ } })
      .put('/service/marathon/v2/apps/x', { instances: 2 })
      .reply(200, {});
    const reply = await newClient().request({ method: 'PUT', path: '/v2/apps/x', body: { instances: 2 } });
    expect(reply.status).toBe(200);
  });

  it.each([
    [302, 'SERVER_ERROR', true],
    [400, 'REQUEST_REFUSED', false],
    [401, 'UNAUTHORIZED', true],
    [403, 'FORBIDDEN', false],
    [404, 'NOT_FOUND', false],
    [409, 'REQUEST_REFUSED', false],
    [422, 'REQUEST_REFUSED', false],
    [429, 'RATE_LIMITED', true],
    [500, 'SERVER_ERROR', true],
    [503, 'SERVER_ERROR', true],
  ])('turns status %i into %s, asks once and keeps status and body', async (status, code, canRetry) => {
    const scope = nock(base).get('/v2/info').reply(status, { message: 'because' });
    const failure = await failureOf(get(newClient()));
    expect(failure.code).toBe(code);
    expect(failure.canRetry).toBe(canRetry);
    expect(failure.fields).toMatchObject({ host: 'dcos.example.com', status, body: { message: 'because' } });
    expect(failure.message).toContain('GET /service/marathon/v2/info on dcos.example.com');
    expect(failure.message).toContain('because');
    expect(scope.isDone()).toBe(true);
    expect(nock.pendingMocks()).toEqual([]);
  });

  it.each([
    [{ 'Retry-After': '7' }, 7000],
    [{ 'Retry-After': 'Mon, 05 Jan 2026 10:00:30 GMT', Date: 'Mon, 05 Jan 2026 10:00:00 GMT' }, 30_000],
    [{ 'Retry-After': 'soon' }, undefined],
    [{}, undefined],
  ])('reads how long to wait from %j', async (headers, expected) => {
    nock(base)
      .get('/v2/info')
      .reply(429, {}, headers as Record<string, string>);
    expect((await failureOf(get(newClient()))).fields.retryAfterMs).toBe(expected);
  });

  it.each([
    ['HTML', '<html>login</html>', 'text/html'],
    ['nothing', '', 'application/json'],
    ['half a document', '{"apps":[', 'application/json'],
  ])('calls %s where JSON was due a server error', async (_title, body, type) => {
    nock(base).get('/v2/info').reply(200, body, { 'Content-Type': type });
    const failure = await failureOf(get(newClient()));
    expect(failure.code).toBe('SERVER_ERROR');
    expect(failure.message).toContain('cannot be used');
  });

  it('keeps the status of an HTML answer that is an error', async () => {
    nock(base).get('/v2/info').reply(403, '<html>Forbidden</html>', { 'Content-Type': 'text/html' });
    const failure = await failureOf(get(newClient()));
    expect(failure.code).toBe('FORBIDDEN');
    expect(failure.fields.body).toBe('<html>Forbidden</html>');
  });

  it('takes text and missing bodies where they are expected', async () => {
    nock(base).get('/ping').reply(200, 'pong').delete('/x').reply(202);
    const client = newClient();
    const text = await client.request({ method: 'GET', path: '/ping', expect: 'text' });
    const nothing = await client.request({ method: 'DELETE', path: '/x', expect: 'jsonOrNothing' });
    expect([text.body, nothing.body]).toEqual(['pong', undefined]);
  });

  it('hands over bytes as they came, and reads an error in their place', async () => {
    const bytes = Buffer.from([0xc3, 0x28, 0x00, 0xff]);
    nock(base).get('/file').reply(200, bytes, { 'Content-Type': 'application/octet-stream' });
    nock(base).get('/file').reply(404, { message: 'gone' });
    const download = () => newClient().request({ method: 'GET', path: '/file', expect: 'bytes' });
    expect((await download()).body).toEqual(bytes);
    expect((await failureOf(download())).message).toContain('(gone)');
  });

  it('stands below a path', async () => {
    nock('http://dcos.example.com').get('/service/marathon/v2/info?a=1').reply(200, '{}');
    const client = belowPath(newClient(), '/v2');
    expect((await client.request({ method: 'GET', path: '/info', query: { a: 1 } })).body).toEqual({});
    expect(client.host).toBe('dcos.example.com');
  });

  it('tells the clock of a server that refuses our credentials', async () => {
    nock(base).get('/v2/info').reply(401, '', { Date: 'Mon, 05 Jan 2026 10:00:00 GMT' });
    expect((await failureOf(get(newClient()))).fields.serverTime).toBe(Date.UTC(2026, 0, 5, 10));
  });

  it('refuses a reply beyond its size cap', async () => {
    nock(base)
      .get('/v2/info')
      .reply(200, JSON.stringify({ text: 'x'.repeat(2000) }));
    const failure = await failureOf(get(newClient({ maxReplyBytes: 1000 })));
    expect(failure.code).toBe('SERVER_ERROR');
    expect(failure.message).toContain('too long');
  });

  it('never shows credentials or queries in an error', async () => {
    nock(base)
      .get('/v2/info')
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    nock(base).get('/v2/info?token=hidden').reply(500, {});
    const client = newClient();
    const reset = await failureOf(get(client));
    const failed = await failureOf(client.request({ method: 'GET', path: '/v2/info', query: { token: 'hidden' } }));
    expect([reset.code, failed.code]).toEqual(['UNREACHABLE', 'SERVER_ERROR']);
    for (const error of [reset, failed]) {
      const everything = `${error.message} ${JSON.stringify(error.fields)} ${String(error.cause)}`;
      expect(everything).not.toMatch(/secret|hidden/);
    }
  });

  it('throws the reason of a signal that is one of ours, and TIMED_OUT for any other', async () => {
    const own = new CoxswainError('TASK_TIMEOUT', { message: 'over' });
    const request = (signal: AbortSignal) => newClient().request({ method: 'GET', path: '/v2/info', signal });
    await expect(request(AbortSignal.abort(own))).rejects.toBe(own);
    const other = await failureOf(request(AbortSignal.abort()));
    expect([other.code, other.fields.aborted]).toEqual(['TIMED_OUT', true]);
  });

  it.each([
    ['an address that is none', { baseUrl: 'dcos' }],
    ['a certificate file that is not there', { baseUrl: base, caFile: '/nowhere/ca.pem' }],
  ])('refuses %s', (_title, options) => {
    expect(() => createHttpClient({ userAgent: 'x', ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }) as Error,
    );
  });
});

describe('HTTP client against a real server', () => {
  let server: Server | undefined;
  const serve = async (handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
    server = createServer(handler);
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  };
  const close = async () => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    closing.closeAllConnections();
    await new Promise((resolve) => closing.close(resolve));
  };
  const clientOf = (baseUrl: string, timeoutMs = 2000) => createHttpClient({ baseUrl, userAgent: 'x', timeoutMs });
  afterEach(close);

  it('calls a refused connection unreachable', async () => {
    const url = await serve(() => undefined);
    await close();
    const failure = await failureOf(get(clientOf(url)));
    expect(failure.code).toBe('UNREACHABLE');
    expect(failure.message).toContain('refused');
  });

  it('gives up a slow server, once', async () => {
    let requests = 0;
    const url = await serve(() => void (requests += 1));
    const failure = await failureOf(get(clientOf(url, 60)));
    expect([failure.code, requests]).toEqual(['TIMED_OUT', 1]);
  });

  it('gives a request a limit of its own', async () => {
    const clock = createManualClock();
    let arrived: (response: ServerResponse) => void = () => undefined;
    const asked = new Promise<ServerResponse>((resolve) => (arrived = resolve));
    const url = await serve((_request, response) => arrived(response));
    const client = createHttpClient({ baseUrl: url, userAgent: 'x', timeoutMs: 60, clock });
    const reply = client.request({ method: 'GET', path: '/', timeoutMs: 500 });
    const response = await asked;
    await clock.advance(499);
    response.end('{}');
    expect((await reply).body).toEqual({});
  });

  it('gives up a server that dribbles without end', async () => {
    const timers: NodeJS.Timeout[] = [];
    const url = await serve((_request, response) => {
      timers.push(setInterval(() => response.write(' '), 10));
    });
    const failure = await failureOf(get(clientOf(url, 80)));
    timers.forEach((timer) => clearInterval(timer));
    expect(failure.code).toBe('TIMED_OUT');
  });

  it('calls an answer cut in the middle unreachable', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
      response.write('{"apps":[', () => response.socket?.destroy());
    });
    expect((await failureOf(get(clientOf(url)))).code).toBe('UNREACHABLE');
  });

  it('ends a request with the signal while it runs', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort());
    const failure = await failureOf(clientOf(url).request({ method: 'GET', path: '/', signal: stop.signal }));
    expect([failure.code, failure.fields.aborted]).toEqual(['TIMED_OUT', true]);
  });

  const collect = async (chunks: AsyncIterable<string>, onChunk: (text: string) => void = () => undefined) => {
    let text = '';
    for await (const chunk of chunks) {
      text += chunk;
      onChunk(text);
    }
    return text;
  };

  it('streams text, keeping characters whole, to the end', async () => {
    const bytes = Buffer.from('data: grün\n\n');
    const url = await serve((request, response) => {
      response.write(bytes.subarray(0, 9), () => response.end(bytes.subarray(9)));
      expect(request.headers.accept).toBe('text/event-stream');
    });
    const stream = await clientOf(url).stream('/v2/events', { idleTimeoutMs: 2000 });
    expect(await collect(stream.chunks)).toBe('data: grün\n\n');
  });

  it('ends a stream that is cut with UNREACHABLE', async () => {
    const url = await serve((_request, response) => {
      response.write('data: 1\n', () => response.socket?.destroy());
    });
    const stream = await clientOf(url).stream('/v2/events', { idleTimeoutMs: 2000 });
    expect((await failureOf(collect(stream.chunks))).code).toBe('UNREACHABLE');
  });

  it('ends a silent stream with TIMED_OUT', async () => {
    const url = await serve((_request, response) => void response.write('data: 1\n'));
    const stream = await clientOf(url).stream('/v2/events', { idleTimeoutMs: 60 });
    expect((await failureOf(collect(stream.chunks))).code).toBe('TIMED_OUT');
  });

  it('ends a stream quietly when it is closed', async () => {
    const url = await serve((_request, response) => void response.write('data: 1\n'));
    const stream = await clientOf(url).stream('/v2/events', { idleTimeoutMs: 2000 });
    expect(await collect(stream.chunks, () => stream.close())).toBe('data: 1\n');
  });

  it('refuses to stream from an answer that is an error', async () => {
    const url = await serve((_request, response) => void response.writeHead(503).end('down'));
    const failure = await failureOf(clientOf(url).stream('/v2/events', { idleTimeoutMs: 2000 }));
    expect(failure.code).toBe('SERVER_ERROR');
  });
});
