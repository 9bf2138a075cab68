import nock from 'nock';
import { connectClusters } from '../../src/dcos/cluster-connections';
import { createServerGroups } from '../../src/dcos/marathon-server-groups';
import { describeGroup, east } from './builders';

const base = 'http://np1.example.com/service/marathon';
const clusters = connectClusters(
  new Map([['np1', { name: 'np1', url: 'http://np1.example.com/', auth: { type: 'none' } }]]),
);
const groups = createServerGroups({ clusters });
const name = 'foo-dev-v001';
const path = `/v2/apps/nonprod/east/${name}`;
const missing = { message: `App '/nonprod/east/${name}' does not exist` };
const change = { deploymentId: 'd1', version: '2026-01-05T10:00:00.000Z' };
const app = (id: string, createdAt: string, more: Record<string, unknown> = {}) => ({
  id,
  version: 'v',
  instances: 1,
  versionInfo: { lastConfigChangeAt: createdAt },
  ...more,
});

beforeAll(() => nock.disableNetConnect());
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
});
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

describe('server groups on Marathon', () => {
  it('lists a cluster by one request, exactly filtered, newest first', async () => {
    nock(base)
      .get('/v2/apps?embed=apps.tasks&embed=apps.deployments&embed=apps.counts&id=foo-dev')
      .reply(200, {
        apps: [
          app('/nonprod/east/foo-dev-v001', '2026-01-05T10:00:00Z'),
          app('/nonprod/east/foo-dev-v002', '2026-01-05T12:00:00Z'),
          app('/nonprod/west/foo-dev-v003', '2026-01-05T13:00:00Z'),
          app('/nonprod/east/foo-dev-blue-v004', '2026-01-05T13:00:00Z'),
          app('/nonprod/east/xfoo-dev-v005', '2026-01-05T13:00:00Z'),
          app('/nonprod/east/foo-dev', '2026-01-05T13:00:00Z'),
        ],
      });
    const listed = await groups.list(east, 'foo-dev');
    expect(listed.map((group) => group.name)).toEqual(['foo-dev-v002', 'foo-dev-v001']);
  });

  it('gets a group, and undefined where there is none', async () => {
    nock(base)
      .get(path)
      .reply(200, { app: app(`/nonprod/east/${name}`, '2026-01-05T10:00:00Z') });
    nock(base).get(path).reply(404, missing);
    expect((await groups.get(east, name))?.name).toBe(name);
    expect(await groups.get(east, name)).toBeUndefined();
  });

  it("does not take a proxy's 404 for an absent group", async () => {
    nock(base).get(path).reply(404, '<html></html>').delete(`${path}?force=false`).reply(404, '<html></html>');
    await expect(groups.get(east, name)).rejects.toMatchObject({ code: 'SERVER_ERROR' });
    await expect(groups.destroy(east, name, { force: false })).rejects.toMatchObject({ code: 'SERVER_ERROR' });
  });

  it('creates an app that carries the key', async () => {
    nock(base)
      .post('/v2/apps', (body: { id: string; labels: unknown }) => {
        expect(body).toMatchObject({ id: `/nonprod/east/${name}`, labels: { COXSWAIN_KEY: 'e/s/1' } });
        return true;
      })
      .reply(201, { id: `/nonprod/east/${name}`, deployments: [{ id: 'd1' }] });
    expect(await groups.create(describeGroup(), name, 'e/s/1')).toEqual({ deploymentId: 'd1' });
  });

  it('says when a name is taken', async () => {
    nock(base).post('/v2/apps').reply(409, { message: 'An app with id [/x] already exists.' });
    await expect(groups.create(describeGroup(), name, 'k')).rejects.toMatchObject({ code: 'MARATHON_DUPLICATE' });
  });

  it('resizes an app by one request', async () => {
    nock(base).put(`${path}?force=true`, { instances: 3 }).reply(200, change);
    expect(await groups.resize(east, name, 3, { force: true })).toEqual({ deploymentId: 'd1' });
  });

  it('says that an app does not exist where Marathon calls its resize wrong', async () => {
    const refusal = {
      message: 'Object is not valid',
      details: [{ path: '/', errors: ['must have cmd or container'] }],
    };
    nock(base).put(`${path}?force=false`).twice().reply(422, refusal);
    nock(base).get(path).reply(404, missing);
    await expect(groups.resize(east, name, 3, { force: false })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    nock(base)
      .get(path)
      .reply(200, { app: app(`/nonprod/east/${name}`, '2026-01-05T10:00:00Z') });
    await expect(groups.resize(east, name, 3, { force: false })).rejects.toMatchObject({ code: 'REQUEST_REFUSED' });
  });

  it('destroys without force unless told, and counts an absent app as done', async () => {
    nock(base).delete(`${path}?force=false`).reply(200, change).delete(`${path}?force=false`).reply(404, missing);
    expect(await groups.destroy(east, name, { force: false })).toEqual({ deploymentId: 'd1' });
    expect(await groups.destroy(east, name, { force: false })).toEqual({ deploymentId: undefined });
  });

  it('finds the last size that was not 0, past versions that are gone', async () => {
    nock(base)
      .get(`${path}/versions`)
      .reply(200, { versions: ['2026-01-01T00:00:00.000Z', '2026-01-03T00:00:00.000Z', '2026-01-02T00:00:00.000Z'] });
    nock(base).get(`${path}/versions/2026-01-03T00%3A00%3A00.000Z`).reply(200, { id: '/x', instances: 0 });
    nock(base)
      .get(`${path}/versions/2026-01-02T00%3A00%3A00.000Z`)
      .reply(404, { message: "App '/x' does not exist in version 2" });
    nock(base).get(`${path}/versions/2026-01-01T00%3A00%3A00.000Z`).reply(200, { id: '/x', instances: 4 });
    expect(await groups.lastNonZeroSize(east, name)).toBe(4);
  });

  it('has no last size where no version had one', async () => {
    nock(base).get(`${path}/versions`).reply(200, { versions: [] });
    expect(await groups.lastNonZeroSize(east, name)).toBeUndefined();
  });

  it.each([
    [
      { state: 'TASK_FAILED', host: 'a1', timestamp: '2026-01-05T10:00:00Z', message: 'exit 1' },
      'TASK_FAILED on a1 at 2026-01-05 10:00:00 UTC: exit 1',
    ],
    [{}, 'A task failed: no message'],
    [null, undefined],
  ])('words the last failure %j', async (lastTaskFailure, expected) => {
    nock(base)
      .get(path)
      .reply(200, { app: { id: '/x', lastTaskFailure } });
    expect(await groups.lastFailure(east, name)).toBe(expected);
  });

  it('names the clusters it knows for one it does not', async () => {
    await expect(groups.list({ ...east, dcosCluster: 'pe9' }, 'foo')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/'pe9'.*np1/) as unknown,
    });
  });

  it.each([{ account: 'Nonprod' }, { group: 'a//b' }, { group: 'a_b' }, { group: '../x' }])(
    'refuses the place %j before it asks',
    async (over) => {
      await expect(groups.list({ ...east, ...over }, 'foo')).rejects.toMatchObject({ code: 'INVALID_NAME' });
      await expect(groups.get({ ...east, ...over }, name)).rejects.toMatchObject({ code: 'INVALID_NAME' });
    },
  );
});
