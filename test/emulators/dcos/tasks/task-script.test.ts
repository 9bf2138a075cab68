import { createBench } from '../bench';

const web = { id: '/demo/web', cmd: 'serve', cpus: 0.1, mem: 32, instances: 1 };

describe('a scripted task', () => {
  it('ends with the exit code and message of its labels', () => {
    const { call, clock, app } = createBench();
    const labels = { EMULATOR_RUN_MS: '1000', EMULATOR_EXIT_CODE: '3', EMULATOR_MESSAGE: 'out of luck' };
    call('POST', '/v2/apps', { ...web, labels });
    clock.advance(1399);
    expect(app('/demo/web').lastTaskFailure).toBeUndefined();
    clock.advance(1);
    expect(app('/demo/web').lastTaskFailure).toMatchObject({ state: 'TASK_FAILED', message: 'out of luck' });
  });

  it('is launched again after exit code 0 with the same delay, but is no failure', () => {
    const { call, clock, app, events } = createBench();
    call('POST', '/v2/apps', { ...web, backoffSeconds: 7, labels: { EMULATOR_RUN_MS: '100' } });
    clock.advance(500);
    expect(app('/demo/web').lastTaskFailure).toBeUndefined();
    expect(call('GET', '/v2/queue').body.queue).toMatchObject([{ delay: { timeLeftSeconds: 7 } }]);
    const message = 'Command exited with status 0';
    expect(events).toContainEqual(expect.objectContaining({ taskStatus: 'TASK_FINISHED', message }));
  });

  it('flaps as told, and is killed only by failures in a row', () => {
    const { call, clock, app, events } = createBench();
    const healthChecks = [{ path: '/', maxConsecutiveFailures: 2 }];
    call('POST', '/v2/apps', { ...web, healthChecks, labels: { EMULATOR_HEALTH: 'ok, fail' } });
    clock.advance(20_000);
    const changes = events.filter(({ eventType }) => eventType === 'health_status_changed_event');
    expect(changes.slice(0, 4).map(({ alive }) => alive)).toEqual([true, false, true, false]);
    expect(app('/demo/web').tasks[0]?.id).toMatch(/_app\.1$/);
  });

  it('says which HTTP status its health check answered', () => {
    const { call, clock, app } = createBench();
    const healthChecks = [{ path: '/', maxConsecutiveFailures: 1 }];
    call('POST', '/v2/apps', { ...web, healthChecks, labels: { EMULATOR_HEALTH: '418' } });
    clock.advance(700);
    const why = "Task was killed since health check failed. Reason: 418 I'm a Teapot";
    expect(app('/demo/web').lastTaskFailure?.message).toBe(why);
  });

  it('takes as long to die as told', () => {
    const { call, clock } = createBench();
    call('POST', '/v2/apps', { ...web, labels: { EMULATOR_KILL_MS: '5000' } });
    clock.advance(1000);
    call('DELETE', '/v2/apps/demo/web');
    clock.advance(4999);
    expect(call('GET', '/v2/tasks').body.tasks).toMatchObject([{ state: 'TASK_KILLING' }]);
    clock.advance(1);
    expect(call('GET', '/v2/tasks').body.tasks).toEqual([]);
  });

  it('follows a script given over the API, which goes before labels', () => {
    const { call, clock, app } = createBench();
    expect(call('POST', '/emulator/scripts', { match: '/demo/*', runMs: 100, exitCode: 9 }).status).toBe(201);
    expect(call('POST', '/emulator/scripts', { match: '/demo/*', runMs: 'soon' }).status).toBe(400);
    call('POST', '/v2/apps', { ...web, labels: { EMULATOR_EXIT_CODE: '3' } });
    clock.advance(500);
    expect(app('/demo/web').lastTaskFailure?.message).toBe('Command exited with status 9');
    expect(call('GET', '/emulator/scripts').body).toEqual({
      scripts: [{ match: '/demo/*', script: { runMs: 100, exitCode: 9 } }],
    });
    expect(call('DELETE', '/emulator/scripts').status).toBe(204);
    call('POST', '/v2/apps', { ...web, id: '/demo/other' });
    clock.advance(10_000);
    expect(app('/demo/other')).toMatchObject({ tasksRunning: 1 });
  });
});
