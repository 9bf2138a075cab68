import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import nock from 'nock';
import { parse } from 'yaml';
import { createMarathonClient } from '../../src/dcos/marathon-client';
import { createHttpClient } from '../../src/http-client/create-http-client';
import { contractFolder, describeWithPart } from '../support/parts';

const base = 'http://marathon.example.com';
const newClient = () => createMarathonClient(createHttpClient({ baseUrl: base, userAgent: 'x' }));
const lockMessage =
  "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.";

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

describe('Marathon client', () => {
  it.each([
    [409, { message: lockMessage, deployments: [{ id: 'd1' }] }, 'MARATHON_LOCKED', 'd1'],
    [409, { message: 'An app with id [/x] already exists.' }, 'MARATHON_DUPLICATE', 'already exists'],
    [
      422,
      { message: 'Object is not valid', details: [{ path: '/cpus', errors: ['too small', 'odd'] }] },
      'REQUEST_REFUSED',
      'Object is not valid; /cpus: too small, odd',
    ],
    [400, { message: 'Invalid JSON', details: 'line 1' }, 'REQUEST_REFUSED', 'Invalid JSON; line 1'],
    [
      403,
      { message: 'Max number (100) of running deployments is achieved. Wait.' },
      'RATE_LIMITED',
      'Max number (100)',
    ],
    [403, { message: 'Not Authorized to perform this action!' }, 'FORBIDDEN', 'Not Authorized'],
    [404, { message: "App '/x' does not exist" }, 'NOT_FOUND', "App '/x' does not exist"],
    [404, { message: 'URI not found' }, 'SERVER_ERROR', "not Marathon's"],
    [404, '<html>no such service</html>', 'SERVER_ERROR', "not Marathon's"],
    [401, '<html>log in</html>', 'UNAUTHORIZED', 'credentials'],
    [503, '', 'SERVER_ERROR', '503'],
  ])('reads %i %j as %s', async (status, body, code, message) => {
    nock(base).put('/v2/apps/x?force=false').reply(status, body);
    await expect(newClient().putApp('/x', { instances: 1 }, { force: false })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
      fields: { status },
    });
  });

  it('tells the ids of the deployments that lock', async () => {
    nock(base)
      .delete('/v2/apps/a/b?force=false')
      .reply(409, { message: lockMessage, deployments: [{ id: 'd1' }, { id: 'd2' }] });
    await expect(newClient().deleteApp('/a/b', { force: false })).rejects.toMatchObject({
      fields: { deployments: ['d1', 'd2'] },
    });
  });

  it('calls JSON of another shape a server error', async () => {
    nock(base).get('/v2/deployments').reply(200, { jobs: [] });
    await expect(newClient().listDeployments()).rejects.toMatchObject({ code: 'SERVER_ERROR' });
  });

  it.each([
    ['the body', { id: '/x', deployments: [{ id: 'd1' }] }, {}, 'd1'],
    ['the header', { id: '/x' }, { 'Marathon-Deployment-Id': 'd2' }, 'd2'],
    ['nowhere', { id: '/x', deployments: null }, {}, undefined],
  ])('takes the deployment of a creation from %s', async (_title, body, headers, expected) => {
    nock(base)
      .post('/v2/apps', { id: '/x', cmd: 'true' })
      .reply(201, body, headers as Record<string, string>);
    expect((await newClient().createApp({ id: '/x', cmd: 'true' })).deploymentId).toBe(expected);
  });

  it('cancels a deployment by reverting it or by force, which answers nothing', async () => {
    nock(base).delete('/v2/deployments/d1?force=false').reply(200, { deploymentId: 'd2', version: 'v' });
    nock(base).delete('/v2/deployments/d1?force=true').reply(202);
    const client = newClient();
    expect(await client.cancelDeployment('d1', { force: false })).toEqual({ deploymentId: 'd2', version: 'v' });
    expect(await client.cancelDeployment('d1', { force: true })).toBeUndefined();
  });
});

describe('Marathon client on tasks, groups and the rest', () => {
  it('restarts an app, and goes back to a version', async () => {
    nock(base).post('/v2/apps/a/b/restart?force=true').reply(200, { deploymentId: 'd1', version: 'v1' });
    nock(base).put('/v2/apps/a/b?force=false', { version: 'v0' }).reply(200, { deploymentId: 'd2', version: 'v2' });
    const client = newClient();
    expect((await client.restartApp('/a/b', { force: true })).deploymentId).toBe('d1');
    expect((await client.putApp('/a/b', { version: 'v0' }, { force: false })).deploymentId).toBe('d2');
  });

  it('kills tasks that are replaced, or with their share of the instances', async () => {
    const task = { id: 't', appId: '/a', state: 'TASK_RUNNING' };
    nock(base)
      .post('/v2/tasks/delete?scale=false&wipe=false&force=false', { ids: ['t'] })
      .reply(200, { tasks: [task] });
    nock(base)
      .post('/v2/tasks/delete?scale=true&wipe=false&force=true', { ids: ['t'] })
      .reply(200, { deploymentId: 'd', version: 'v' });
    nock(base).delete('/v2/apps/a/tasks?host=h1&scale=false&wipe=true&force=false').reply(200, { tasks: [] });
    const client = newClient();
    expect(await client.killTasks(['t'], {})).toMatchObject({ deploymentId: undefined, tasks: [{ appId: '/a' }] });
    expect(await client.killTasks(['t'], { scale: true, force: true })).toEqual({ deploymentId: 'd', tasks: [] });
    expect(await client.killTasksOf('/a', { host: 'h1', wipe: true })).toEqual({ deploymentId: undefined, tasks: [] });
  });

  it('reads, plans, changes and deletes groups, but never the root', async () => {
    const group = { id: '/g', apps: [{ id: '/g/a' }], groups: [{ id: '/g/h', apps: null, groups: [] }] };
    nock(base).get('/v2/groups/g').reply(200, group);
    nock(base).get('/v2/groups').reply(200, { id: '/' });
    nock(base)
      .put('/v2/groups/g?dryRun=true', { apps: [] })
      .reply(200, { steps: [{ actions: [{ action: 'StopApplication', app: '/g/a' }] }] });
    nock(base).put('/v2/groups/g?force=false', { apps: [] }).reply(200, { deploymentId: 'd', version: 'v' });
    nock(base).delete('/v2/groups/g?force=true').reply(200, { version: 'v' });
    const client = newClient();
    expect(await client.getGroup('/g')).toMatchObject({ apps: [{ id: '/g/a' }], groups: [{ id: '/g/h', apps: [] }] });
    expect((await client.getGroup('/')).groups).toEqual([]);
    expect(await client.planGroup('/g', { apps: [] })).toEqual([
      { actions: [{ action: 'StopApplication', app: '/g/a' }] },
    ]);
    expect((await client.putGroup('/g', { apps: [] }, { force: false })).deploymentId).toBe('d');
    expect((await client.deleteGroup('/g', { force: true })).deploymentId).toBeUndefined();
    await expect(client.deleteGroup('//', { force: true })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('reads why an app waits, ends its delay, and knows when there is no leader', async () => {
    const waiting = {
      app: { id: '/a' },
      count: 2,
      since: '2026-01-05T10:00:00.000Z',
      delay: { timeLeftSeconds: 0, overdue: true },
      lastUnusedOffers: [{ offer: { hostname: 'h1', agentId: 'S0' }, reason: ['InsufficientCpus'], timestamp: 't' }],
    };
    nock(base)
      .get('/v2/queue?embed=lastUnusedOffers')
      .reply(200, { queue: [waiting] });
    nock(base).delete('/v2/queue/a/b/delay').reply(204);
    nock(base).get('/v2/leader').reply(404, { message: 'There is no leader' });
    nock(base).get('/v2/leader').reply(200, { leader: 'm1:8080' });
    nock(base).get('/v2/tasks?status=running').reply(200, { tasks: [] });
    const client = newClient();
    expect((await client.listQueueWithOffers())[0]).toMatchObject({
      since: '2026-01-05T10:00:00.000Z',
      lastUnusedOffers: [{ hostname: 'h1', agentId: 'S0', reasons: ['InsufficientCpus'] }],
    });
    await client.resetDelay('/a/b');
    expect([await client.getLeader(), await client.getLeader()]).toEqual([undefined, 'm1:8080']);
    expect(await client.listTasks({ status: 'running' })).toEqual([]);
  });
});

type Recorded = { uri: string; method: string; content?: string; scope?: string };

describeWithPart(contractFolder, 'Marathon client on recorded replies', (folder) => {
  const fixtures =
    folder === ''
      ? []
      : (parse(readFileSync(join(folder, 'marathon/go-marathon/tests/rest-api/methods.yml'), 'utf8')) as Recorded[]);
  const example = (name: string) =>
    JSON.parse(readFileSync(join(folder, 'marathon/raml/v2/examples', name), 'utf8')) as Record<string, unknown>;
  const recorded = (method: string, pattern: RegExp) =>
    fixtures.filter((entry) => entry.method === method && pattern.test(entry.uri) && entry.content !== undefined);
  const client = newClient();

  it('reads every recorded list of apps', async () => {
    const lists = recorded('GET', /^(\/marathon)?\/v2\/apps($|\?)/);
    for (const { content } of lists) {
      nock(base).get('/v2/apps').reply(200, content);
      expect((await client.listApps({})).length).toBeGreaterThan(0);
    }
    expect(lists.length).toBeGreaterThanOrEqual(4);
  });

  it('reads every recorded app', async () => {
    const apps = recorded('GET', /^\/v2\/apps\/[^/]+$/);
    for (const { content } of apps) {
      nock(base).get('/v2/apps/x').reply(200, content);
      expect((await client.getApp('/x')).labels).toBeDefined();
    }
    expect(apps.length).toBeGreaterThanOrEqual(5);
  });

  it('reads every recorded deployment, old steps too', async () => {
    const lists = recorded('GET', /^\/v2\/deployments$/);
    const actions: string[] = [];
    for (const { content } of lists) {
      nock(base).get('/v2/deployments').reply(200, content);
      const deployments = await client.listDeployments();
      actions.push(...deployments.flatMap(({ steps }) => steps.flatMap((step) => step.actions.map((a) => a.action))));
    }
    expect(actions).toEqual(['ScaleApplication', 'StartApplication', 'ScaleApplication']);
  });

  it('reads the recorded changes, versions, queue, info and ping', async () => {
    const content = (method: string, pattern: RegExp) => recorded(method, pattern)[0]?.content ?? '';
    nock(base)
      .post('/v2/apps')
      .reply(201, content('POST', /^\/v2\/apps$/));
    nock(base)
      .put('/v2/apps/x?force=true')
      .reply(200, content('PUT', /^\/v2\/apps\/fake-app\?force=true$/));
    nock(base)
      .delete('/v2/apps/x?force=true')
      .reply(200, content('DELETE', /^\/v2\/apps\/fake-app\?force=true$/));
    nock(base)
      .get('/v2/apps/x/versions')
      .reply(200, content('GET', /^\/v2\/apps\/fake-app\/versions$/));
    nock(base)
      .get('/v2/apps/x/versions/v')
      .reply(200, content('GET', /versions\/2014-09/));
    nock(base)
      .get('/v2/queue')
      .reply(200, content('GET', /^\/v2\/queue$/));
    nock(base)
      .get('/v2/info')
      .reply(200, content('GET', /^\/v2\/info$/));
    nock(base)
      .get('/ping')
      .reply(200, content('GET', /^\/ping$/));
    const created = await client.createApp({ id: '/x' });
    expect(created.deploymentId).toBe('f44fd4fc-4330-4600-a68b-99c7bd33014a');
    expect((await client.putApp('/x', {}, { force: true })).deploymentId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await client.deleteApp('/x', { force: true })).deploymentId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await client.listVersions('/x')).toEqual(['2014-04-04T06:25:31.399Z']);
    expect((await client.getVersion('/x', 'v')).id).toBe('/fake-app');
    expect((await client.listQueue())[0]?.app?.id).toBe('/test');
    expect((await client.getInfo()).version).not.toBe('');
    await expect(client.ping()).resolves.toBeUndefined();
  });

  it('reads the published examples', async () => {
    nock(base).get('/v2/apps').reply(200, example('app_list.json'));
    nock(base).get('/v2/deployments').reply(200, example('deployments.json'));
    nock(base).get('/v2/queue').reply(200, example('queue.json'));
    nock(base).get('/v2/info').reply(200, example('info.json'));
    expect((await client.listApps({})).length).toBeGreaterThan(0);
    expect((await client.listDeployments()).length).toBeGreaterThan(0);
    expect((await client.listQueue()).length).toBeGreaterThan(0);
    expect((await client.getInfo()).version).not.toBe('');
  });
});
