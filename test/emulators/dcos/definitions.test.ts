import { createBench } from './bench';

const web = { id: '/demo/web', cmd: 'serve', cpus: 0.1, mem: 32, instances: 1 };

type Shown = { readonly app: Record<string, unknown> };

function stored(fields: object) {
  const bench = createBench();
  bench.call('POST', '/v2/apps', { ...web, ...fields });
  bench.clock.advance(10_000);
  const put = (body: object) => {
    const { status } = bench.call('PUT', '/v2/apps/demo/web?force=true', body);
    return [status, (bench.call('GET', '/v2/apps/demo/web').body as unknown as Shown).app] as const;
  };
  const shown = () => (bench.call('GET', '/v2/apps/demo/web').body as unknown as Shown).app;
  return { ...bench, put, shown };
}

describe('a definition of the wrong shape', () => {
  it.each([
    [{ labels: { a: 1 } }, '/labels/a', 'error.expected.jsstring'],
    [{ labels: { EMULATOR_HEALTH: 5 } }, '/labels/EMULATOR_HEALTH', 'error.expected.jsstring'],
    [{ labels: [] }, '/labels', 'error.expected.jsobject'],
    [{ env: { A: 1 } }, '/env/A', 'error.expected.jsstring'],
    [{ env: { A: { secret: 1 } } }, '/env/A/secret', 'error.expected.jsstring'],
    [{ healthChecks: [{ intervalSeconds: 'x' }] }, '/healthChecks(0)/intervalSeconds', 'error.expected.jsnumber'],
    [{ instances: 1.5 }, '/instances', 'error.expected.int'],
    [{ upgradeStrategy: { minimumHealthCapacity: 'x' } }, '/upgradeStrategy/minimumHealthCapacity', jsNumber()],
    [{ portDefinitions: [80] }, '/portDefinitions(0)', 'error.expected.jsobject'],
    [{ portDefinitions: [{ port: 0 }, { port: 'http' }] }, '/portDefinitions(1)/port', jsNumber()],
    [{ constraints: [[1, 'UNIQUE']] }, '/constraints(0)(0)', 'error.expected.jsstring'],
    [{ constraints: [{}] }, '/constraints(0)', 'error.expected.jsarray'],
    [{ constraints: [null] }, '/constraints(0)', 'error.expected.jsarray'],
    [{ container: { docker: {} } }, '/container/docker/image', 'error.path.missing'],
    [{ killSelection: 5 }, '/killSelection', 'error.expected.jsstring'],
    [{ unreachableStrategy: { inactiveAfterSeconds: 'x' } }, '/unreachableStrategy/inactiveAfterSeconds', jsNumber()],
    [{ dependencies: [1] }, '/dependencies(0)', 'error.expected.jsstring'],
    [{ ports: ['80'] }, '/ports(0)', 'error.expected.jsnumber'],
  ])('is refused with 400: %j', (fields, path, error) => {
    const { call } = createBench();
    const response = call('POST', '/v2/apps', { ...web, ...fields });
    expect([response.status, response.body]).toEqual([
      400,
      { message: 'Invalid JSON', details: [{ path, errors: [error] }] },
    ]);
    expect(call('GET', '/v2/apps').body.apps).toEqual([]);
  });
});

describe('a definition with a wrong value', () => {
  it.each([
    [{ healthChecks: [{ protocol: 'FTP' }] }, '/healthChecks(0)/protocol'],
    [{ killSelection: 'FOO' }, '/killSelection'],
    [{ networks: [{ mode: 'blah' }] }, '/networks(0)/mode'],
    [{ unreachableStrategy: 'maybe' }, '/unreachableStrategy'],
    [{ maxLaunchDelaySeconds: -1 }, '/maxLaunchDelaySeconds'],
    [{ taskKillGracePeriodSeconds: -1 }, '/taskKillGracePeriodSeconds'],
    [{ backoffFactor: 0.5 }, '/backoffFactor'],
    [{ constraints: [['hostname']] }, '/constraints(0)'],
    [{ constraints: [['hostname', 'BESIDE']] }, '/constraints(0)'],
    [{ constraints: [['hostname', 'LIKE', '(']] }, '/constraints(0)'],
    [{ constraints: [['hostname', 'MAX_PER', 'two']] }, '/constraints(0)'],
    [{ constraints: [['hostname', 'LIKE']] }, '/constraints(0)'],
    [{ container: { volumes: [{ containerPath: '/data', mode: 'RW' }] } }, '/container/volumes(0)'],
    [{ portDefinitions: [{ port: 70_000 }] }, '/portDefinitions(0)/port'],
  ])('is refused with 422: %j', (fields, path) => {
    const { call } = createBench();
    const response = call('POST', '/v2/apps', { ...web, ...fields });
    const errors = [expect.any(String) as unknown];
    expect([response.status, response.body]).toEqual([
      422,
      { message: 'Object is not valid', details: [{ path, errors }] },
    ]);
    expect(call('PUT', '/v2/apps/demo/web', { ...web, ...fields }).status).toBe(422);
  });
});

describe('a definition', () => {
  it('is stored without nulls and without fields that Marathon does not know', () => {
    const { shown } = stored({
      user: null,
      colour: 'red',
      healthChecks: [{ path: '/', port: null, colour: 'red' }],
      container: { docker: { image: 'a/b', colour: 'red', pullConfig: null } },
      unreachableStrategy: { inactiveAfterSeconds: null },
    });
    expect(JSON.stringify(shown())).not.toMatch(/colour|null/);
    expect(shown()).not.toHaveProperty('user');
    expect(shown().unreachableStrategy).toEqual({ inactiveAfterSeconds: 0, expungeAfterSeconds: 0 });
  });

  it('is not changed by nulls and unknown fields', () => {
    const { put, shown } = stored({});
    const { version } = shown();
    expect(put({ colour: 'red', cmd: null, version: null })).toEqual([200, expect.objectContaining({ version })]);
  });
});

describe('an update in the deprecated form', () => {
  it('replaces fetch by uris', () => {
    const { put } = stored({ fetch: [{ uri: 'http://a.invalid/1.tgz' }] });
    expect(put({ uris: ['http://a.invalid/2.tgz'] })[1].fetch).toMatchObject([{ uri: 'http://a.invalid/2.tgz' }]);
  });

  it('replaces portDefinitions by ports', () => {
    const { put } = stored({ portDefinitions: [{ port: 9000 }] });
    expect(put({ ports: [9001] })[1].portDefinitions).toEqual([{ port: 9001, protocol: 'tcp' }]);
  });

  it('replaces networks by those of the Docker container', () => {
    const { put } = stored({});
    const docker = { image: 'a/b', network: 'BRIDGE', portMappings: [{ containerPort: 80 }] };
    const [, app] = put({ container: { type: 'DOCKER', docker } });
    expect(app).toMatchObject({
      networks: [{ mode: 'container/bridge' }],
      container: { portMappings: [{ containerPort: 80 }] },
    });
    const [, back] = put({ container: { type: 'DOCKER', docker: { image: 'a/b', network: 'HOST' } } });
    expect(back).toMatchObject({ networks: [{ mode: 'host' }], portDefinitions: [{ protocol: 'tcp' }] });
  });

  it('replaces networks by ipAddress', () => {
    const { put } = stored({ networks: [{ mode: 'container', name: 'old' }] });
    expect(put({ ipAddress: { networkName: 'new' } })[1].networks).toEqual([{ mode: 'container', name: 'new' }]);
  });
});

function jsNumber(): string {
  return 'error.expected.jsnumber';
}
