import { staff, startDeployingBot, type DeployingBot } from '../support/deploying-bot';

const { ann } = staff;
const minuteMs = 60_000;
const old = '/prod/east/foo-prod-v000';
const fresh = '/prod/east/foo-prod-v001';

/** Without a `timeout`: what counts is the default of half an hour. */
const fileWith = (cpus: number) => `
application: foo
channel: deploys
image: registry.example.com/demo/foo
service: { cpus: ${cpus}, memoryMb: 64, ports: { http: 80 }, healthCheck: { path: /, grace: 5s, maxFailures: 100000 } }
environments:
  prod: { regions: [prod/east], instances: 2, pipeline: quick }
pipelines:
  quick: [{ type: deploy, strategy: redblack, keepFailed: 20m }]
`;

const both = { 'foo-prod-v000': 2, 'foo-prod-v001': 0 };

describe('a deployment that does not come up in its time', () => {
  let world: DeployingBot;
  const handle = (method: string, path: string, body?: object) =>
    world.dcos.core.handle({
      method,
      path,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const changesOf = (id: string) =>
    world.dcos.core.requests.list({ mutations: true }).filter(({ path }) => path.includes(id));
  const healthyOf = (id: string) =>
    (handle('GET', `/v2/apps${id}`).body as { readonly app: { readonly tasksHealthy: number } }).app.tasksHealthy;
  const failures = () => world.seen().filter((text) => text.includes('Deploy foo 1.1 to prod* · failed'));

  /** Deploys, and lets half an hour pass; what `script` says happens to the new instances. */
  const fail = async (script: object, cpus = 0.1) => {
    world = await startDeployingBot(fileWith(cpus));
    const container = { type: 'DOCKER', docker: { image: 'registry.example.com/demo/foo:1.0' } };
    const healthChecks = [{ protocol: 'HTTP', path: '/', gracePeriodSeconds: 5, intervalSeconds: 1 }];
    world.dcos.core.seed({ id: old, instances: 2, cpus: 0.1, mem: 64, container, healthChecks });
    handle('POST', '/emulator/scripts', { match: fresh, ...script });
    await world.clock.advance(10_000);
    await world.type(ann, '/deploy foo prod 1.1');
    await world.run(29 * minuteMs);
    expect((await world.execution()).status).toBe('RUNNING');
    expect(world.deployments().map(({ affectedApps }) => affectedApps)).toEqual([[fresh]]);
    await world.run(3 * minuteMs);
  };
  afterEach(() => world.stop());

  it.each([
    ['no agent has room', {}, 17.3, ['No agent offers 17.3 cpus: 5 of 5 offers declined.'], undefined],
    [
      'its health checks fail',
      { health: [503] },
      0.1,
      ['The health check fails on', '503 Service Unavailable'],
      undefined,
    ],
    [
      'its tasks crash',
      { runMs: 100, exitCode: 1, message: 'out of luck', stderr: 'first\nlast words\n' },
      0.1,
      ['The last task that ended failed on', 'out of luck'],
      'last words',
    ],
  ])(
    'is canceled because %s, says so, and leaves the old group as it was; the new one is destroyed later',
    async (_why, script, cpus, told, output) => {
      await fail(script, cpus);
      expect((await world.execution()).status).toBe('TERMINAL');
      expect(world.deployments()).toEqual([]);
      expect(world.sizes()).toEqual(both);
      const [outcome = ''] = failures().slice(-1);
      for (const words of told) expect(outcome).toContain(words);
      if (output !== undefined) expect(world.blocks()).toContain(output);
      expect(world.seen().join()).toContain('foo-prod-v001 kept for diagnosis until');
      await world.restart();
      await world.run(16 * minuteMs);
      expect(world.sizes()).toEqual(both);
      await world.run(6 * minuteMs);
      expect(world.sizes()).toEqual({ 'foo-prod-v000': 2 });
      expect(changesOf('foo-prod-v000')).toEqual([]);
      expect(healthyOf(old)).toBe(2);
      expect(world.seen()).toContainEqual(expect.stringContaining('Kept for diagnosis until now, it is destroyed.'));
    },
  );

  it('is retried while the failed group is kept: that one goes at its time, the new one stays', async () => {
    await fail({ health: [503] });
    await world.press(ann, 'Retry Deploy');
    await world.run(2 * minuteMs);
    expect((await world.execution()).status).toBe('SUCCEEDED');
    expect(world.sizes()).toMatchObject({ 'foo-prod-v000': 0, 'foo-prod-v002': 2 });
    await world.run(25 * minuteMs);
    expect(world.sizes()).toEqual({ 'foo-prod-v000': 0, 'foo-prod-v002': 2 });
  });

  it('leaves a group alone that people brought into service, also once something newer has followed it', async () => {
    await fail({ health: [503] });
    handle('POST', '/emulator/scripts', { match: fresh, health: ['ok'] });
    await world.type(ann, '/cox enable foo prod v001 size=2');
    await world.run(2 * minuteMs);
    expect(world.sizes()['foo-prod-v001']).toBe(2);
    await world.restart();
    await world.type(ann, '/deploy foo prod 1.2');
    await world.run(2 * minuteMs);
    expect((await world.execution()).status).toBe('SUCCEEDED');
    expect(world.sizes()).toMatchObject({ 'foo-prod-v001': 0, 'foo-prod-v002': 2 });
    await world.run(30 * minuteMs);
    expect(world.sizes()).toMatchObject({ 'foo-prod-v001': 0, 'foo-prod-v002': 2 });
  });
});
