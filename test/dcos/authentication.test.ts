import { generateKeyPairSync, verify } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { openConnections } from '../../src/dcos/cluster-connections';
import { openEventStream } from '../../src/dcos/event-stream';
import type { DcosAuth, DcosCluster } from '../../src/model/application';
import { CoxswainError } from '../../src/model/errors';
import { Secret } from '../../src/model/secret';
import { createManualClock } from '../support/manual-clock';
import type { ManualClock } from '../support/manual-clock';
import { respond, startLoginCluster } from './login-cluster';
import type { LoginBody, LoginCluster, LoginClusterOptions } from './login-cluster';

const minuteMs = 60_000;
const password = 'correct-horse-battery-staple';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const secretOf = (value: string) => new Secret('the environment variable X', () => value);
const byPassword: DcosAuth = { type: 'password', uid: 'coxswain', password: secretOf(password) };
const byKey: DcosAuth = { type: 'serviceAccount', uid: 'coxswain', privateKey: secretOf(pem) };

const open: LoginCluster[] = [];
const start = async (options?: LoginClusterOptions) => {
  const cluster = await startLoginCluster(options);
  open.push(cluster);
  return cluster;
};
afterEach(() => Promise.all(open.splice(0).map((cluster) => cluster.close())));

function connect(
  url: string,
  auth: DcosAuth,
  clock: ManualClock = createManualClock(),
  more: Partial<DcosCluster> = {},
) {
  const found = openConnections(new Map([['pe1', { name: 'pe1', url, auth, ...more }]]), { clock }).get('pe1');
  if (found === undefined) throw new Error('no connection');
  return found.marathon;
}

async function failureOf(promise: Promise<unknown>): Promise<CoxswainError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CoxswainError) return error;
  throw new Error(`expected a CoxswainError, got ${String(error)}`);
}

function missing(): string {
  throw new CoxswainError('INVALID_INPUT', { message: 'the file /run/x is not there' });
}

type Claims = { readonly uid: string; readonly exp: number };

/** The claims of a service account's token; undefined unless our real key signed it by RS256. */
function readSigned(token = ''): Claims | undefined {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
  expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT' });
  const isOurs = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${claims}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  return isOurs ? (read(claims) as Claims) : undefined;
}

/** A login that takes service accounts as DC/OS does: signed by the account's key and not ended by its own clock. */
const acceptsSigned = (now: () => number) => (body: LoginBody) => {
  const claims = readSigned(body.token);
  return claims?.uid === 'coxswain' && body.uid === 'coxswain' && claims.exp * 1000 > now();
};

describe('logging in', () => {
  it('sends uid and password once, and the token with every request', async () => {
    const cluster = await start({ accepts: (body) => body.password === password });
    const marathon = connect(cluster.url, byPassword);
    await marathon.getInfo();
    await marathon.getInfo();
    expect(cluster.logins).toEqual([{ uid: 'coxswain', password }]);
    expect(cluster.requests).toHaveLength(2);
    for (const request of cluster.requests) expect(request).toMatch(/^GET \/service\/marathon\/v2\/info token=ey/);
  });

  it("signs a service account's token with its RSA key, for ten minutes at most", async () => {
    const clock = createManualClock();
    const cluster = await start({ now: () => clock.now(), accepts: acceptsSigned(() => clock.now()) });
    await connect(cluster.url, byKey, clock).getInfo();
    const claims = readSigned(cluster.logins[0]?.token);
    expect(Object.keys(claims ?? {})).toEqual(['uid', 'exp']);
    expect((claims?.exp ?? 0) * 1000 - clock.now()).toBeGreaterThan(minuteMs);
    expect((claims?.exp ?? 0) * 1000 - clock.now()).toBeLessThanOrEqual(10 * minuteMs);
  });

  it.each([
    ['the endpoint that the secret names', (own: string) => own, 0, 1],
    ["the cluster's own address for a name inside the cluster", () => 'https://leader.mesos', 1, 0],
  ])('takes the standard secret and logs in at %s', async (_title, endpointOf, atCluster, atOther) => {
    const clock = createManualClock();
    const accepts = acceptsSigned(() => clock.now());
    const [cluster, other] = [
      await start({ now: () => clock.now(), accepts }),
      await start({ now: () => clock.now(), accepts }),
    ];
    const secret = secretOf(
      JSON.stringify({
        login_endpoint: `${endpointOf(other.url)}/acs/api/v1/auth/login`,
        uid: 'coxswain',
        private_key: pem,
        scheme: 'RS256',
      }),
    );
    await connect(cluster.url, { type: 'serviceAccountSecret', secret }, clock)
      .getInfo()
      .catch(() => undefined);
    expect([cluster.logins.length > 0, other.logins.length > 0]).toEqual([atCluster === 1, atOther === 1]);
  });

  it('exchanges an OpenID token on open DC/OS', async () => {
    const cluster = await start({ accepts: (body) => body.token === 'id-token' });
    await connect(cluster.url, { type: 'open', token: secretOf('id-token') }).getInfo();
    expect(cluster.logins).toEqual([{ token: 'id-token' }]);
  });

  it('sends no header and logs in nowhere without authentication', async () => {
    const cluster = await start({ answer: (_request, response) => respond(response, 200, '{}') });
    await connect(cluster.url, { type: 'none' }).getInfo();
    expect([cluster.logins, cluster.requests]).toEqual([[], ['GET /service/marathon/v2/info nothing']]);
  });

  it('reads the secret anew for each login, so that a rotated one is used', async () => {
    let current = 'old';
    const cluster = await start({ accepts: (body) => body.password === current });
    const rotating = new Secret('a file', () => current);
    const marathon = connect(cluster.url, { type: 'password', uid: 'coxswain', password: rotating });
    await marathon.getInfo();
    current = 'new';
    cluster.revoke();
    await marathon.getInfo();
    expect(cluster.logins.map((body) => body.password)).toEqual(['old', 'new']);
  });
});

describe('a token that is refused', () => {
  it('makes 100 parallel first calls log in once', async () => {
    const cluster = await start();
    const marathon = connect(cluster.url, byPassword);
    await Promise.all(Array.from({ length: 100 }, () => marathon.getInfo()));
    expect([cluster.logins.length, cluster.requests.length]).toEqual([1, 100]);
  });

  it('makes 100 parallel calls that meet a 401 log in once more', async () => {
    const cluster = await start();
    const marathon = connect(cluster.url, byPassword);
    await marathon.getInfo();
    cluster.revoke();
    await Promise.all(Array.from({ length: 100 }, () => marathon.getInfo()));
    expect([cluster.logins.length, cluster.requests.length]).toEqual([2, 201]);
  });

  it('gives up with UNAUTHORIZED when the new token is refused too', async () => {
    const answer = (_request: unknown, response: ServerResponse) => respond(response, 401, '<html>log in</html>');
    const cluster = await start({ answer });
    const failure = await failureOf(connect(cluster.url, byPassword).getInfo());
    expect([failure.code, failure.fields.body]).toEqual(['UNAUTHORIZED', '<html>log in</html>']);
    expect([cluster.logins.length, cluster.requests.length]).toEqual([2, 2]);
  });

  it('does not log in again after a 403', async () => {
    const answer = (_request: unknown, response: ServerResponse) => respond(response, 403, '<html>Forbidden</html>');
    const cluster = await start({ answer });
    const failure = await failureOf(connect(cluster.url, byPassword).getInfo());
    expect([failure.code, failure.canRetry]).toEqual(['FORBIDDEN', false]);
    expect([cluster.logins.length, cluster.requests.length]).toEqual([1, 1]);
  });

  it("leaves the others' login alone when one caller gives up", async () => {
    const held: ServerResponse[] = [];
    const hold = (_body: string, response: ServerResponse) => held.push(response) > 0;
    const answer = (_request: unknown, response: ServerResponse) => respond(response, 200, '{}');
    const cluster = await start({ answerLogin: hold, answer });
    const marathon = connect(cluster.url, byPassword);
    const stop = new AbortController();
    const [impatient, patient] = [failureOf(marathon.getInfo(stop.signal)), marathon.getInfo()];
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const reason = new CoxswainError('TASK_TIMEOUT', { message: 'over' });
    stop.abort(reason);
    expect(await impatient).toBe(reason);
    held[0]?.writeHead(200, { 'Content-Type': 'application/json' }).end('{"token":"opaque"}');
    await patient;
    expect(cluster.requests).toEqual(['GET /service/marathon/v2/info token=opaque']);
  });
});

describe('the life of a token', () => {
  it.each([
    ['five days', 7200 * minuteMs, 7195 * minuteMs],
    ['ten minutes', 10 * minuteMs, 9 * minuteMs],
  ])('of %s is renewed shortly before its end, not earlier', async (_title, lifetimeMs, renewedAt) => {
    const clock = createManualClock();
    const cluster = await start({ now: () => clock.now(), lifetimeMs });
    const marathon = connect(cluster.url, byPassword, clock);
    await marathon.getInfo();
    await clock.advance(renewedAt - 1000);
    await marathon.getInfo();
    expect(cluster.logins).toHaveLength(1);
    await clock.advance(2000);
    await Promise.all(Array.from({ length: 10 }, () => marathon.getInfo()));
    expect(cluster.logins).toHaveLength(2);
  });

  it('that has ended is never sent', async () => {
    const clock = createManualClock();
    const cluster = await start({ now: () => clock.now(), lifetimeMs: minuteMs });
    const marathon = connect(cluster.url, byPassword, clock);
    await marathon.getInfo();
    await clock.advance(2 * minuteMs);
    await marathon.getInfo();
    expect(new Set(cluster.requests).size).toBe(2);
    expect(cluster.requests).toHaveLength(2);
  });

  it('is used to its end while the login is down', async () => {
    const clock = createManualClock();
    let isDown = false;
    const answerLogin = (_body: string, response: ServerResponse) => {
      if (isDown) response.writeHead(503).end();
      return isDown;
    };
    const cluster = await start({ now: () => clock.now(), lifetimeMs: 10 * minuteMs, answerLogin });
    const marathon = connect(cluster.url, byPassword, clock);
    await marathon.getInfo();
    isDown = true;
    await clock.advance(9.5 * minuteMs);
    await marathon.getInfo();
    await marathon.getInfo();
    expect(cluster.logins).toHaveLength(2);
    await clock.advance(minuteMs);
    expect((await failureOf(marathon.getInfo())).code).toBe('SERVER_ERROR');
  });

  it.each([
    ['behind', -10],
    ['ahead', 10],
  ])('is judged rightly with a clock ten minutes %s', async (_title, minutes) => {
    const clock = createManualClock();
    const now = () => clock.now() - minutes * minuteMs;
    const cluster = await start({ now, lifetimeMs: 15 * minuteMs, accepts: acceptsSigned(now) });
    const marathon = connect(cluster.url, byKey, clock);
    await marathon.getInfo();
    // Behind, the first token had ended by the server's clock; the second is signed with the server's time.
    const logins = cluster.logins.length;
    expect(logins).toBe(minutes < 0 ? 2 : 1);
    await clock.advance(13 * minuteMs);
    await marathon.getInfo();
    expect(cluster.logins).toHaveLength(logins);
    await clock.advance(minuteMs);
    await marathon.getInfo();
    expect(cluster.logins).toHaveLength(logins + 1);
    for (const request of cluster.requests) expect(request).toContain('token=');
  });

  it('is not asked for a second time when the clock is no excuse', async () => {
    const clock = createManualClock();
    const cluster = await start({ now: () => clock.now(), accepts: () => false });
    expect((await failureOf(connect(cluster.url, byKey, clock).getInfo())).code).toBe('UNAUTHORIZED');
    expect(cluster.logins).toHaveLength(1);
  });
});

describe('a login that fails', () => {
  it('says which cluster, who and what to check, and is not tried again at once', async () => {
    const clock = createManualClock();
    const cluster = await start({ now: () => clock.now(), accepts: () => false });
    const marathon = connect(cluster.url, byPassword, clock);
    const failure = await failureOf(marathon.getInfo());
    expect(failure.message).toMatch(
      /^Cannot log in at DC\/OS cluster pe1 \(127\.0\.0\.1:\d+\) as coxswain by its password: .*status 401 \(ERR_INVALID_CREDENTIALS\)\. Check 'auth' of cluster pe1/,
    );
    expect([failure.code, failure.canRetry]).toEqual(['UNAUTHORIZED', true]);
    expect(await failureOf(marathon.getInfo())).toBe(failure);
    expect([cluster.logins.length, cluster.requests.length]).toEqual([1, 0]);
    await clock.advance(11_000);
    await failureOf(marathon.getInfo());
    expect(cluster.logins).toHaveLength(2);
  });

  it.each([
    [400, '{"message":"odd"}', 'UNAUTHORIZED'],
    [403, '<html>no</html>', 'UNAUTHORIZED'],
    [404, '<html>nothing here</html>', 'UNAUTHORIZED'],
    [429, '', 'RATE_LIMITED'],
    [500, '{"message":"broken"}', 'SERVER_ERROR'],
    [502, '<html>Bad gateway</html>', 'SERVER_ERROR'],
    [302, '', 'SERVER_ERROR'],
    [200, '<html>a login page</html>', 'SERVER_ERROR'],
    [200, '{"user":"coxswain"}', 'SERVER_ERROR'],
    [200, '', 'SERVER_ERROR'],
  ])('with status %i and %j throws %s for the call that needed it', async (status, body, code) => {
    const answerLogin = (_body: string, response: ServerResponse) => respond(response, status, body);
    const cluster = await start({ answerLogin });
    const failure = await failureOf(connect(cluster.url, byPassword).deleteApp('/x', { force: false }));
    expect(failure.code).toBe(code);
    // Without a status: nobody may take a login that is not there for an app that is not there.
    expect([failure.fields.status, cluster.requests]).toEqual([undefined, []]);
  });

  it('because nobody listens throws UNREACHABLE, and because nobody answers TIMED_OUT', async () => {
    const gone = await start();
    await gone.close();
    open.pop();
    expect((await failureOf(connect(gone.url, byPassword).getInfo())).code).toBe('UNREACHABLE');
    const clock = createManualClock();
    const silent = await start({ answerLogin: () => true });
    const failing = failureOf(connect(silent.url, byPassword, clock).getInfo());
    while (silent.logins.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(5000);
    expect((await failing).code).toBe('TIMED_OUT');
  });

  it.each([
    ['a secret that is not there', { ...byPassword, password: new Secret('the file /run/x', missing) }, 'is not there'],
    ['a key that is none', { ...byKey, privateKey: secretOf('-----BEGIN NOTHING-----') }, 'no private key in PEM'],
    ['a JSON secret that is none', { type: 'serviceAccountSecret', secret: secretOf('{"uid":1}') }, 'login_endpoint'],
  ] as [string, DcosAuth, string][])('for %s can be tried again once it is mended', async (_title, auth, why) => {
    const cluster = await start();
    const failure = await failureOf(connect(cluster.url, auth).getInfo());
    expect([failure.code, failure.canRetry, failure.message]).toEqual([
      'UNAUTHORIZED',
      true,
      expect.stringContaining(why),
    ]);
    expect(cluster.logins).toEqual([]);
  });
});

describe('secrets', () => {
  const echo = (text: string, response: ServerResponse, status: number) =>
    respond(response, status, JSON.stringify({ message: `I got ${text}`, code: text, details: [text], [text]: text }));
  const everythingOf = (error: CoxswainError) =>
    [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error.fields), error.stack, error.message].join();

  it.each([400, 401, 403, 404, 409, 422, 500])(
    'are in no part of an error, though a %i from the login repeats them',
    async (status) => {
      for (const auth of [byPassword, byKey]) {
        const cluster = await start({ answerLogin: (body, response) => echo(body, response, status) });
        const everything = everythingOf(await failureOf(connect(cluster.url, auth).getInfo()));
        const [sent] = cluster.logins;
        expect(everything).not.toContain(sent?.password ?? sent?.token);
        expect(everything).not.toContain(password.slice(0, 20));
        expect(everything).not.toContain(pem.slice(40, 80));
      }
    },
  );

  it.each([400, 401, 403, 404, 409, 422, 500])(
    'are in no part of an error, though a %i repeats the token',
    async (s) => {
      const cluster = await start({
        answer: (request, response) => echo(`${'x'.repeat(250)} ${request.headers.authorization ?? ''}`, response, s),
      });
      const everything = everythingOf(await failureOf(connect(cluster.url, byPassword).getInfo()));
      const token = cluster.requests[0]?.split('token=')[1] ?? 'none';
      expect(everything).not.toContain(token);
      expect(everything).not.toContain(token.slice(0, 40));
    },
  );

  it('show their reference where they are logged', () => {
    const shown = [String(byPassword.password), JSON.stringify(byPassword), inspect(byPassword, { showHidden: true })];
    for (const text of shown) expect(text).toContain('[secret in the environment variable X]');
    expect(shown.join()).not.toContain(password);
  });
});

describe('the event stream', () => {
  it('carries the token, and another one after a 401', async () => {
    const cluster = await start({
      answer: (request, response) => {
        if (request.url !== '/service/marathon/v2/events?plan-format=light' || cluster.requests.length === 2)
          return false;
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        return response.write('event: x\r\ndata: {"appId":"/a"}\r\n\r\n');
      },
    });
    const marathon = connect(cluster.url, byPassword);
    await marathon.getInfo();
    cluster.revoke();
    const heard = await new Promise<string>((resolve, reject) => {
      const stream = openEventStream({
        client: marathon,
        clock: createManualClock(),
        onResync: () => undefined,
        onState: (state, error) => state === 'disconnected' && reject(error ?? new Error('ended')),
        onAppChanged: (appId) => {
          stream.close();
          resolve(appId);
        },
      });
    });
    expect(heard).toBe('/a');
    const tokens = cluster.requests.map((request) => request.split('token=')[1]);
    expect([tokens[0] === tokens[1], tokens[1] === tokens[2], cluster.logins.length]).toEqual([true, false, 2]);
  });
});

describe('openConnections', () => {
  it('keeps a cluster whose certificate file is missing apart from the others', async () => {
    const cluster = await start({ answer: (_request, response) => respond(response, 200, '{}') });
    const auth: DcosAuth = { type: 'none' };
    const connections = openConnections(
      new Map<string, DcosCluster>([
        ['bad', { name: 'bad', url: 'https://dcos.example.com', caFile: '/nowhere/ca.pem', auth }],
        ['bare', { name: 'bare', url: cluster.url, auth, marathonPath: '' }],
      ]),
    );
    const failure = await failureOf(connections.get('bad')?.marathon.getInfo() ?? Promise.resolve());
    expect([failure.code, failure.message]).toEqual(['UNREACHABLE', expect.stringContaining('/nowhere/ca.pem')]);
    await connections.get('bare')?.marathon.getInfo();
    expect(cluster.requests).toEqual(['GET /v2/info nothing']);
  });
});
