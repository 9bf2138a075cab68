import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, createServer as createRawServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFetchPublic, type FetchPublicOptions } from '../../src/http-client/fetch-public';
import { CoxswainError } from '../../src/model/errors';
import { makeCertificate } from '../support/certificate';
import { createManualClock } from '../support/manual-clock';

const publicAddress = '93.184.216.34';
const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener, host?: string): Promise<number> => listen(createServer(listener), host);

const says = (text: string): RequestListener => {
  return (_, reply) => reply.end(text);
};

/** A resolver that knows these names only, and notes what it was asked. */
function names(table: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  const lookup = (host: string): Promise<readonly string[]> => {
    asked.push(host);
    const found = table[host.replace(/\.$/, '')];
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(Object.assign(new Error('unknown host'), { code: 'ENOTFOUND' }));
  };
  return { asked, lookup };
}

/** Connections that reach this machine whatever address they are for; the addresses are noted. */
function detour() {
  const dialled: string[] = [];
  return {
    dialled,
    connect: (address: string, port: number) => {
      dialled.push(address);
      return connect({ host: '127.0.0.1', port });
    },
  };
}

/** Fetches over the internet as it would be: everything but this name is unknown. */
function fetchFrom(addresses: readonly string[], options: FetchPublicOptions = {}) {
  const { asked, lookup } = names({ 'config.example.com': addresses, 'inner.example.com': ['10.0.0.7'] });
  const { dialled, connect: dial } = detour();
  return { fetch: createFetchPublic({ lookup, connect: dial, ...options }), asked, dialled };
}

async function failureOf(promise: Promise<unknown>): Promise<CoxswainError> {
  const error: unknown = await promise.then(
    (value) => new Error(`expected a failure, got ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof CoxswainError) return error;
  throw error;
}

describe('fetching what a URL names', () => {
  it('answers with the text, whatever its type, and sends nothing that tells who asks', async () => {
    let request: IncomingMessage | undefined;
    const port = await serve((incoming, reply) => {
      request = incoming;
      reply.setHeader('Content-Type', 'text/html');
      reply.end('\uFEFF<p>Grüße</p>');
    });
    const { fetch, dialled } = fetchFrom([publicAddress]);
    expect(await fetch(`http://config.example.com:${port}/a?b=c#d`)).toBe('<p>Grüße</p>');
    expect(dialled).toEqual([publicAddress]);
    expect(request?.url).toBe('/a?b=c');
    expect(request?.headers).toEqual({
      host: `config.example.com:${port}`,
      accept: '*/*',
      'accept-encoding': 'identity',
      'user-agent': 'coxswain',
      connection: 'close',
    });
  });

  it('uses no proxy of the environment', async () => {
    const proxied = jest.fn();
    const proxy = await serve(proxied);
    const port = await serve(says('direct'));
    const before = { ...process.env };
    Object.assign(process.env, { http_proxy: `http://127.0.0.1:${proxy}`, HTTP_PROXY: `http://127.0.0.1:${proxy}` });
    const text = await fetchFrom([publicAddress]).fetch(`http://config.example.com:${port}/`);
    process.env = before;
    expect(text).toBe('direct');
    expect(proxied).not.toHaveBeenCalled();
  });

  it.each([
    [404, 'NOT_FOUND'],
    [401, 'UNAUTHORIZED'],
    [500, 'SERVER_ERROR'],
    [304, 'SERVER_ERROR'],
  ])('turns status %i into %s', async (status, code) => {
    const port = await serve((_, reply) => reply.writeHead(status).end());
    const failure = await failureOf(fetchFrom([publicAddress]).fetch(`http://config.example.com:${port}/x?token=1`));
    expect(failure).toMatchObject({ code, fields: { status, path: '/x' } });
    expect(failure.message).not.toContain('token');
  });

  it('says that a name is unknown, and that nobody listens', async () => {
    const { fetch } = fetchFrom([publicAddress]);
    expect(await failureOf(fetch('http://nowhere.example.com/'))).toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('the host name is unknown') as string,
    });
    const port = await serve(says(''));
    await new Promise((resolve) => servers.pop()?.close(resolve));
    for (const scheme of ['http', 'https']) {
      expect(await failureOf(fetch(`${scheme}://config.example.com:${port}/`))).toMatchObject({
        code: 'UNREACHABLE',
        message: expect.stringContaining('refused') as string,
      });
    }
  });

  it('takes a name without any address as unknown', async () => {
    expect((await failureOf(fetchFrom([]).fetch('http://config.example.com/'))).code).toBe('UNREACHABLE');
  });
});

describe('what may not be fetched', () => {
  it.each([
    ['ftp://config.example.com/'],
    ['file:///etc/passwd'],
    ['data:text/plain,x'],
    ['javascript:1'],
    ['//config.example.com/'],
    ['http://'],
    ['config.example.com'],
    [''],
    ['http://user@config.example.com/'],
    ['http://user:secret@config.example.com/'],
    ['http://:secret@config.example.com/'],
  ])('refuses %s as no URL to fetch, without looking anything up', async (url) => {
    const { fetch, asked, dialled } = fetchFrom([publicAddress]);
    const failure = await failureOf(fetch(url));
    expect(failure).toMatchObject({ code: 'INVALID_INPUT', canRetry: false });
    expect(failure.message).not.toContain('secret');
    expect([...asked, ...dialled]).toEqual([]);
  });

  it.each([
    ['http://127.0.0.1/'],
    ['http://127.1/'],
    ['http://2130706433/'],
    ['http://0x7f000001/'],
    ['http://0x7f.0.0.1/'],
    ['http://0177.0.0.1/'],
    ['http://017700000001/'],
    ['http://127.0.0.1./'],
    ['http://①②⑦.0.0.1/'],
    ['http://127。0。0。1/'],
    ['http://%31%32%37.0.0.1/'],
    ['http://0/'],
    ['http://0.0.0.0/'],
    ['http://10.1.2.3/'],
    ['http://169.254.169.254/latest/meta-data/'],
    ['http://8.8.8.8/'],
    ['http://[::1]/'],
    ['http://[::]/'],
    ['http://[::ffff:127.0.0.1]/'],
    ['http://[::ffff:7f00:1]/'],
    ['http://[64:ff9b::7f00:1]/'],
    ['http://[fe80::1]/'],
    ['http://[fc00::1]/'],
    ['http://localhost/'],
    ['http://LOCALHOST./'],
    ['http://intranet/'],
    ['http://config.internal/'],
    ['http://printer.local/'],
  ])('refuses %s, without looking anything up', async (url) => {
    const { fetch, asked, dialled } = fetchFrom([publicAddress]);
    expect(await failureOf(fetch(url))).toMatchObject({ code: 'NOT_ALLOWED', canRetry: false });
    expect([...asked, ...dialled]).toEqual([]);
  });

  it.each([
    [['127.0.0.1']],
    [['10.0.0.1']],
    [['169.254.169.254']],
    [['::1']],
    [['fe80::1%eth0']],
    [['::ffff:93.184.216.34']],
    [['64:ff9b::a00:1']],
    [[publicAddress, '10.0.0.1']],
    [['10.0.0.1', publicAddress]],
    [['2606:2800:220:1::1', 'fd00::1']],
  ])('refuses a public name that stands for %j', async (addresses) => {
    const { fetch, dialled } = fetchFrom(addresses);
    expect((await failureOf(fetch('http://config.example.com/'))).code).toBe('NOT_ALLOWED');
    expect(dialled).toEqual([]);
  });

  it('reaches nothing on this machine through a public name', async () => {
    const reached = jest.fn();
    const port = await serve(reached);
    const { lookup } = names({ 'config.example.com': ['127.0.0.1'] });
    const fetch = createFetchPublic({ lookup });
    expect((await failureOf(fetch(`http://config.example.com:${port}/`))).code).toBe('NOT_ALLOWED');
    expect(reached).not.toHaveBeenCalled();
  });

  it('connects to the address that was judged, though the name stands for another by then', async () => {
    const port = await serve(says('judged'));
    const answers = [[publicAddress], ['127.0.0.1']];
    const { connect: dial, dialled } = detour();
    const fetch = createFetchPublic({ lookup: () => Promise.resolve(answers.shift() ?? []), connect: dial });
    expect(await fetch(`http://config.example.com:${port}/`)).toBe('judged');
    expect(dialled).toEqual([publicAddress]);
    expect((await failureOf(fetch(`http://config.example.com:${port}/`))).code).toBe('NOT_ALLOWED');
    expect(dialled).toHaveLength(1);
  });

  it('does not ask the system for a name that was judged', async () => {
    const port = await serve(says('first'), '127.0.0.1');
    const { lookup } = names({ 'localhost.example.com': ['127.0.0.1'] });
    const fetch = createFetchPublic({ lookup, allowedHosts: ['localhost.example.com'] });
    expect(await fetch(`http://localhost.example.com:${port}/`)).toBe('first');
  });
});

describe('the list of allowed hosts', () => {
  it('lets a listed name stand for this machine', async () => {
    const port = await serve(says('inside'));
    const { lookup } = names({ 'config.example.com': ['127.0.0.1'], 'a.b.example.org': ['127.0.0.1'] });
    const fetch = createFetchPublic({ lookup, allowedHosts: ['Config.Example.com', '.example.org', '127.0.0.1'] });
    expect(await fetch(`http://config.example.com:${port}/`)).toBe('inside');
    expect(await fetch(`http://CONFIG.example.com.:${port}/`)).toBe('inside');
    expect(await fetch(`http://a.b.example.org:${port}/`)).toBe('inside');
    expect(await fetch(`http://127.0.0.1:${port}/`)).toBe('inside');
  });

  it.each([
    ['http://other.example.com/'],
    ['http://xconfig.example.com/'],
    ['http://config.example.com.evil.org/'],
    ['http://a.config.example.com/'],
    ['http://example.org/'],
    ['http://evilexample.org/'],
    ['http://127.0.0.1/'],
    ['http://[::1]/'],
  ])('is the only way where it is given: refuses %s', async (url) => {
    const { fetch, asked } = fetchFrom([publicAddress], { allowedHosts: ['config.example.com', '.example.org'] });
    expect((await failureOf(fetch(url))).code).toBe('NOT_ALLOWED');
    expect(asked).toEqual([]);
  });

  it('refuses everything where it is empty', async () => {
    const { fetch } = fetchFrom([publicAddress], { allowedHosts: [] });
    expect((await failureOf(fetch('http://config.example.com/'))).code).toBe('NOT_ALLOWED');
  });

  it.each([['169.254.169.254'], ['0.0.0.0'], ['::ffff:127.0.0.1'], ['64:ff9b::7f00:1'], ['fe80::1'], ['224.0.0.1']])(
    'does not open the way to %s',
    async (address) => {
      const { fetch, dialled } = fetchFrom([address], { allowedHosts: ['config.example.com'] });
      expect((await failureOf(fetch('http://config.example.com/'))).code).toBe('NOT_ALLOWED');
      expect(dialled).toEqual([]);
    },
  );
});

describe('redirects', () => {
  const redirectTo = async (location: string, options: FetchPublicOptions = {}) => {
    const port = await serve((_, reply) => reply.writeHead(302, { Location: location }).end());
    const { fetch, dialled } = fetchFrom([publicAddress], options);
    return { failure: await failureOf(fetch(`http://config.example.com:${port}/`)), dialled };
  };

  it.each([
    ['http://127.0.0.1/', 'NOT_ALLOWED'],
    ['http://0x7f.1/', 'NOT_ALLOWED'],
    ['http://[::1]/', 'NOT_ALLOWED'],
    ['//169.254.169.254/', 'NOT_ALLOWED'],
    ['http://inner.example.com/', 'NOT_ALLOWED'],
    ['http://config.internal/', 'NOT_ALLOWED'],
    ['file:///etc/passwd', 'INVALID_INPUT'],
    ['http://user:secret@config.example.com/', 'INVALID_INPUT'],
    ['http://', 'SERVER_ERROR'],
  ])('to %s are refused', async (location, code) => {
    const { failure, dialled } = await redirectTo(location);
    expect(failure.code).toBe(code);
    expect(dialled).toHaveLength(1);
  });

  it('to hosts that are not listed are refused', async () => {
    const { failure, dialled } = await redirectTo('http://other.example.com/', {
      allowedHosts: ['config.example.com'],
    });
    expect(failure.code).toBe('NOT_ALLOWED');
    expect(dialled).toHaveLength(1);
  });

  it('look their host up anew and judge it anew', async () => {
    const port = await serve((_, reply) => reply.writeHead(302, { Location: '/again' }).end());
    const answers = [[publicAddress], ['127.0.0.1']];
    const { connect: dial, dialled } = detour();
    const fetch = createFetchPublic({ lookup: () => Promise.resolve(answers.shift() ?? []), connect: dial });
    expect((await failureOf(fetch(`http://config.example.com:${port}/`))).code).toBe('NOT_ALLOWED');
    expect(dialled).toEqual([publicAddress]);
  });

  const countDown: RequestListener = (request, reply) => {
    const left = Number(request.url?.slice(1));
    if (left === 0) reply.end('arrived');
    else reply.writeHead([301, 303, 307, 308][left % 4] ?? 302, { Location: `/${left - 1}` }).end();
  };

  it('are followed three times', async () => {
    const port = await serve(countDown);
    const { fetch } = fetchFrom([publicAddress]);
    expect(await fetch(`http://config.example.com:${port}/3`)).toBe('arrived');
    expect(await failureOf(fetch(`http://config.example.com:${port}/4`))).toMatchObject({
      code: 'SERVER_ERROR',
      message: expect.stringContaining('redirects more than 3 times') as string,
    });
  });
});

describe('replies that are too much', () => {
  it.each([
    ['says so', { 'Content-Length': '1001' }],
    ['does not say so', {}],
  ])('stops reading a reply that is too long and %s', async (_, headers) => {
    const port = await serve((__, reply) => {
      reply.writeHead(200, headers);
      reply.write('x'.repeat(1001));
    });
    const { fetch } = fetchFrom([publicAddress], { maxBytes: 1000 });
    expect(await failureOf(fetch(`http://config.example.com:${port}/`))).toMatchObject({
      code: 'SERVER_ERROR',
      message: expect.stringContaining('longer than 1000 bytes') as string,
    });
  });

  it('takes a reply that is just short enough; the limit counts bytes', async () => {
    const port = await serve((request, reply) => reply.end((request.url === '/wide' ? 'ü' : 'x').repeat(1000)));
    const { fetch } = fetchFrom([publicAddress], { maxBytes: 1000 });
    expect(await fetch(`http://config.example.com:${port}/`)).toHaveLength(1000);
    expect((await failureOf(fetch(`http://config.example.com:${port}/wide`))).code).toBe('SERVER_ERROR');
  });

  it('reads up to one megabyte unless told otherwise', async () => {
    const port = await serve((request, reply) => reply.end('x'.repeat(Number(request.url?.slice(1)))));
    const { fetch } = fetchFrom([publicAddress]);
    expect(await fetch(`http://config.example.com:${port}/1048576`)).toHaveLength(1_048_576);
    expect((await failureOf(fetch(`http://config.example.com:${port}/1048577`))).code).toBe('SERVER_ERROR');
  });

  it('unpacks nothing', async () => {
    const port = await serve((_, reply) => reply.writeHead(200, { 'Content-Encoding': 'gzip' }).end('x'));
    const failure = await failureOf(fetchFrom([publicAddress]).fetch(`http://config.example.com:${port}/`));
    expect(failure.message).toContain('compressed');
  });
});

describe('replies that do not come to an end', () => {
  const raw = (head: string) => {
    const server = createRawServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.end(head));
    });
    return listen(server);
  };

  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['HTTP/1.1 200 OK\r\nContent-'],
    ['this is no HTTP\r\n\r\n'],
    [''],
  ])('fails when the server breaks off after %j', async (head) => {
    const port = await raw(head);
    const failure = await failureOf(fetchFrom([publicAddress]).fetch(`http://config.example.com:${port}/`));
    expect(failure.code).toBe('UNREACHABLE');
  });

  /** Moves time once the server has been asked. */
  async function lateOn(listener: RequestListener, redirect = false) {
    const clock = createManualClock();
    let asked: () => void = () => undefined;
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    const port = await serve((request, reply) => {
      if (redirect && request.url === '/') {
        reply.writeHead(302, { Location: '/slow' }).end();
        return;
      }
      listener(request, reply);
      asked();
    });
    const failure = failureOf(fetchFrom([publicAddress], { clock }).fetch(`http://config.example.com:${port}/`));
    await wasAsked;
    await clock.advance(4999);
    expect(await Promise.race([failure, Promise.resolve('waiting')])).toBe('waiting');
    await clock.advance(1);
    return failure;
  }

  it.each([
    ['says nothing', () => undefined, false],
    [
      'says something from time to time',
      (_: IncomingMessage, reply: { write: (text: string) => void }) => reply.write('x'),
      false,
    ],
    ['is only redirected to', () => undefined, true],
  ] as const)('gives up after 5 s on a server that %s', async (_, listener, redirect) => {
    expect(await lateOn(listener as RequestListener, redirect)).toMatchObject({
      code: 'TIMED_OUT',
      fields: { timeoutMs: 5000 },
    });
  });

  it('gives up on a resolver that says nothing', async () => {
    const clock = createManualClock();
    const fetch = createFetchPublic({ lookup: () => new Promise(() => undefined), clock });
    const failure = failureOf(fetch('http://config.example.com/'));
    await clock.advance(5000);
    expect((await failure).code).toBe('TIMED_OUT');
  });

  it('connects to nothing after it has given up', async () => {
    const clock = createManualClock();
    let tell: (addresses: readonly string[]) => void = () => undefined;
    const { connect: dial, dialled } = detour();
    const lookup = () => new Promise<readonly string[]>((resolve) => (tell = resolve));
    const failure = failureOf(createFetchPublic({ lookup, clock, connect: dial })('http://config.example.com/'));
    await clock.advance(5000);
    await failure;
    tell([publicAddress]);
    await clock.advance(0);
    expect(dialled).toEqual([]);
  });

  it('stops with the signal, before and while it reads', async () => {
    const stop = new AbortController();
    const port = await serve((_, reply) => {
      reply.write('x');
      setImmediate(() => stop.abort());
    });
    const { fetch, dialled } = fetchFrom([publicAddress]);
    const url = `http://config.example.com:${port}/`;
    expect(await failureOf(fetch(url, stop.signal))).toMatchObject({ code: 'TIMED_OUT', fields: { aborted: true } });
    expect(await failureOf(fetch(url, stop.signal))).toMatchObject({ fields: { aborted: true } });
    expect(dialled).toHaveLength(1);
  });
});

describe('https', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-fetch-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const secure = async () => {
    const { key, cert } = await makeCertificate(folder);
    return { cert, port: await listen(createSecureServer({ key, cert }, says('secret'))) };
  };

  it('verifies the certificate, whatever the environment says', async () => {
    const { port } = await secure();
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    const failure = await failureOf(
      createFetchPublic({ allowedHosts: ['127.0.0.1'] })(`https://127.0.0.1:${port}/`),
    ).finally(() => {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    });
    expect(failure).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('self-signed') as string });
  });

  it('checks the certificate against the name in the URL, not against the address', async () => {
    const { port, cert } = await secure();
    const allowedHosts = ['127.0.0.1', 'config.example.com'];
    const { lookup } = names({ 'config.example.com': ['127.0.0.1'] });
    const fetch = createFetchPublic({ allowedHosts, lookup, ca: cert });
    expect(await fetch(`https://127.0.0.1:${port}/`)).toBe('secret');
    expect((await failureOf(fetch(`https://config.example.com:${port}/`))).message).toContain('another host name');
  });
});
