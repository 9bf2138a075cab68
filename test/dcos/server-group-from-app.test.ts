import { serverGroupFromApp } from '../../src/dcos/server-group-from-app';
import { east, readApp } from './builders';

const instanceOf = (task: Record<string, unknown>, app: Record<string, unknown> = {}) =>
  serverGroupFromApp(readApp({ tasks: [{ id: 't1', ...task }], ...app }), east)?.instances[0];

describe('serverGroupFromApp', () => {
  it('shows what an app holds', () => {
    const app = readApp({
      instances: 3,
      labels: { COXSWAIN_KEY: 'k' },
      container: { type: 'DOCKER', docker: { image: 'demo/foo:1' } },
      versionInfo: { lastConfigChangeAt: '2026-01-05T09:00:00.000Z' },
      deployments: [{ id: 'd1' }],
      tasks: [{ id: 't1', state: 'TASK_STAGING', host: 'a1', startedAt: '2026-01-05T09:00:01.000Z' }],
    });
    expect(serverGroupFromApp(app, east)).toEqual({
      name: 'foo-dev-v001',
      moniker: { app: 'foo', stack: 'dev', detail: null, cluster: 'foo-dev', sequence: 1 },
      location: east,
      createdTime: Date.parse('2026-01-05T09:00:00Z'),
      scaledTime: Date.parse('2026-01-05T10:00:00Z'),
      desired: 3,
      instances: [
        { id: 't1', health: 'Down', serving: false, launchTime: Date.parse('2026-01-05T09:00:01Z'), host: 'a1' },
      ],
      image: 'demo/foo:1',
      marathonId: '/nonprod/east/foo-dev-v001',
      marathonVersion: '2026-01-05T10:00:00.000Z',
      deployments: ['d1'],
      labels: { COXSWAIN_KEY: 'k' },
    });
  });

  it.each([
    ['has no sequence', { id: '/nonprod/east/foo-dev' }],
    ['has a sequence that is too short', { id: '/nonprod/east/foo-dev-v01' }],
    ['stands in another group', { id: '/nonprod/west/foo-dev-v001' }],
    ['stands deeper', { id: '/nonprod/east/deep/foo-dev-v001' }],
    ['stands higher', { id: '/nonprod/foo-dev-v001' }],
    ['has no application in its name', { id: '/nonprod/east/-dev-v001' }],
    ['is a load balancer', { labels: { SPINNAKER_LOAD_BALANCER: 'lb' } }],
    ['has no id', { id: null }],
  ])('does not see an app that %s', (_title, over) => expect(serverGroupFromApp(readApp(over), east)).toBeUndefined());

  it('takes the time of creation as 0 where Marathon does not say', () =>
    expect(serverGroupFromApp(readApp({ versionInfo: null }), east)?.createdTime).toBe(0));

  it.each([
    ['since its configuration', '2026-01-05T09:59:59.999Z', Date.parse('2026-01-05T10:00:00Z')],
    ['only with its configuration', '2026-01-05T10:00:00.000Z', undefined],
    ['at a time that Marathon does not say', null, undefined],
  ])('says when its size was changed: %s', (_title, lastConfigChangeAt, expected) => {
    const app = readApp({ version: '2026-01-05T10:00:00.000Z', versionInfo: { lastConfigChangeAt } });
    expect(serverGroupFromApp(app, east)?.scaledTime).toBe(expected);
  });

  it.each([
    ['TASK_RUNNING', 'Up'],
    ['TASK_STARTING', 'Starting'],
    ['TASK_FINISHED', 'Succeeded'],
    ['TASK_FAILED', 'Failed'],
    ['TASK_ERROR', 'Failed'],
    ['TASK_DROPPED', 'Failed'],
    ['TASK_STAGING', 'Down'],
    ['TASK_KILLED', 'Down'],
    ['TASK_GONE', 'Down'],
    ['TASK_KILLING', 'Unknown'],
    ['TASK_UNREACHABLE', 'Unknown'],
    ['TASK_GONE_BY_OPERATOR', 'Unknown'],
    ['TASK_UNKNOWN', 'Unknown'],
    ['TASK_NEW_WORD', 'Unknown'],
  ])('maps %s to %s', (state, health) =>
    expect(instanceOf({ state })).toEqual({ id: 't1', health, serving: state === 'TASK_RUNNING' }),
  );

  const checks = [{ protocol: 'HTTP' }];
  const results = (...alive: boolean[]) => alive.map((value) => ({ alive: value }));
  it.each([
    ['no health checks', {}, {}, 'Up', true],
    ['health checks without a result', {}, { healthChecks: checks }, 'Up', false],
    ['a good result', { healthCheckResults: results(true) }, { healthChecks: checks }, 'Up', true],
    ['one bad result', { healthCheckResults: results(true, false) }, { healthChecks: checks }, 'Down', false],
    ['a null result', { healthCheckResults: [null] }, { healthChecks: checks }, 'Up', false],
    ['an active deployment', {}, { deployments: [{ id: 'd' }] }, 'Down', true],
  ])('judges a running task with %s', (_title, task, app, health, serving) =>
    expect(instanceOf({ state: 'TASK_RUNNING', ...task }, app)).toMatchObject({ health, serving }),
  );

  it.each([
    ['2016-01-01T00:00:00.000Z', 'Up'],
    [null, 'Down'],
  ])('goes by the start %s where an old Marathon says no state', (startedAt, health) =>
    expect(instanceOf({ startedAt })?.health).toBe(health),
  );
});
