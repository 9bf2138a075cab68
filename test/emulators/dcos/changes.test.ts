import { createBench } from './bench';

const web = { id: '/demo/web', cmd: 'one', cpus: 0.1, mem: 32, instances: 2 };

function running(app: object = web) {
  const bench = createBench();
  bench.core.seed({ ...web, ...app });
  return bench;
}

const lockMessage =
  "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.";

describe('locks', () => {
  it('refuses a second change with 409 and the real deployment id', () => {
    const { call } = running();
    const { deploymentId } = call('PUT', '/v2/apps/demo/web', { cmd: 'two' }).body;
    const second = call('PUT', '/v2/apps/demo/web', { cmd: 'three' });
    expect(second.status).toBe(409);
    expect(second.body).toEqual({ message: lockMessage, deployments: [{ id: deploymentId }] });
    for (const path of ['/v2/apps/demo/web/restart', '/v2/apps/demo/web/restart?force=False']) {
      expect(call('POST', path).status).toBe(409);
    }
    expect(call('DELETE', '/v2/apps/demo/web?force=false').status).toBe(409);
    expect(call('DELETE', '/v2/apps/demo/web/tasks?scale=true').status).toBe(409);
  });

  it('cancels the running deployment when forced, and goes on from the mixture', () => {
    const { call, clock, events, app } = running();
    const first = call('PUT', '/v2/apps/demo/web', { cmd: 'two' }).body.deploymentId;
    clock.advance(450);
    const second = call('PUT', '/v2/apps/demo/web?force=True', { cmd: 'three' });
    expect(second.status).toBe(200);
    const reason = 'The upgrade has been cancelled';
    expect(events).toContainEqual(expect.objectContaining({ eventType: 'deployment_failed', id: first, reason }));
    clock.advance(10_000);
    expect(app('/demo/web').tasks.map(({ version }) => version)).toEqual(Array(2).fill(second.body.version));
  });

  it('answers a duplicate with 409 that names no deployments', () => {
    const { call } = running();
    const response = call('POST', '/v2/apps', web);
    expect(response.status).toBe(409);
    expect(response.body).toEqual({ message: 'An app with id [/demo/web] already exists.' });
  });

  it('deletes in spite of a lock by default', () => {
    const { call, clock } = running();
    call('PUT', '/v2/apps/demo/web', { cmd: 'two' });
    expect(call('DELETE', '/v2/apps/demo/web').status).toBe(200);
    clock.advance(1000);
    expect(call('GET', '/v2/tasks').body.tasks).toEqual([]);
  });
});

describe('changes', () => {
  it('merges top-level fields, replacing labels whole', () => {
    const { call, app } = running({ labels: { a: '1', b: '2' } });
    call('PUT', '/v2/apps/demo/web', { labels: { c: '3' } });
    expect(app('/demo/web')).toMatchObject({ cmd: 'one', instances: 2, labels: { c: '3' } });
    expect(app('/demo/web').labels).toEqual({ c: '3' });
  });

  it('replaces the whole app with partialUpdate=false', () => {
    const { call, app } = running({ labels: { a: '1' } });
    call('PUT', '/v2/apps/demo/web?partialUpdate=false', { cmd: 'two' });
    expect(app('/demo/web')).toMatchObject({ cmd: 'two', instances: 1, labels: {} });
  });

  it('keeps version and tasks when nothing changes, and ends the empty deployment at once', () => {
    const { call, app, events } = running();
    const before = app('/demo/web');
    const response = call('PUT', '/v2/apps/demo/web', { cmd: 'one' });
    expect(response.body.deploymentId).toBeDefined();
    expect(call('GET', '/v2/deployments').body).toEqual([]);
    expect(app('/demo/web')).toEqual(before);
    expect(events.at(-1)).toMatchObject({ eventType: 'deployment_success', id: response.body.deploymentId });
  });

  it('rolls back to a version, under a new one', () => {
    const { call, clock, app } = running();
    const old = app('/demo/web').version;
    call('PUT', '/v2/apps/demo/web', { cmd: 'two' });
    clock.advance(10_000);
    const response = call('PUT', '/v2/apps/demo/web', { version: old });
    clock.advance(10_000);
    expect(app('/demo/web')).toMatchObject({ cmd: 'one', version: response.body.version });
    expect(call('GET', '/v2/apps/demo/web/versions').body.versions).toHaveLength(3);
    expect(call('PUT', '/v2/apps/demo/web', { version: '2001-01-01T00:00:00.000Z' }).status).toBe(404);
    expect(call('PUT', '/v2/apps/demo/web', { version: old, cmd: 'x' }).body).toMatchObject({
      details: [{ path: '/', errors: ["The 'version' field may only be combined with the 'id' field."] }],
    });
  });

  it('reverts an update by a new deployment, and a creation by removal', () => {
    const { call, clock, app } = running();
    const { deploymentId } = call('PUT', '/v2/apps/demo/web', { cmd: 'two' }).body;
    clock.advance(450);
    const revert = call('DELETE', `/v2/deployments/${deploymentId}`);
    expect(revert.status).toBe(200);
    expect(revert.body.deploymentId).not.toBe(deploymentId);
    clock.advance(10_000);
    expect(app('/demo/web')).toMatchObject({ cmd: 'one', tasksRunning: 2 });

    const created = call('POST', '/v2/apps', { ...web, id: '/demo/new' }).body.deployments[0]?.id ?? '';
    call('DELETE', `/v2/deployments/${created}`);
    clock.advance(10_000);
    expect(call('GET', '/v2/apps/demo/new').status).toBe(404);
  });

  it('only stops a deployment with force: 202 and nothing more', () => {
    const { call, clock, app } = running();
    const { deploymentId } = call('PUT', '/v2/apps/demo/web', { cmd: 'two' }).body;
    const response = call('DELETE', `/v2/deployments/${deploymentId}?force=true`);
    expect([response.status, response.body]).toEqual([202, undefined]);
    clock.advance(10_000);
    expect(app('/demo/web').cmd).toBe('two');
    expect(new Set(app('/demo/web').tasks.map(({ version }) => version)).size).toBe(2);
    expect(app('/demo/web').tasks).toHaveLength(4);
    clock.advance(300_000);
    expect(app('/demo/web').tasks).toHaveLength(2);
  });

  it('starts several apps in the order of their dependencies', () => {
    const { call, clock, events } = createBench();
    call('PUT', '/v2/apps', [
      { ...web, id: '/s/front', dependencies: ['back'] },
      { ...web, id: '/s/back', dependencies: ['../db'] },
      { ...web, id: '/db' },
    ]);
    clock.advance(5000);
    const infos = events.filter(({ eventType }) => eventType === 'deployment_info');
    const apps = infos.map(({ currentStep }) =>
      (currentStep as { actions: { app: string }[] }).actions.map((a) => a.app),
    );
    expect(apps).toEqual([['/s/front', '/s/back', '/db'], ['/db'], ['/s/back'], ['/s/front']]);
    const cycle = call('PUT', '/v2/apps/db', { dependencies: ['/s/front'] });
    expect(cycle.status).toBe(422);
  });

  it.each([
    [{ cmd: undefined }, '/', "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'."],
    [{ upgradeStrategy: { minimumHealthCapacity: 2 } }, '/upgradeStrategy/minimumHealthCapacity', 'is greater than 1'],
    [{ portDefinitions: [{ port: 9 }, { port: 9 }] }, '/portDefinitions', 'ports must be unique'],
    [
      { healthChecks: [{ portIndex: 3 }] },
      '/healthChecks(0)',
      'Health check port indices must address an element of the ports array or container port mappings.',
    ],
    [
      { readinessChecks: [{ portName: 'http' }] },
      '/readinessChecks(0)/portName',
      'No port definition reference for portName http',
    ],
  ])('refuses %j with 422', (fields, path, error) => {
    const { call } = createBench();
    const response = call('POST', '/v2/apps', { ...web, ...fields });
    expect(response.status).toBe(422);
    expect(response.body).toEqual({ message: 'Object is not valid', details: [{ path, errors: [error] }] });
  });

  it('refuses text that is no JSON, and the wrong shape, with 400', () => {
    const { call } = createBench();
    expect(call('POST', '/v2/apps', '{"id":').body).toEqual({
      message: 'Invalid JSON',
      details: expect.any(String) as unknown,
    });
    expect(call('POST', '/v2/apps', { id: 1 }).body).toEqual({
      message: 'Invalid JSON',
      details: [{ path: '/id', errors: ['error.expected.jsstring'] }],
    });
  });

  it('gives every app its own service port and keeps it over changes', () => {
    const { call, app } = running();
    call('POST', '/v2/apps', { ...web, id: '/demo/other' });
    expect([app('/demo/web'), app('/demo/other')].map((each) => each.portDefinitions[0]?.port)).toEqual([10000, 10001]);
    call('PUT', '/v2/apps/demo/other?force=true&partialUpdate=false', { cmd: 'two' });
    expect(app('/demo/other').portDefinitions[0]?.port).toBe(10001);
  });
});

describe('killing tasks', () => {
  it('replaces killed tasks without a deployment', () => {
    const { call, clock, app } = running();
    const [first, second] = app('/demo/web').tasks.map(({ id }) => id);
    const response = call('POST', '/v2/tasks/delete', { ids: [first] });
    expect(response.body.tasks.map(({ id, state }) => [id, state])).toEqual([[first, 'TASK_RUNNING']]);
    expect(call('GET', '/v2/deployments').body).toEqual([]);
    clock.advance(1000);
    expect(
      app('/demo/web')
        .tasks.map(({ id }) => id)
        .sort(),
    ).toEqual([first?.replace(/1$/, '2'), second].sort());
  });

  it('lowers the count with scale', () => {
    const { call, clock, app } = running();
    const [first, second] = app('/demo/web').tasks.map(({ id }) => id);
    const response = call('DELETE', `/v2/apps/demo/web/tasks/${first ?? ''}?scale=True`);
    expect(response.body.deploymentId).toBeDefined();
    expect(app('/demo/web').instances).toBe(1);
    clock.advance(1000);
    expect(app('/demo/web').tasks.map(({ id }) => id)).toEqual([second]);
    expect(call('GET', '/v2/deployments').body).toEqual([]);
  });

  it('refuses wipe with scale and ids that are none, and ignores unknown ones', () => {
    const { call } = running();
    expect(call('POST', '/v2/tasks/delete?scale=true&wipe=true', { ids: [] }).body).toEqual({
      message: 'You cannot use scale and wipe at the same time.',
    });
    expect(call('POST', '/v2/tasks/delete', { ids: ['nonsense'] }).body).toEqual({
      message: "Invalid task id 'nonsense'",
    });
    const unknown = 'a.instance-00000000-0000-4000-8000-000000000000._app.1';
    expect(call('POST', '/v2/tasks/delete', { ids: [unknown] }).body).toEqual({ tasks: [] });
  });
});

describe('loose requests', () => {
  it.each([
    '/v2/apps//demo/web',
    '/v2/apps/demo/web/',
    '/marathon/v2/apps/demo/web',
    '/service/marathon/v2/apps//demo//web/',
  ])('finds an app at %s', (path) => expect(running().call('GET', path).status).toBe(200));

  it.each([
    ['id=WEB', 1],
    ['id=none', 0],
    ['cmd=ON', 1],
    ['label=tier', 1],
    ['label=tier==front', 1],
    ['label=tier!=front', 0],
    ['label=tier in (a,front),!x', 0],
    ['label=tier in (a,front)', 1],
    ['label=tier notin (a,front)', 0],
    ['label=tier==back,tier', 0],
  ])('filters by %s', (query, count) => {
    const { call } = running({ labels: { tier: 'front' } });
    expect(call('GET', `/v2/apps/?${query}`).body.apps).toHaveLength(count);
  });

  it('embeds tasks by any prefix and lists a group by a star', () => {
    const { call } = running();
    for (const embed of ['apps.tasks', 'app.tasks', 'group.apps.tasks']) {
      expect(call('GET', `/v2/apps?embed=${embed}`).body.apps[0]?.tasks).toHaveLength(2);
    }
    expect(call('GET', '/v2/apps').body.apps[0]?.tasks).toBeUndefined();
    for (const path of ['/v2/apps/demo/*', '/v2/apps/*', '/v2/apps//*']) {
      expect(call('GET', path).body['*']).toHaveLength(1);
    }
  });

  it.each([
    ['text/plain', 406],
    ['text/html, text/plain', 406],
    ['text/plain, */*', 200],
    ['text/plain, application/json', 200],
    ['application/*', 200],
    [undefined, 200],
  ])('answers tasks as JSON to whoever accepts %s, else 406', (accept, status) => {
    const { core } = running();
    for (const path of ['/v2/tasks', '/v2/apps/demo/web/tasks']) {
      expect(core.handle({ method: 'GET', path, headers: { accept } }).status).toBe(status);
    }
  });
});
