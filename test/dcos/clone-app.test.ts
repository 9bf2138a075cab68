import { cloneOfApp } from '../../src/dcos/clone-app';
import { groupOfTask } from '../../src/dcos/marathon-id';
import type { CloneDescription } from '../../src/dcos/server-groups';
import { createEmulatedCluster, groupsOver } from '../support/emulated-cluster';
import { createManualClock } from '../support/manual-clock';
import { east } from './builders';

const source = {
  id: '/nonprod/east/foo-v001',
  version: 'v',
  instances: 4,
  cpus: 0.5,
  mem: 256,
  env: { A: 'b', S: { secret: 's' } },
  secrets: { s: { source: 'path' } },
  labels: { owner: 'team', COXSWAIN_KEY: 'old' },
  networks: [{ mode: 'container/bridge' }],
  requirePorts: false,
  container: {
    type: 'DOCKER',
    volumes: [{ hostPath: '/a', containerPath: '/b', mode: 'RO' }],
    docker: { image: 'repo/foo:1', forcePullImage: true },
    portMappings: [{ containerPort: 80, labels: { VIP_0: '/nonprod/east/foo-v001:80', VIP_1: 'foo:80' } }],
  },
  healthChecks: [{ protocol: 'HTTP', path: '/health' }],
  upgradeStrategy: { minimumHealthCapacity: 0.5 },
};
const { version, ...plain } = source;

const clone = (description: Partial<CloneDescription> = {}, from: Readonly<Record<string, unknown>> = source) =>
  cloneOfApp(from, { location: east, desiredCapacity: 2, ...description }, 'foo-v002', 'e/s/1');

const renamed = {
  ...source.container,
  portMappings: [{ containerPort: 80, labels: { VIP_0: '/nonprod/east/foo-v002:80', VIP_1: 'foo:80' } }],
};

describe('cloneOfApp', () => {
  it('reads every field from its source, but for its name, its size and what is named after it', () => {
    expect(version).toBe('v');
    expect(clone()).toEqual({
      ...plain,
      id: '/nonprod/east/foo-v002',
      instances: 2,
      container: renamed,
      labels: { owner: 'team', COXSWAIN_KEY: 'e/s/1' },
    });
  });

  it.each<[string, Partial<CloneDescription>, Readonly<Record<string, unknown>>]>([
    ['cpus', { cpus: 1 }, { cpus: 1 }],
    ['mem', { mem: 1024 }, { mem: 1024 }],
    ['disk and gpus', { disk: 5, gpus: 0 }, { disk: 5, gpus: 0 }],
    ['env', { env: { C: 'd' } }, { env: { C: 'd' } }],
    [
      'env with a secret',
      { env: { C: { secret: 'x' } } },
      { env: { C: { secret: 'x' } }, secrets: { x: { source: 'x' } } },
    ],
    ['labels', { labels: { c: 'd' } }, { labels: { c: 'd', COXSWAIN_KEY: 'e/s/1' } }],
    ['constraints', { constraints: 'hostname:UNIQUE' }, { constraints: [['hostname', 'UNIQUE']] }],
    ['health checks', { healthChecks: [] }, { healthChecks: [] }],
    [
      'the image',
      { docker: { image: { imageId: 'repo/foo:2' } } },
      { container: { ...renamed, docker: { image: 'repo/foo:2', forcePullImage: true } } },
    ],
    [
      'marathon fields',
      { marathon: { upgradeStrategy: { maximumOverCapacity: 0 } } },
      { upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 } },
    ],
  ])('replaces %s where they are given, and nothing else', (_title, description, expected) => {
    const { container, labels, ...others } = clone();
    expect(clone(description)).toEqual({ ...others, container, labels, ...expected });
  });

  it('replaces how it is reached as a whole', () => {
    const endpoint = { networkType: 'HOST', port: 8080, name: 'http', protocol: 'tcp' } as const;
    const app = clone({ serviceEndpoints: [endpoint] });
    expect(app).toMatchObject({ networks: [{ mode: 'host' }], portDefinitions: [{ port: 8080, name: 'http' }] });
    expect(app.container).toEqual({
      type: 'DOCKER',
      volumes: source.container.volumes,
      docker: source.container.docker,
    });
  });

  it('renames the virtual addresses of every spelling', () => {
    const ports = [{ labels: { VIP_0: '/nonprod/east/foo-v001:80' } }];
    const labels = { VIP_0: '/nonprod/east/foo-v002:80' };
    const old = { id: source.id, portDefinitions: ports, container: { docker: { image: 'a', portMappings: ports } } };
    expect(clone({}, old)).toMatchObject({
      portDefinitions: [{ labels }],
      container: { docker: { portMappings: [{ labels }] } },
    });
  });

  it('gives an app without a container the image that it is given', () =>
    expect(clone({ docker: { image: { imageId: 'a' } } }, { id: source.id, cmd: 'x' })).toMatchObject({
      cmd: 'x',
      container: { type: 'DOCKER', docker: { image: 'a' } },
    }));

  it.each([
    [{ marathon: { instances: 7 } }, source, /instances, which Coxswain sets itself/],
    [{ constraints: 'x' }, source, /had 1 parts/],
    [{}, { ...source, container: { volumes: [{ persistent: {} }] } }, /persistent volume/],
  ])('refuses %j', (description, from, message) => expect(() => clone(description, from)).toThrow(message));
});

describe('groupOfTask (semantics §1.3)', () => {
  it.each([
    ['nonprod_east_foo-v001.instance-0b1c7e7c-0000-11e8-8000-000000000000._app.1', 'foo-v001'],
    ['nonprod_east_foo-v001.0b1c7e7c-0000-11e8-8000-000000000000', 'foo-v001'],
    ['nonprod_west_foo-v001.0b1c7e7c-0000-11e8-8000-000000000000', undefined],
    ['nonprod_east_web_foo-v001.0b1c7e7c-0000-11e8-8000-000000000000', undefined],
    ['nonprod_east_foo-v001', undefined],
    ['nonprod_east_.x', undefined],
    ['', undefined],
  ])('%s is of %s', (id, name) => expect(groupOfTask(east, id)).toBe(name));
});

describe('over an emulated DC/OS', () => {
  function bench() {
    const clock = createManualClock();
    const cluster = createEmulatedCluster('np1', clock);
    const groups = groupsOver({ np1: cluster }, clock);
    cluster.core.seed({ id: '/nonprod/east/foo-v001', instances: 2, cmd: 'sleep 1000', cpus: 0.1, env: { A: 'b' } });
    const read = (name: string) =>
      (
        cluster.core.handle({ method: 'GET', path: `/v2/apps/nonprod/east/${name}` }).body as {
          app: Record<string, unknown>;
        }
      ).app;
    return { clock, groups, read };
  }

  it('a clone is created, once', async () => {
    const { clock, groups, read } = bench();
    await clock.advance(5000);
    const from = { location: east, name: 'foo-v001' };
    await groups.clone(from, { location: east, desiredCapacity: 3, mem: 64 }, 'foo-v002', 'e/s/1');
    await clock.advance(5000);
    expect(read('foo-v002')).toMatchObject({
      cmd: 'sleep 1000',
      env: { A: 'b' },
      mem: 64,
      instances: 3,
      tasksRunning: 3,
    });
    await expect(groups.clone(from, { location: east, desiredCapacity: 1 }, 'foo-v002', 'k')).rejects.toMatchObject({
      code: 'MARATHON_DUPLICATE',
    });
    const gone = { location: east, name: 'foo-v009' };
    await expect(groups.clone(gone, { location: east, desiredCapacity: 1 }, 'foo-v003', 'k')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it.each([
    [false, 2],
    [true, 1],
  ])('an instance is killed by its id, for good or not: %s', async (decrement, left) => {
    const { clock, groups } = bench();
    await clock.advance(5000);
    const [first] = (await groups.get(east, 'foo-v001'))?.instances ?? [];
    const id = first?.id ?? '';
    expect(groups.groupOfInstance(east, id)).toBe('foo-v001');
    await groups.terminate(east, [id], { decrement });
    await clock.advance(30_000);
    await groups.terminate(east, [id], { decrement });
    await clock.advance(30_000);
    const after = await groups.get(east, 'foo-v001');
    expect([after?.desired, after?.instances.length]).toEqual([left, left]);
    expect(after?.instances.map((instance) => instance.id)).not.toContain(id);
  });
});
