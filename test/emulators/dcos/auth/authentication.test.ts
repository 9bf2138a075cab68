import { generateKeyPairSync } from 'node:crypto';
import type { EmulatorUser } from '../../../../src/emulators/dcos/auth/auth-options';
import { signJwt } from '../../../../src/emulators/dcos/auth/jwt';
import { createBench } from '../bench';

// Shared and small, as making a key is slow.
const signingKey = generateKeyPairSync('rsa', { modulusLength: 1024 });
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 1024 });

const users: readonly EmulatorUser[] = [
  { uid: 'olga', password: 'secret', idToken: 'id-token-of-olga' },
  { uid: 'bot', publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
  { uid: 'marathon-only', password: 'secret', grants: ['dcos:adminrouter:service:marathon'] },
];

function guarded(mode: 'enterprise' | 'open', tokenSeconds = 432_000) {
  const bench = createBench({
    auth: {
      mode,
      users,
      tokenSeconds,
      privateKey: signingKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  });
  const { core, clock } = bench;
  const logIn = (body: object) => core.handle({ method: 'POST', path: '/acs/api/v1/auth/login', body });
  const tokenOf = (response: { readonly body: unknown }) => (response.body as { readonly token: string }).token;
  const get = (path: string, headers: Record<string, string> = {}) => core.handle({ method: 'GET', path, headers });
  const seconds = () => Math.floor(clock.now() / 1000);
  return { ...bench, logIn, tokenOf, get, seconds };
}

describe('login', () => {
  it('takes a password and gives the token in the body and in a cookie', () => {
    const { logIn, tokenOf } = guarded('enterprise');
    const response = logIn({ uid: 'olga', password: 'secret' });
    expect(response).toMatchObject({ status: 200, body: { uid: 'olga', description: 'olga', is_remote: false } });
    expect(response.cookies[0]).toContain(`dcos-acs-auth-cookie=${tokenOf(response)};`);
    expect(response.cookies[1]).toContain('dcos-acs-info-cookie=');
  });

  it('gives the token alone in open DC/OS', () => {
    const response = guarded('open').logIn({ uid: 'olga', password: 'secret' });
    expect(Object.keys(response.body as object)).toEqual(['token']);
  });

  it('gives a token with uid and exp that the published key proves', () => {
    const { logIn, tokenOf, get, seconds } = guarded('enterprise', 600);
    const [header, payload] = tokenOf(logIn({ uid: 'olga', password: 'secret' })).split('.');
    const read = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown;
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(read(payload)).toEqual({ uid: 'olga', exp: seconds() + 600 });
    expect(get('/acs/api/v1/auth/jwks').body).toMatchObject({ keys: [{ kty: 'RSA', alg: 'RS256', e: 'AQAB' }] });
  });

  it.each([
    ['a token without an end', {}, 200],
    ['one for the next minutes', { exp: 300 }, 200],
    ['one that has ended', { exp: -1 }, 401],
    ['one of a clock ten minutes late', { exp: -600 }, 401],
    ['one for somebody else', { uid: 'olga' }, 401],
  ])('answers a service account that signs %s', (_title, claims: { exp?: number; uid?: string }, status) => {
    const { logIn, seconds } = guarded('enterprise');
    const { exp, uid = 'bot' } = claims;
    const token = signJwt({ uid, ...(exp === undefined ? {} : { exp: seconds() + exp }) }, privateKey);
    expect(logIn({ uid: 'bot', token }).status).toBe(status);
  });

  it('refuses a service token of another key, and one that is not signed', () => {
    const { logIn } = guarded('enterprise');
    const forged = signJwt({ uid: 'bot' }, stranger.privateKey);
    const [, payload = ''] = forged.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    for (const token of [forged, unsigned, 'nonsense', 7]) expect(logIn({ uid: 'bot', token }).status).toBe(401);
  });

  it('takes an OIDC token in open DC/OS only', () => {
    const body = { token: 'id-token-of-olga' };
    expect(guarded('open').logIn(body).status).toBe(200);
    expect(guarded('open').logIn({ token: 'other' }).status).toBe(401);
    expect(guarded('enterprise').logIn(body).status).toBe(400);
  });

  it('names what is wrong with a login', () => {
    const { logIn } = guarded('enterprise');
    const wrong = logIn({ uid: 'olga', password: 'guess' });
    expect(wrong).toMatchObject({
      status: 401,
      body: { description: 'Invalid credentials.', code: 'ERR_INVALID_CREDENTIALS' },
    });
    expect(wrong.headers['WWW-Authenticate']).toBe('acsjwt');
    for (const body of [{ uid: 'olga' }, { uid: 'olga', password: 'secret', token: 'x' }, { password: 'secret' }]) {
      expect(logIn(body).status).toBe(400);
    }
  });

  it('lists the ways to log in', () => {
    expect(guarded('enterprise').get('/acs/api/v1/auth/providers').body).toMatchObject({
      'dcos-users': {
        'client-method': 'dcos-usercredential-post-receive-authtoken',
        config: { start_flow_url: '/acs/api/v1/auth/login' },
      },
      'dcos-services': { 'client-method': 'dcos-servicecredential-post-receive-authtoken' },
    });
  });
});

describe('a guarded cluster', () => {
  it.each([
    ['enterprise', 'acsjwt'],
    ['open', 'oauthjwt'],
  ] as const)('in %s mode asks for a token with HTML and %s', (mode, challenge) => {
    const { get, core } = guarded(mode);
    const refused = get('/service/marathon/v2/apps');
    expect([refused.status, refused.headers['Content-Type'], refused.headers['WWW-Authenticate']]).toEqual([
      401,
      'text/html',
      challenge,
    ]);
    expect(refused.body).toContain('<html>');
    const head = core.handle({ method: 'HEAD', path: '/pkgpanda/active.buildinfo.full.json' });
    expect([head.status, head.headers['WWW-Authenticate']]).toEqual([401, challenge]);
  });

  it.each([
    ['token=', (token: string) => ({ authorization: `token=${token}` }), 200],
    ['Bearer', (token: string) => ({ authorization: `Bearer ${token}` }), 200],
    ['a cookie', (token: string) => ({ cookie: `a=b; dcos-acs-auth-cookie=${token}; c=d` }), 200],
    ['Basic', (token: string) => ({ authorization: `Basic ${token}` }), 401],
    ['a bare token', (token: string) => ({ authorization: token }), 401],
    ['a changed token', (token: string) => ({ authorization: `token=${token}x` }), 401],
  ])('answers %s', (_title, headersOf, status) => {
    const { core, get } = guarded('enterprise');
    expect(get('/service/marathon/v2/apps', headersOf(core.auth.issue('olga'))).status).toBe(status);
  });

  it('refuses a token from its last second on, and one of a user who is gone', () => {
    const { logIn, tokenOf, get, clock, core } = guarded('enterprise', 60);
    const headers = { authorization: `token=${tokenOf(logIn({ uid: 'olga', password: 'secret' }))}` };
    clock.advance(59_000);
    expect(get('/v2/apps', headers).status).toBe(200);
    clock.advance(1000);
    expect(get('/v2/apps', headers).status).toBe(401);
    expect(get('/v2/apps', { authorization: `token=${core.auth.issue('nobody')}` }).status).toBe(401);
  });

  it('answers 403 with HTML where a permission is missing, and no new token helps', () => {
    const { core, get } = guarded('enterprise');
    const headers = { authorization: `token=${core.auth.issue('marathon-only')}` };
    expect(get('/service/marathon/v2/apps', headers).status).toBe(200);
    for (const path of ['/service/metronome/v1/jobs', '/mesos/state', '/slave/S1/files/read', '/acs/api/v1/users']) {
      const refused = get(path, headers);
      expect([path, refused.status, refused.headers['Content-Type']]).toEqual([path, 403, 'text/html']);
    }
  });

  it('knows no permissions in open DC/OS', () => {
    const { core, get } = guarded('open');
    expect(get('/acs/api/v1/users', { authorization: `token=${core.auth.issue('marathon-only')}` }).status).toBe(200);
  });

  it.each([
    ['/', 'enterprise', 200],
    ['/acs/api/v1/auth/jwks', 'enterprise', 200],
    ['/acs/api/v1/users', 'enterprise', 401],
    ['/metadata', 'enterprise', 401],
    ['/metadata', 'open', 401],
    ['/dcos-metadata/dcos-version.json', 'enterprise', 401],
    ['/dcos-metadata/dcos-version.json', 'open', 200],
    ['/emulator/requests', 'enterprise', 200],
  ] as const)('answers %s without a token in %s mode with %i', (path, mode, status) => {
    expect(guarded(mode).get(path).status).toBe(status);
  });

  it('says which variant of DC/OS it is', () => {
    const { core, get } = guarded('enterprise');
    const headers = { authorization: `token=${core.auth.issue('olga')}` };
    expect(get('/dcos-metadata/dcos-version.json', headers).body).toMatchObject({ 'dcos-variant': 'enterprise' });
    expect(get('/acs/api/v1/users/bot', headers).body).toMatchObject({ uid: 'bot', is_service: true });
    expect(get('/acs/api/v1/users/none', headers).status).toBe(404);
  });

  it('lets everybody in without authentication', () => {
    const { core } = createBench();
    expect(core.handle({ method: 'HEAD', path: '/pkgpanda/active.buildinfo.full.json' }).status).toBe(200);
    const headers = { authorization: 'token=anything' };
    expect(core.handle({ method: 'GET', path: '/v2/apps', headers }).status).toBe(200);
  });
});

describe('users', () => {
  function managed() {
    const bench = guarded('enterprise');
    const admin = { authorization: `token=${bench.core.auth.issue('olga')}` };
    const send = (method: string, uid: string, body?: unknown, headers: Record<string, string> = admin) =>
      bench.core.handle({ method, path: `/acs/api/v1/users/${uid}`, headers, body });
    return { ...bench, send };
  }
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it('are added by password, and as service accounts by public key', () => {
    const { send, logIn, seconds } = managed();
    expect(send('PUT', 'anna', { password: 'hers', description: 'Anna' }).status).toBe(201);
    expect(send('PUT', 'robot', { public_key: pem }).status).toBe(201);
    expect(send('GET', 'anna').body).toMatchObject({ uid: 'anna', description: 'Anna', is_service: false });
    expect(send('GET', 'robot').body).toMatchObject({ uid: 'robot', is_service: true });
    expect(logIn({ uid: 'anna', password: 'hers' }).status).toBe(200);
    expect(logIn({ uid: 'robot', token: signJwt({ uid: 'robot', exp: seconds() + 60 }, privateKey) }).status).toBe(200);
  });

  it.each([
    ['anna', {}, 400],
    ['anna', { password: 'a', public_key: pem }, 400],
    ['anna', { public_key: 'no key' }, 400],
    ['anna', { password: 5 }, 400],
    ['anna', '{"password":', 400],
    ['olga', { password: 'a' }, 409],
  ])('are not added where something is wrong: %s %j', (uid, body, status) => {
    const response = managed().send('PUT', uid, body);
    const form = { title: expect.any(String) as unknown, description: expect.any(String) as unknown };
    expect([response.status, response.body]).toEqual([
      status,
      { ...form, code: expect.stringMatching(/^ERR_/) as unknown },
    ]);
  });

  it('are added and removed by superusers alone', () => {
    const { send, core } = managed();
    const headers = { authorization: `token=${core.auth.issue('marathon-only')}` };
    expect(send('PUT', 'anna', { password: 'a' }, headers).status).toBe(403);
    expect(send('DELETE', 'bot', undefined, headers).status).toBe(403);
  });

  it('that are removed have tokens that are good for nothing', () => {
    const { send, core, get } = managed();
    const headers = { authorization: `token=${core.auth.issue('bot')}` };
    expect(get('/service/marathon/v2/apps', headers).status).toBe(200);
    expect(send('DELETE', 'bot').status).toBe(204);
    expect(get('/service/marathon/v2/apps', headers).status).toBe(401);
    expect(send('DELETE', 'bot').status).toBe(404);
  });
});

describe('a login whose body is no JSON object', () => {
  it.each(['{"uid":', '[]', '5'])('is refused in the form of the IAM: %s', (body) => {
    const { core } = guarded('enterprise');
    const response = core.handle({ method: 'POST', path: '/acs/api/v1/auth/login', body });
    expect([response.status, response.body]).toEqual([
      400,
      { title: 'Bad Request', description: 'The body is not a JSON object.', code: 'ERR_INVALID_DATA' },
    ]);
  });
});
