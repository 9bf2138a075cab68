import { advanceUntil, createBench } from './bench';

const web = { id: '/demo/web', cmd: 'serve', cpus: 0.1, mem: 32, instances: 2 };

describe('the life of an app', () => {
  it('is created with 201, the whole app, zero counters and the deployment', () => {
    const { call } = createBench();
    const response = call('POST', '/v2/apps', web);
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({ id: '/demo/web', tasksStaged: 0, tasksRunning: 0, labels: {}, cpus: 0.1 });
    expect(response.headers.Location).toBe('/v2/apps/demo/web');
    expect(response.body.deployments).toEqual([{ id: response.headers['Marathon-Deployment-Id'] }]);
  });

  it('stages, starts, runs and ends the deployment', () => {
    const { call, clock, app } = createBench();
    call('POST', '/v2/apps', web);
    expect(app('/demo/web')).toMatchObject({ tasksStaged: 2, tasksRunning: 0 });
    clock.advance(300);
    expect(app('/demo/web')).toMatchObject({ tasksStaged: 0, tasksRunning: 0 });
    clock.advance(100);
    expect(app('/demo/web')).toMatchObject({ tasksStaged: 0, tasksRunning: 2, tasksHealthy: 0, deployments: [] });
    expect(call('GET', '/v2/deployments').body).toEqual([]);
  });

  it('waits for the first health result where there are health checks', () => {
    const { call, clock, app } = createBench();
    call('POST', '/v2/apps', { ...web, healthChecks: [{ path: '/' }] });
    clock.advance(400);
    expect(app('/demo/web')).toMatchObject({ tasksRunning: 2, tasksHealthy: 0 });
    expect(call('GET', '/v2/deployments').body).toHaveLength(1);
    clock.advance(300);
    expect(app('/demo/web')).toMatchObject({ tasksRunning: 2, tasksHealthy: 2, deployments: [] });
  });

  it('scales up and down; a pure scaling keeps the running tasks', () => {
    const { call, clock, app } = createBench();
    call('POST', '/v2/apps', web);
    clock.advance(1000);
    const before = app('/demo/web').tasks.map((task) => task.id);
    call('PUT', '/v2/apps/demo/web', { instances: 4 });
    clock.advance(1000);
    const after = app('/demo/web');
    expect(after.tasks.map((task) => task.id)).toEqual(expect.arrayContaining(before));
    expect(after.tasks).toHaveLength(4);
    expect(after.versionInfo.lastConfigChangeAt).not.toBe(after.version);
    call('PUT', '/v2/apps/demo/web', { instances: 1 });
    clock.advance(1000);
    expect(app('/demo/web').tasks.map((task) => task.id)).toEqual([before[0]]);
  });

  it('is gone at once when deleted, while its tasks are still being killed', () => {
    const { call, clock } = createBench();
    call('POST', '/v2/apps', web);
    clock.advance(1000);
    expect(call('DELETE', '/v2/apps/demo/web').status).toBe(200);
    expect(call('GET', '/v2/apps/demo/web').body).toEqual({ message: "App '/demo/web' does not exist" });
    expect(call('GET', '/v2/tasks').body.tasks).toHaveLength(2);
    expect(call('GET', '/v2/deployments').body).toMatchObject([
      { steps: [{ actions: [{ action: 'StopApplication' }] }] },
    ]);
    clock.advance(200);
    expect(call('GET', '/v2/tasks').body.tasks).toEqual([]);
    expect(call('GET', '/v2/deployments').body).toEqual([]);
  });

  it('relaunches a failed task of the same instance after a growing delay', () => {
    const { call, clock, app } = createBench();
    call('POST', '/v2/apps', {
      ...web,
      instances: 1,
      backoffSeconds: 4,
      backoffFactor: 2,
      labels: { EMULATOR_CRASH: '100' },
    });
    clock.advance(500);
    const failure = app('/demo/web').lastTaskFailure;
    expect(failure).toMatchObject({ state: 'TASK_FAILED', message: 'Command exited with status 1' });
    expect(failure?.taskId).toMatch(/^demo_web\.instance-[0-9a-f-]{36}\._app\.1$/);
    expect(call('GET', '/v2/queue').body.queue).toMatchObject([
      { count: 1, delay: { overdue: false, timeLeftSeconds: 4 } },
    ]);
    clock.advance(4000);
    expect(app('/demo/web').tasks.map((task) => task.id)).toEqual([failure?.taskId.replace(/1$/, '2')]);
    clock.advance(500);
    expect(call('GET', '/v2/queue').body.queue).toMatchObject([{ delay: { timeLeftSeconds: 8 } }]);
    expect(call('DELETE', '/v2/queue/demo/web/delay').status).toBe(204);
    expect(call('GET', '/v2/queue').body.queue).toEqual([]);
    expect(call('DELETE', '/v2/queue/demo/web/delay').status).toBe(404);
  });

  it('does not fail the deployment when new tasks fail', () => {
    const { call, clock } = createBench();
    call('POST', '/v2/apps', { ...web, healthChecks: [{ path: '/' }], labels: { EMULATOR_CRASH: '100' } });
    clock.advance(3_600_000);
    expect(call('GET', '/v2/deployments').body).toHaveLength(1);
  });

  it('kills a task whose health checks fail for long enough and starts it again', () => {
    const { call, clock, app } = createBench();
    const check = { path: '/', maxConsecutiveFailures: 2 };
    call('POST', '/v2/apps', { ...web, instances: 1, healthChecks: [check], labels: { EMULATOR_UNHEALTHY: 'true' } });
    clock.advance(700);
    expect(app('/demo/web')).toMatchObject({ tasksRunning: 1, tasksHealthy: 0, tasksUnhealthy: 1 });
    expect(app('/demo/web').tasks[0]?.healthCheckResults).toMatchObject([{ alive: false, consecutiveFailures: 1 }]);
    clock.advance(1000);
    expect(app('/demo/web').tasks[0]?.state).toBe('TASK_KILLING');
    expect(app('/demo/web').lastTaskFailure?.message).toContain('health check failed');
    clock.advance(200);
    expect(app('/demo/web').tasks[0]?.id).toMatch(/_app\.2$/);
  });

  it('queues what has no resources and shows why', () => {
    const { call, clock, app } = createBench({ agents: [{ id: 'S1', hostname: 'a', cpus: 1, mem: 1024 }] });
    call('POST', '/v2/apps', { ...web, cpus: 0.6 });
    advanceUntil(clock, () => app('/demo/web').tasksRunning === 1);
    const [item] = call('GET', '/v2/queue').body.queue;
    expect(item).toMatchObject({ count: 1, delay: { overdue: true, timeLeftSeconds: 0 } });
    const funnel = item!.processedOffersSummary.rejectSummaryLastOffers;
    expect(funnel[4]).toEqual({ reason: 'InsufficientCpus', declined: 1, processed: 1 });
    expect(funnel[5]).toEqual({ reason: 'InsufficientMemory', declined: 0, processed: 0 });
    expect(funnel).toHaveLength(10);
  });

  it('adds a running and healthy app by seed, without a deployment', () => {
    const { core, call, app } = createBench();
    core.seed({ ...web, healthChecks: [{ path: '/' }] });
    expect(app('/demo/web')).toMatchObject({ tasksRunning: 2, tasksHealthy: 2, deployments: [] });
    expect(call('GET', '/v2/deployments').body).toEqual([]);
  });
});
