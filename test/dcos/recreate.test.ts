import { copyOfApp } from '../../src/dcos/copy-app';
import { createEmulatedCluster, groupsOver } from '../support/emulated-cluster';
import { createManualClock } from '../support/manual-clock';
import { east } from './builders';

const wanted = {
  instances: 2,
  cmd: 'sleep 1000',
  cpus: 0.5,
  env: { A: 'b' },
  labels: { owner: 'team', HAPROXY_GROUP: 'external' },
  healthChecks: [{ protocol: 'HTTP', path: '/health' }],
};

describe('copyOfApp', () => {
  it('keeps the definition and leaves out what Marathon says beside it', () => {
    const told = { version: 'v', versionInfo: {}, tasks: [], deployments: [], lastTaskFailure: null, args: null };
    const doubled = { ports: [1], portDefinitions: [{ port: 1 }], uris: [], fetch: [] };
    expect(copyOfApp({ id: '/a/foo', ...wanted, ...told, ...doubled }, '/a/foo-v000', 'k')).toEqual({
      ...wanted,
      id: '/a/foo-v000',
      portDefinitions: [{ port: 1 }],
      fetch: [],
      labels: { ...wanted.labels, COXSWAIN_KEY: 'k' },
    });
  });

  it('keeps an old spelling that stands alone', () =>
    expect(copyOfApp({ id: '/a', ports: [1] }, '/b', 'k')).toMatchObject({ ports: [1] }));

  it('refuses an app that holds data', () =>
    expect(() => copyOfApp({ id: '/a', container: { volumes: [{ persistent: { size: 1 } }] } }, '/b', 'k')).toThrow(
      /persistent volume/,
    ));
});

describe('an app recreated beside itself', () => {
  it('is the same app under another name, and the first is a server group for nobody', async () => {
    const clock = createManualClock();
    const cluster = createEmulatedCluster('np1', clock);
    const groups = groupsOver({ np1: cluster }, clock);
    cluster.core.seed({ id: '/nonprod/east/foo', ...wanted });
    expect(await groups.get(east, 'foo')).toBeUndefined();
    expect(await groups.unmanaged(east, 'foo')).toMatchObject({ name: 'foo', desired: 2 });
    expect((await groups.look(east)).value.unmanaged(east, 'foo')).toHaveLength(1);
    await groups.recreate(east, 'foo', 'foo-prod-v000', 'e/s/1');
    await clock.advance(5000);
    const { app } = cluster.core.handle({ method: 'GET', path: '/v2/apps/nonprod/east/foo-prod-v000' }).body as {
      app: Record<string, unknown>;
    };
    expect(app).toMatchObject({ ...wanted, labels: { ...wanted.labels, COXSWAIN_KEY: 'e/s/1' }, tasksHealthy: 2 });
    const view = (await groups.look(east)).value;
    expect(view.groups(east, 'foo-prod').map(({ name }) => name)).toEqual(['foo-prod-v000']);
    await expect(groups.recreate(east, 'foo', 'foo-prod-v000', 'x')).rejects.toMatchObject({
      code: 'MARATHON_DUPLICATE',
    });
    await groups.resize(east, 'foo', 0, { force: false });
    await clock.advance(5000);
    await groups.destroy(east, 'foo', { force: false });
    expect(await groups.unmanaged(east, 'foo')).toBeUndefined();
    expect((await groups.look(east)).value.unmanaged(east, 'foo')).toEqual([]);
  });

  it('is not made of an app that is gone', async () => {
    const clock = createManualClock();
    const groups = groupsOver({ np1: createEmulatedCluster('np1', clock) }, clock);
    await expect(groups.recreate(east, 'foo', 'foo-prod-v000', 'k')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
