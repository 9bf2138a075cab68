import { connect, createServer as createRawServer, type AddressInfo } from 'node:net';
import {
  createWebhooks,
  mayHaveArrived,
  type WebhookOptions,
  type WebhookRequest,
} from '../../src/http-client/webhooks';
import { CoxswainError } from '../../src/model/errors';
import { createManualClock } from '../support/manual-clock';
import { inTurn, says, startWebhookServer, type Answering, type WebhookServer } from '../support/webhook-server';

const started: WebhookServer[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function serve(answer: Answering = says(200, { ok: true })): Promise<WebhookServer> {
  const server = await startWebhookServer(answer);
  started.push(server);
  return server;
}

const local = (options: WebhookOptions = {}) => createWebhooks({ allowedHosts: ['127.0.0.1'], ...options });
const post = (url: string, over: Partial<WebhookRequest> = {}): WebhookRequest => ({ method: 'POST', url, ...over });

async function failureOf(promise: Promise<unknown>): Promise<CoxswainError> {
  const error: unknown = await promise.then(
    (value) => new Error(`expected a failure, got ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof CoxswainError) return error;
  throw error;
}

describe('what is sent', () => {
  it.each<[string, Partial<WebhookRequest>, string, string | undefined]>([
    ['JSON', { payload: { a: [1] } }, '{"a":[1]}', 'application/json'],
    ['text that is JSON', { payload: '{"a": 1}' }, '{"a": 1}', 'application/json'],
    ['text', { payload: 'hello ü' }, 'hello ü', 'text/plain; charset=utf-8'],
    ['text of a type', { payload: '<a/>', headers: { 'content-type': 'text/xml' } }, '<a/>', 'text/xml'],
    [
      'a form',
      { payload: { a: 'x y', b: [1, 2] }, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      'a=x+y&b=1&b=2',
      'application/x-www-form-urlencoded',
    ],
    ['nothing', {}, '', undefined],
  ])('is %s', async (_title, over, body, type) => {
    const server = await serve();
    await local().send(post(server.url('/hook?x=1'), over));
    expect(server.received).toEqual([expect.objectContaining({ method: 'POST', url: '/hook?x=1', body })]);
    expect(server.received[0]?.headers['content-type']).toBe(type);
  });

  it('has the method and the headers that were asked for', async () => {
    const server = await serve();
    const headers = { 'X-Team': 'foo', accept: 'application/json', 'Idempotency-Key': 'E1/1/1' };
    await local().send({ method: 'DELETE', url: server.url('/x'), headers });
    expect(server.received[0]).toMatchObject({
      method: 'DELETE',
      headers: { 'x-team': 'foo', accept: 'application/json', 'idempotency-key': 'E1/1/1', 'user-agent': 'coxswain' },
    });
  });

  it('is no payload with a method that only reads', async () => {
    const server = await serve();
    await local().send({ method: 'GET', url: server.url('/x'), payload: { a: 1 } });
    expect(server.received[0]?.body).toBe('');
  });
});

describe('what comes back', () => {
  it.each<[string, string, string | undefined, unknown]>([
    ['JSON', '{"a": 1}', 'application/json', { a: 1 }],
    ['JSON of no type', '[1]', undefined, [1]],
    ['a number in JSON', '42', 'application/json', 42],
    ['a number in text', '42', 'text/plain', '42'],
    ['HTML', '<p>Sign in</p>', 'text/html', '<p>Sign in</p>'],
    ['JSON that is cut', '{"a": ', 'application/json', '{"a": '],
    ['nothing', '', undefined, undefined],
  ])('is read as %s', async (_title, text, type, body) => {
    const server = await serve(says(202, text, type === undefined ? {} : { 'Content-Type': type }));
    expect(await local().send(post(server.url('/')))).toMatchObject({ status: 202, body });
  });

  it.each([400, 404, 429, 500, 503])('with status %i is an answer like any other', async (status) => {
    const server = await serve(says(status, { why: 'no' }));
    expect(await local().send(post(server.url('/')))).toMatchObject({ status, body: { why: 'no' } });
  });

  it('of a HEAD has headers only', async () => {
    const server = await serve((_, reply) => reply.writeHead(200, { 'Content-Length': '9999999' }).end());
    expect(await local().send({ method: 'HEAD', url: server.url('/') })).toMatchObject({ status: 200 });
  });
});

describe('where it may go', () => {
  const dialling = () => {
    const dialled: string[] = [];
    const dial = (address: string, port: number) => {
      dialled.push(address);
      return connect({ host: '127.0.0.1', port });
    };
    return { dialled, dial };
  };

  it.each([
    ['http://127.0.0.1:1/', 'NOT_ALLOWED'],
    ['http://[::1]:1/', 'NOT_ALLOWED'],
    ['http://169.254.169.254/latest/meta-data', 'NOT_ALLOWED'],
    ['http://localhost:1/', 'NOT_ALLOWED'],
    ['http://metadata.google.internal/', 'NOT_ALLOWED'],
    ['ftp://hooks.example.com/', 'INVALID_INPUT'],
    ['hooks.example.com', 'INVALID_INPUT'],
    ['http://user:pw@hooks.example.com/', 'INVALID_INPUT'],
  ])('is not %s unless an operator says so', async (url, code) => {
    const failure = await failureOf(createWebhooks().send(post(url)));
    expect(failure.code).toBe(code);
    expect(JSON.stringify([failure.message, failure.fields])).not.toContain('pw');
  });

  it.each([['10.1.2.3'], ['127.0.0.1'], ['169.254.169.254'], ['fd00::1']])(
    'is no name of %s unless an operator says so',
    async (address) => {
      const { dialled, dial } = dialling();
      const webhooks = createWebhooks({ lookup: () => Promise.resolve(['93.184.216.34', address]), connect: dial });
      expect((await failureOf(webhooks.send(post('http://hooks.example.com/')))).code).toBe('NOT_ALLOWED');
      expect(dialled).toEqual([]);
    },
  );

  it('are public names, and private addresses of hosts that an operator lists', async () => {
    const server = await serve();
    const { dialled, dial } = dialling();
    const at = (address: string) => ({ lookup: () => Promise.resolve([address]), connect: dial });
    await createWebhooks(at('93.184.216.34')).send(post(`http://hooks.example.com:${server.port}/`));
    const listed = createWebhooks({ ...at('10.0.0.7'), allowedHosts: ['.inner.example.com'] });
    await listed.send(post(`http://a.inner.example.com:${server.port}/`));
    expect(dialled).toEqual(['93.184.216.34', '10.0.0.7']);
    const failure = await failureOf(listed.send(post('http://hooks.example.com/')));
    expect(failure.message).toBe(
      'Cannot send to hooks.example.com: only listed hosts can be sent to, and this is none of them.',
    );
  });

  it('are metadata addresses not even where a listed name stands for them', async () => {
    const options = { lookup: () => Promise.resolve(['169.254.169.254']), allowedHosts: ['hooks.example.com'] };
    expect((await failureOf(createWebhooks(options).send(post('http://hooks.example.com/')))).code).toBe('NOT_ALLOWED');
  });
});

describe('redirects', () => {
  const to = (status: number, location: string) => says(status, '', { Location: location });

  it.each([301, 302, 303, 307, 308])('with %i are followed while reading', async (status) => {
    const server = await serve(inTurn(to(status, '/there'), says(200, { here: 1 })));
    expect(await local().send({ method: 'GET', url: server.url('/') })).toMatchObject({ body: { here: 1 } });
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /', 'GET /there']);
  });

  it.each([307, 308])('with %i take the payload along', async (status) => {
    const server = await serve(inTurn(to(status, '/there'), says(200)));
    await local().send(post(server.url('/'), { payload: { a: 1 } }));
    expect(server.received[1]).toMatchObject({ method: 'POST', url: '/there', body: '{"a":1}' });
  });

  it.each([301, 302, 303])('with %i are the answer to what is not reading', async (status) => {
    const server = await serve(to(status, '/there'));
    expect(await local().send(post(server.url('/')))).toMatchObject({ status, headers: { location: '/there' } });
    expect(server.received).toHaveLength(1);
  });

  it('are followed three times, and not for ever', async () => {
    const server = await serve(to(302, '/again'));
    const failure = await failureOf(local().send({ method: 'GET', url: server.url('/') }));
    expect(failure.message).toContain('it redirects more than 3 times');
    expect(server.received).toHaveLength(4);
  });

  it.each(['http://169.254.169.254/', 'http://localhost/', 'file:///etc/passwd', 'http://a:b@127.0.0.1/'])(
    'to %s are refused',
    async (location) => {
      const server = await serve(to(307, location));
      expect((await failureOf(local().send(post(server.url('/'))))).canRetry).toBe(false);
    },
  );

  it('to another origin take no secrets along', async () => {
    const other = await serve();
    const server = await serve(to(307, other.url('/there')));
    const secret = (name: string) => (name === 'WEBHOOK_SECRET_A' ? 'from-the-environment' : undefined);
    const headers = { Authorization: 'Bearer abcdefgh', 'X-Mine': { env: 'WEBHOOK_SECRET_A' }, 'X-Team': 'foo' };
    await local({ secret }).send(post(server.url('/'), { headers }));
    expect(server.received[0]?.headers).toMatchObject({ 'x-mine': 'from-the-environment', 'x-team': 'foo' });
    expect(server.received[0]?.headers.authorization).toBe('Bearer abcdefgh');
    expect(Object.keys(other.received[0]?.headers ?? {})).toEqual(expect.arrayContaining(['x-team']));
    expect(JSON.stringify(other.received[0]?.headers)).not.toMatch(/abcdefgh|from-the-environment/);
  });
});

describe('secrets', () => {
  it('are read from variables made for webhooks only', async () => {
    const server = await serve();
    const secret = (name: string) => `value of ${name}`;
    const send = (env: string) => local({ secret }).send(post(server.url('/'), { headers: { 'X-Key': { env } } }));
    await send('WEBHOOK_SECRET_CI');
    expect(server.received[0]?.headers['x-key']).toBe('value of WEBHOOK_SECRET_CI');
    const failure = await failureOf(send('SLACK_BOT_TOKEN'));
    expect(failure).toMatchObject({ code: 'INVALID_INPUT' });
    expect(failure.message).toContain('Its name must begin with WEBHOOK_SECRET_');
    expect(server.received).toHaveLength(1);
  });

  it('that a server sends back are not in the reply', async () => {
    const server = await serve((request, reply) =>
      says(200, { echo: [request.headers] }, { 'Set-Cookie': 'session=1', 'X-Echo': String(request.headers['x-key']) })(
        request,
        reply,
        0,
      ),
    );
    const headers = { Authorization: 'Bearer hunter2hunter2', 'X-Key': { env: 'WEBHOOK_SECRET_A' } };
    const reply = await local({ secret: () => 'correct horse' }).send(post(server.url('/'), { headers }));
    expect(JSON.stringify(reply)).not.toMatch(/hunter2|correct horse|session=1/);
    expect(reply.headers).toMatchObject({ 'set-cookie': '[secret]', 'x-echo': '[secret]' });
  });

  it('in a path are not in a message', async () => {
    const server = await serve();
    await server.stop();
    const failure = await failureOf(local().send(post(server.url('/services/T1/hush?key=hush'))));
    expect(failure.message).toContain(`POST /… on 127.0.0.1:${server.port}`);
    expect(JSON.stringify([failure.message, failure.fields])).not.toContain('hush');
  });
});

describe('a server that', () => {
  const raw = async (say: string): Promise<number> => {
    const server = createRawServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(say));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    started.push({ stop: () => new Promise((resolve) => server.close(resolve)) } as unknown as WebhookServer);
    return (server.address() as AddressInfo).port;
  };

  it('is not there fails, and got nothing', async () => {
    const server = await serve();
    await server.stop();
    const failure = await failureOf(local().send(post(server.url('/'))));
    expect([failure.code, mayHaveArrived(failure)]).toEqual(['UNREACHABLE', false]);
  });

  it('has no name that anybody knows fails, and got nothing', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('unknown host'), { code: 'ENOTFOUND' }));
    const failure = await failureOf(createWebhooks({ lookup }).send(post('http://hooks.example.com/')));
    expect([failure.code, mayHaveArrived(failure)]).toEqual(['UNREACHABLE', false]);
  });

  it('says nothing fails in time, and may have got it', async () => {
    const server = await serve(() => undefined);
    const clock = createManualClock();
    const failing = failureOf(local({ clock }).send(post(server.url('/'))));
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(4500);
    const failure = await failing;
    expect([failure.code, mayHaveArrived(failure)]).toEqual(['TIMED_OUT', true]);
    expect(failure.message).toContain('did not answer within 4500 ms');
  });

  it.each([
    'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
    'HTTP/1.1 200 OK\r\nContent-',
    '',
  ])('breaks off after %j fails, and may have got it', async (say) => {
    const failure = await failureOf(local().send(post(`http://127.0.0.1:${await raw(say)}/`)));
    expect([failure.code, mayHaveArrived(failure)]).toEqual(['UNREACHABLE', true]);
  });

  it.each([
    ['says so', { 'Content-Length': '2000' }],
    ['does not say so', {}],
  ])('answers with too much and %s fails', async (_title, headers) => {
    const server = await serve(says(200, 'x'.repeat(2000), headers));
    const failure = await failureOf(local({ maxBytes: 1000 }).send(post(server.url('/'))));
    expect(failure).toMatchObject({ code: 'SERVER_ERROR' });
    expect(failure.message).toContain('it is longer than 1000 bytes');
  });

  it('compresses what nobody wanted compressed fails', async () => {
    const server = await serve(says(200, 'x', { 'Content-Encoding': 'gzip' }));
    expect((await failureOf(local().send(post(server.url('/'))))).message).toContain('it is compressed');
  });
});
