import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '../../src/http-client/create-http-client';
import { createJenkinsClient, type JenkinsClient } from '../../src/jenkins/jenkins-client';
import { mayHaveHappened } from '../../src/jenkins/jenkins-failure';
import { CoxswainError } from '../../src/model/errors';
import { Secret } from '../../src/model/secret';
import { createManualClock } from '../support/manual-clock';

const build = { job: 'team/ship', number: 7 };

/** Every call of the client. */
const calls: Readonly<Record<string, (client: JenkinsClient) => Promise<unknown>>> = {
  getJob: (client) => client.getJob('ship'),
  startBuild: (client) => client.startBuild('ship', undefined),
  startWithParameters: (client) => client.startBuild('ship', { A: '1' }),
  getQueueItem: (client) => client.getQueueItem(3),
  cancelQueueItem: (client) => client.cancelQueueItem(3),
  listTraces: (client) => client.listTraces('ship'),
  getBuild: (client) => client.getBuild(build),
  stopBuild: (client) => client.stopBuild(build),
  listArtifacts: (client) => client.listArtifacts(build),
  readArtifact: (client) => client.readArtifact(build, { relativePath: 'r.json', maxBytes: 1000 }),
};
const all = Object.keys(calls);
const actions = ['startBuild', 'startWithParameters', 'cancelQueueItem', 'stopBuild'];
const readingJson = all.filter((name) => name !== 'readArtifact' && !actions.includes(name));
const except = (...names: readonly string[]) => all.filter((name) => !names.includes(name));

const token = '11deadbeef';
const basic = Buffer.from(`ana:${token}`).toString('base64');
const html = (title: string) => `<html><head><title>${title}</title></head><body>${token} ${basic}</body></html>`;

const answer =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'Content-Type': 'text/html', ...headers }).end(body);
const cut = (response: ServerResponse) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  response.write('{"number":', () => response.socket?.destroy());
};
const login = '<html><head><meta http-equiv=refresh content="1;url=/login?from=%2F"></head></html>';

type Failure = readonly [
  how: string,
  answer: (response: ServerResponse) => void,
  code: string,
  calls: readonly string[],
];

const failures: readonly Failure[] = [
  ['a server that breaks off before the answer', (response) => response.socket?.destroy(), 'UNREACHABLE', all],
  ['an answer cut in the middle', cut, 'UNREACHABLE', all],
  ['500 in HTML', answer(500, html('Oops!')), 'SERVER_ERROR', all],
  ['503 while it starts', answer(503, html('Starting Jenkins')), 'SERVER_ERROR', all],
  ['504 without a body', answer(504, ''), 'SERVER_ERROR', all],
  ['401', answer(401, html('Error 401 Invalid password/token')), 'UNAUTHORIZED', all],
  ['403 of a permission', answer(403, html('ana is missing the Job/Build permission')), 'FORBIDDEN', all],
  ['403 that asks for a login', answer(403, login), 'UNAUTHORIZED', all],
  ['404', answer(404, html('Error 404 Not Found')), 'NOT_FOUND', except('cancelQueueItem')],
  ['400', answer(400, html('Nothing is submitted')), 'REQUEST_REFUSED', all],
  ['409', answer(409, html('ship is not buildable')), 'REQUEST_REFUSED', all],
  ['429', answer(429, '', { 'Retry-After': '30' }), 'RATE_LIMITED', all],
  ['a redirect to a login', answer(302, '', { Location: 'https://sso.example.com/login?x=1' }), 'UNAUTHORIZED', all],
  [
    'a redirect of what is read',
    answer(302, '', { Location: 'https://ci.example.com/' }),
    'SERVER_ERROR',
    [...readingJson, 'readArtifact'],
  ],
  ['HTML instead of JSON', answer(200, html('Sign in')), 'SERVER_ERROR', readingJson],
  [
    'JSON of another shape',
    answer(200, '{"items": 1, "number": "x"}'),
    'SERVER_ERROR',
    except('readArtifact', 'getQueueItem', 'listArtifacts', ...actions),
  ],
  ['JSON that is no object', answer(200, '[]'), 'SERVER_ERROR', readingJson],
  [
    'an answer that names no queue item',
    answer(201, '', { Location: 'https://ci.example.com/job/ship/' }),
    'SERVER_ERROR',
    ['startBuild', 'startWithParameters'],
  ],
];

let server: Server;
let reply: (response: ServerResponse) => void = () => undefined;
/** Whether the crumb issuer answers as everything else; else there is none. */
let issuerFails = false;
let asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (request.url === '/crumbIssuer/api/json' && !issuerFails) answer(404, '')(response);
    else reply(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked = [];
  issuerFails = false;
});

function clientOf(clock = createManualClock(), port = (server.address() as AddressInfo).port): JenkinsClient {
  const http = createHttpClient({ baseUrl: `http://127.0.0.1:${port}`, userAgent: 'test', clock });
  return createJenkinsClient(http, { user: 'ana', token: new Secret('a test', () => token) });
}

async function failureOf(name: string, client = clientOf()): Promise<CoxswainError> {
  const error: unknown = await (calls[name] ?? calls.getJob)?.(client).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof CoxswainError) return error;
  throw new Error(`${name} did not fail as it should: ${String(error)}`);
}

describe.each(failures)('%s', (_how, fail, code, names) => {
  it.each(names)(`is ${code} of %s, and shows no secret`, async (name) => {
    reply = fail;
    const error = await failureOf(name);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^(Cannot |Jenkins on )/);
    expect(error.message + JSON.stringify(error.fields)).not.toMatch(new RegExp(`${token}|${basic}`));
  });
});

describe('a Jenkins that cannot be had', () => {
  it.each(all)('is UNREACHABLE of %s when it refuses connections', async (name) => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const error = await failureOf(name, clientOf(createManualClock(), port));
    expect([error.code, mayHaveHappened(error)]).toEqual(['UNREACHABLE', false]);
  });

  it.each(all)('is TIMED_OUT of %s when it does not answer in 5 s', async (name) => {
    const clock = createManualClock();
    const waiting = new Promise<void>((resolve) => {
      reply = () => resolve();
    });
    const failed = failureOf(name, clientOf(clock));
    await waiting;
    await clock.advance(5000);
    const error = await failed;
    expect([error.code, mayHaveHappened(error)]).toEqual(['TIMED_OUT', true]);
  });

  it('fails with the crumb issuer before anything is done', async () => {
    issuerFails = true;
    reply = answer(500, html('Oops!'));
    const error = await failureOf('startBuild');
    expect(error.message).toMatch(/^Cannot get a crumb: .*Oops!/);
    expect(asked).toEqual(['GET /crumbIssuer/api/json']);
  });
});

describe('a redirect', () => {
  it('says where it leads, without the query, which may hold what nobody should see', async () => {
    reply = answer(302, '', { Location: 'https://sso.example.com/login?ticket=secret#part' });
    const { fields } = await failureOf('getBuild');
    expect(fields).toMatchObject({ status: 302, location: 'https://sso.example.com/login' });
  });
});

describe('an action', () => {
  it('is done where it ends in a redirect to a page', async () => {
    reply = answer(302, '', { Location: 'https://ci.example.com/job/ship/7/' });
    await expect(clientOf().stopBuild(build)).resolves.toBeUndefined();
    await expect(clientOf().cancelQueueItem(3)).resolves.toBeUndefined();
  });

  it('is sent once more after 403 only with a crumb that was fetched before, and then no more', async () => {
    reply = answer(201, '', { Location: 'https://elsewhere.example.com/jenkins/queue/item/12/' });
    const client = clientOf();
    expect(await client.startBuild('ship', undefined)).toBe(12);
    asked = [];
    reply = answer(403, html('No valid crumb was included in the request'));
    expect((await failureOf('startBuild', client)).code).toBe('FORBIDDEN');
    expect(asked).toEqual(['POST /job/ship/build', 'GET /crumbIssuer/api/json', 'POST /job/ship/build']);
    asked = [];
    expect((await failureOf('startBuild')).code).toBe('FORBIDDEN');
    expect(asked).toEqual(['GET /crumbIssuer/api/json', 'POST /job/ship/build']);
  });
});
