import { createBench } from '../bench';

const base = '/service/edgelb';
const service = (serviceID: string, miscStr?: string) => ({ marathon: { serviceID }, endpoint: { miscStr } });
const pool = (...services: object[]) => ({
  name: 'front',
  haproxy: {
    frontends: [{ bindPort: 80, protocol: 'HTTP', linkBackend: { defaultBackend: 'web' } }],
    backends: [{ name: 'web', protocol: 'HTTP', services }],
  },
});

function withApps() {
  const bench = createBench();
  bench.core.seed({ id: '/web/blue', cmd: 'serve', cpus: 0.1, instances: 2 });
  bench.core.seed({ id: '/web/green', cmd: 'serve', cpus: 0.1, instances: 1 });
  const config = () => bench.core.handle({ method: 'GET', path: `${base}/v2/pools/front/lbconfig` }).body as string;
  return { ...bench, config };
}

describe('the pools of Edge-LB', () => {
  it('are created with 200 and the whole pool, defaults filled in', () => {
    const { call } = withApps();
    const created = call('POST', `${base}/v2/pools`, pool(service('/web/blue')));
    expect(created).toMatchObject({
      status: 200,
      body: {
        apiVersion: 'V2',
        name: 'front',
        namespace: 'dcos-edgelb/pools',
        role: 'slave_public',
        count: 1,
        haproxy: {
          stats: { bindPort: 9090 },
          backends: [{ balance: 'roundrobin', services: [{ endpoint: { type: 'AUTO_IP' } }] }],
        },
      },
    });
    expect(call('GET', `${base}/v2/pools`).body).toEqual([created.body]);
    expect(call('GET', `${base}/v2/pools/front`).body).toEqual(created.body);
    expect(call('GET', `${base}/v2/config`).body).toEqual({ pools: [created.body] });
  });

  it('shift traffic by weights, and switch it from blue to green, without a change of the apps', () => {
    const { call, config, core } = withApps();
    call('POST', `${base}/v2/pools`, pool(service('/web/blue')));
    expect(config().match(/server web_blue\S+ \S+:\d+$/gm)).toHaveLength(2);
    const shared = pool(service('/web/blue', 'weight 90'), service('/web/green', 'weight 10'));
    expect(call('PUT', `${base}/v2/pools/front`, shared).status).toBe(200);
    expect(config().match(/server web_blue\S+ \S+ weight 90$/gm)).toHaveLength(2);
    expect(config().match(/server web_green\S+ \S+ weight 10$/gm)).toHaveLength(1);
    call('PUT', `${base}/v2/pools/front`, pool(service('/web/green')));
    expect(config()).not.toContain('web_blue');
    expect(core.requests.list({ mutations: true }).map(({ path }) => path)).toEqual([
      `${base}/v2/pools`,
      `${base}/v2/pools/front`,
      `${base}/v2/pools/front`,
    ]);
  });

  it('show which requests go to which backend', () => {
    const { call, config } = withApps();
    const map = [
      { backend: 'api', hostEq: 'api.example.com', pathBeg: '/v1' },
      { backend: 'web', hostReg: '.*[.]example[.]com' },
      { backend: 'web', pathEnd: '.png' },
      { backend: 'web', pathReg: '^/(a|b)$' },
    ];
    const { haproxy, ...rest } = pool(service('/web/blue'));
    const address = { endpoint: { type: 'ADDRESS', address: '10.1.2.3', port: 8443, miscStr: 'backup' } };
    const created = call('POST', `${base}/v2/pools`, {
      ...rest,
      haproxy: {
        frontends: [{ bindPort: 80, protocol: 'HTTP', linkBackend: { map, defaultBackend: 'web' } }],
        backends: [...haproxy.backends, { name: 'api', protocol: 'HTTP', services: [address] }],
      },
    });
    expect(created.status).toBe(200);
    expect(config()).toContain(
      [
        '  mode http',
        '  acl map_0_hostEq hdr(host) -i api.example.com',
        '  acl map_0_pathBeg path_beg /v1',
        '  use_backend api if map_0_hostEq map_0_pathBeg',
        '  acl map_1_hostReg hdr_reg(host) -i .*[.]example[.]com',
        '  use_backend web if map_1_hostReg',
        '  acl map_2_pathEnd path_end .png',
        '  use_backend web if map_2_pathEnd',
        '  acl map_3_pathReg path_reg ^/(a|b)$',
        '  use_backend web if map_3_pathReg',
        '  default_backend web',
        '',
      ].join('\n'),
    );
    expect(config()).toContain('  server address_10.1.2.3_8443 10.1.2.3:8443 backup\n');
  });

  it('are replaced whole by PUT', () => {
    const { call } = withApps();
    call('POST', `${base}/v2/pools`, { ...pool(), count: 3 });
    expect(call('PUT', `${base}/v2/pools/front`, pool()).body).toMatchObject({ count: 1 });
  });

  it('are removed with 204, and then unknown', () => {
    const { call } = withApps();
    call('POST', `${base}/v2/pools`, pool());
    expect(call('DELETE', `${base}/v2/pools/front`)).toMatchObject({ status: 204, body: undefined });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(call(method, `${base}/v2/pools/front`, pool())).toMatchObject({
        status: 404,
        body: { code: 404, message: 'pool "front" not found' },
      });
    }
  });

  it.each<[body: unknown, message: unknown]>([
    [{}, 'name is required'],
    [{ name: 'Not Good' }, 'name is required'],
    [
      { name: 'front', haproxy: { frontends: [{ linkBackend: { defaultBackend: 'none' } }] } },
      'backend "none" does not exist',
    ],
    [{ name: 'front', haproxy: { backends: [{ name: 'a' }, { name: 'a' }] } }, 'names of backends must be unique'],
    [{ name: 'q', count: 'many' }, expect.stringMatching(/^count: /)],
    [{ name: 'q', haproxy: 'no' }, expect.stringMatching(/^haproxy: /)],
    [
      { name: 'q', haproxy: { frontends: [{ bindPort: 70_000 }] } },
      expect.stringMatching(/^haproxy\.frontends\.0\.bindPort: /),
    ],
    [
      { name: 'q', haproxy: { backends: [{ name: 'a', services: [{ marathon: { serviceIDPattern: '(' } }] }] } },
      'haproxy.backends.0.services.0.marathon.serviceIDPattern: not a regular expression',
    ],
    [
      { name: 'q', haproxy: { backends: [{ name: 'a', services: [{ endpoint: { type: 'ADDRESS' } }] }] } },
      expect.stringContaining('needs an address and a port'),
    ],
    ['{"name":', 'the body is not valid JSON'],
    [[], 'a pool is a JSON object'],
  ])('refuse %j', (body, message) => {
    expect(withApps().call('POST', `${base}/v2/pools`, body)).toMatchObject({
      status: 400,
      body: { code: 400, message },
    });
  });

  it('refuse a second pool of a name, and another name in its place', () => {
    const { call } = withApps();
    call('POST', `${base}/v2/pools`, pool());
    expect(call('POST', `${base}/v2/pools`, pool()).status).toBe(409);
    expect(call('PUT', `${base}/v2/pools/front`, { ...pool(), name: 'other' }).status).toBe(400);
  });

  it('keep a template of their own until it is deleted', () => {
    const { call } = withApps();
    call('POST', `${base}/v2/pools`, pool());
    const path = `${base}/v2/pools/front/lbtemplate`;
    const own = call('GET', path).body;
    call('PUT', path, 'global\n  mine {{ }}');
    expect(call('GET', path).body).toBe('global\n  mine {{ }}');
    expect(call('DELETE', path).status).toBe(204);
    expect(call('GET', path).body).toBe(own);
  });

  it('answer a ping and tell their version', () => {
    const { call } = withApps();
    expect(call('GET', `${base}/ping`).body).toBe('pong');
    expect(call('GET', `${base}/version`).body).toEqual({ version: '1.5.0' });
    expect(call('GET', `${base}/v2/none`)).toMatchObject({ status: 404, body: { code: 404 } });
  });
});
