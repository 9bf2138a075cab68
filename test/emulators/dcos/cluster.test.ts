import { createBench } from './bench';

const web = { id: '/demo/web', cmd: 'serve', cpus: 0.1, mem: 32 };

describe('the leader', () => {
  it('abdicates: streams are cut, nothing is served, then another one leads', () => {
    const { core, call, clock } = createBench();
    const onClose = jest.fn();
    core.subscribe({ onEvent: () => undefined, onClose });
    const before = call('GET', '/v2/leader');
    expect(call('DELETE', '/v2/leader').body).toEqual({ message: 'Leadership abdicated' });
    expect(onClose).toHaveBeenCalledTimes(1);
    expect(call('GET', '/v2/leader')).toMatchObject({ status: 404, body: { message: 'There is no leader' } });
    const refused = call('GET', '/v2/apps');
    expect([refused.status, refused.body, refused.headers['X-Marathon-Leader']]).toEqual([503, undefined, undefined]);
    expect(call('GET', '/ping').status).toBe(200);
    clock.advance(500);
    const after = call('GET', '/v2/leader');
    expect(after.status).toBe(200);
    expect(after.body).not.toEqual(before.body);
    expect(call('GET', '/v2/info').body).toMatchObject(after.body);
  });

  it('stays away for as long as a fault says', () => {
    const { core, call, clock } = createBench();
    const id = core.setFault({ kind: 'noLeader' });
    clock.advance(60_000);
    expect(call('POST', '/v2/apps', web).status).toBe(503);
    core.clearFaults(id);
    expect(call('POST', '/v2/apps', web).status).toBe(201);
  });
});

describe('small things that clients ask for', () => {
  it.each([
    [undefined, 200, 'pong'],
    ['*/*', 200, 'pong'],
    ['text/plain', 200, 'pong'],
    ['application/json', 200, 'pong'],
    ['image/png', 204, undefined],
  ])('answers a ping that accepts %s with %i', (accept, status, body) => {
    const headers = accept === undefined ? {} : { accept };
    expect(createBench().core.handle({ method: 'GET', path: '/ping', headers })).toMatchObject({ status, body });
  });

  it('has metrics, and no pods', () => {
    const { call } = createBench();
    expect(Object.keys(call('GET', '/metrics').body)).toEqual(
      expect.arrayContaining(['start', 'end', 'counters', 'gauges', 'histograms', 'min-max-counters']),
    );
    for (const path of ['/v2/pods', '/v2/pods/::status']) expect(call('GET', path).body).toEqual([]);
  });

  it('shows the offers that were of no use where asked', () => {
    const { call } = createBench({ agents: [{ id: 'S1', hostname: 'a', cpus: 1, mem: 1024 }] });
    call('POST', '/v2/apps', { ...web, cpus: 4 });
    expect(call('GET', '/v2/queue?embed=lastUnusedOffers').body.queue).toMatchObject([
      { lastUnusedOffers: [{ offer: { agentId: 'S1', hostname: 'a' }, reason: ['InsufficientCpus'] }] },
    ]);
    expect(Object.keys(call('GET', '/v2/queue').body.queue[0] ?? {})).not.toContain('lastUnusedOffers');
  });

  it('refuses text where older Marathons gave it', () => {
    const { core, call } = createBench();
    call('POST', '/v2/apps', web);
    for (const path of ['/v2/tasks', '/v2/apps/demo/web/tasks']) {
      expect(core.handle({ method: 'GET', path, headers: { accept: 'text/plain' } }).status).toBe(406);
    }
  });

  it('keeps the last answer of a readiness check where wanted', () => {
    const { call, clock } = createBench();
    const readinessChecks = [{ portName: 'http', preserveLastResponse: true }];
    const portDefinitions = [{ port: 0, name: 'http' }];
    call('POST', '/v2/apps', { ...web, readinessChecks, portDefinitions, labels: { EMULATOR_READY_MS: '60000' } });
    clock.advance(1000);
    expect(call('GET', '/v2/deployments').body).toMatchObject([
      { currentActions: [{ readinessCheckResults: [{ ready: false, lastResponse: { status: 503 } }] }] },
    ]);
  });
});

describe('a plan in events', () => {
  it('shows the groups before and after', () => {
    const { call, events } = createBench();
    call('POST', '/v2/apps', web);
    expect(events.find(({ eventType }) => eventType === 'deployment_info')).toMatchObject({
      plan: {
        original: { id: '/', apps: [], groups: [] },
        target: { id: '/', groups: [{ id: '/demo', apps: [{ id: '/demo/web' }] }] },
      },
    });
  });

  it('fails for a refused change, with the reason in both events', () => {
    const { call, events } = createBench();
    call('POST', '/v2/apps', web);
    call('PUT', '/v2/apps/demo/web', { cmd: 'new' });
    expect(events.filter(({ eventType }) => eventType.endsWith('failed'))).toMatchObject([
      { eventType: 'deployment_failed', reason: expect.stringContaining('locked') as string },
      { eventType: 'group_change_failed', groupId: '/demo', reason: expect.stringContaining('locked') as string },
    ]);
  });

  it('announces health checks and takes them back', () => {
    const { call, clock, events } = createBench();
    call('POST', '/v2/apps', { ...web, healthChecks: [{ path: '/health' }] });
    clock.advance(5000);
    call('DELETE', '/v2/apps/demo/web');
    clock.advance(5000);
    expect(events.filter(({ eventType }) => eventType.endsWith('_health_check_event'))).toMatchObject([
      { eventType: 'add_health_check_event', appId: '/demo/web', healthCheck: { path: '/health' } },
      { eventType: 'remove_health_check_event', appId: '/demo/web' },
    ]);
  });
});

describe('definitions', () => {
  it('fills in what a strategy or an artifact leaves out', () => {
    const { call } = createBench();
    const { body } = call('POST', '/v2/apps', {
      ...web,
      fetch: [{ uri: 'http://a.invalid/b.tgz', cache: true }],
      unreachableStrategy: { inactiveAfterSeconds: 30 },
    });
    expect(body).toMatchObject({
      fetch: [{ uri: 'http://a.invalid/b.tgz', extract: true, executable: false, cache: true }],
      unreachableStrategy: { inactiveAfterSeconds: 30, expungeAfterSeconds: 0 },
    });
  });

  it('looks as published, with every default', () => {
    const { call } = createBench();
    const { body } = call('POST', '/v2/apps', { id: '/demo/web', cmd: 'serve', cpus: 0.1, mem: 32, instances: 2 });
    const { version, deployments, ...rest } = body as unknown as Record<string, unknown>;
    expect(rest).toEqual({
      id: '/demo/web',
      cmd: 'serve',
      cpus: 0.1,
      mem: 32,
      instances: 2,
      backoffFactor: 1.15,
      backoffSeconds: 1,
      maxLaunchDelaySeconds: 300,
      disk: 0,
      gpus: 0,
      executor: '',
      killSelection: 'YOUNGEST_FIRST',
      networks: [{ mode: 'host' }],
      portDefinitions: [{ port: 10_000, protocol: 'tcp' }],
      requirePorts: false,
      unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
      upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
      role: '*',
      labels: {},
      versionInfo: { lastScalingAt: version, lastConfigChangeAt: version },
      tasks: [],
      tasksStaged: 0,
      tasksRunning: 0,
      tasksHealthy: 0,
      tasksUnhealthy: 0,
    });
    expect(deployments).toHaveLength(1);
  });

  it('refuses an app inside of an app, or in the place of a group', () => {
    const { call } = createBench();
    call('POST', '/v2/apps', web);
    expect(call('POST', '/v2/apps', { ...web, id: '/demo/web/inner' }).status).toBe(422);
    expect(call('POST', '/v2/apps', { ...web, id: '/demo' }).status).toBe(422);
  });

  it('lets a change that changes nothing pass a lock', () => {
    const { core, call } = createBench();
    core.seed(web);
    call('PUT', '/v2/apps/demo/web', { cmd: 'new' });
    expect(call('PUT', '/v2/apps/demo/web', { cmd: 'new' }).status).toBe(200);
    expect(call('GET', '/v2/deployments').body).toHaveLength(1);
  });
});
