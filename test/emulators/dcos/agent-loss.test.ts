import { createBench } from './bench';

const web = { id: '/demo/web', cmd: 'serve', cpus: 0.1, mem: 32, instances: 2 };

function running(app: object = {}) {
  const bench = createBench();
  bench.core.seed({ ...web, ...app });
  const task = (index: number) => bench.app('/demo/web').tasks[index]!;
  const lose = (host: string) => bench.core.setFault({ kind: 'agentLost', agent: host });
  const states = () => bench.app('/demo/web').tasks.map(({ state }) => state);
  return { ...bench, task, lose, states };
}

describe('a lost agent', () => {
  it('has its tasks replaced at once, elsewhere, by default', () => {
    const { app, clock, task, lose, events } = running();
    const { id, host } = task(0);
    lose(host);
    clock.advance(1);
    expect(app('/demo/web').tasks.map((each) => each.id)).not.toContain(id);
    clock.advance(1000);
    expect(app('/demo/web')).toMatchObject({ tasksRunning: 2, lastTaskFailure: { state: 'TASK_UNREACHABLE' } });
    expect(app('/demo/web').tasks.map((each) => each.host)).not.toContain(host);
    expect(events).toContainEqual(expect.objectContaining({ taskStatus: 'TASK_UNREACHABLE', taskId: id }));
    const conditions = events.filter(({ eventType }) => eventType === 'instance_changed_event');
    expect(conditions.map(({ condition }) => condition)).toEqual(
      expect.arrayContaining(['Unreachable', 'UnreachableInactive']),
    );
  });

  it('kills a task that was given up when it comes back', () => {
    const { core, clock, task, lose, events, states } = running();
    const { id, host } = task(0);
    const fault = lose(host);
    clock.advance(1000);
    core.clearFaults(fault);
    clock.advance(1000);
    expect(states()).toEqual(['TASK_RUNNING', 'TASK_RUNNING']);
    expect(events).toContainEqual(
      expect.objectContaining({
        eventType: 'unknown_instance_terminated_event',
        instanceId: id.replace(/\._app\.1$/, ''),
      }),
    );
  });

  it('is waited for before its tasks are replaced, and longer before they are given up', () => {
    const unreachableStrategy = { inactiveAfterSeconds: 60, expungeAfterSeconds: 600 };
    const { app, clock, task, lose, states } = running({ unreachableStrategy });
    lose(task(0).host);
    clock.advance(59_000);
    expect(app('/demo/web')).toMatchObject({ tasksRunning: 1, tasksStaged: 0 });
    expect(states()).toEqual(['TASK_UNREACHABLE', 'TASK_RUNNING']);
    clock.advance(2000);
    expect(states()).toEqual(['TASK_UNREACHABLE', 'TASK_RUNNING', 'TASK_RUNNING']);
    clock.advance(540_000);
    expect(states()).toEqual(['TASK_RUNNING', 'TASK_RUNNING']);
  });

  it('that returns in time has its tasks running again, and the surplus is killed', () => {
    const unreachableStrategy = { inactiveAfterSeconds: 60, expungeAfterSeconds: 600 };
    const { core, clock, task, lose, states } = running({ unreachableStrategy });
    const fault = lose(task(0).host);
    clock.advance(61_000);
    expect(states()).toHaveLength(3);
    core.clearFaults(fault);
    clock.advance(1000);
    expect(states()).toEqual(['TASK_RUNNING', 'TASK_RUNNING']);
  });

  it('is waited for without end where the strategy is disabled', () => {
    const { clock, task, lose, states } = running({ unreachableStrategy: 'disabled' });
    lose(task(0).host);
    clock.advance(86_400_000);
    expect(states()).toEqual(['TASK_UNREACHABLE', 'TASK_RUNNING']);
  });

  it('loses its task first when the app is scaled down', () => {
    const { call, clock, task, lose, app } = running({ unreachableStrategy: 'disabled' });
    const [first, second] = [task(0), task(1)];
    lose(first.host);
    call('PUT', '/v2/apps/demo/web', { instances: 1 });
    clock.advance(1000);
    expect(app('/demo/web').tasks.map(({ id }) => id)).toEqual([second.id]);
    expect(call('GET', '/v2/deployments').body).toEqual([]);
  });

  it('does not hold up a restart, nor the deployment of what ran on it', () => {
    const { call, clock, task, lose, app } = running({ unreachableStrategy: 'disabled' });
    lose(task(0).host);
    const { version } = call('PUT', '/v2/apps/demo/web', { cmd: 'new' }).body;
    clock.advance(10_000);
    expect(call('GET', '/v2/deployments').body).toEqual([]);
    expect(app('/demo/web').tasks.map((each) => each.version)).toEqual([version, version]);
  });
});

describe('an agent that is lost while tasks start on it, and returns', () => {
  const disabled = { unreachableStrategy: 'disabled', instances: 1 };

  /** An app that was created `afterMs` before its agent was lost. */
  function lostAfter(afterMs: number, fields: object = {}) {
    const bench = createBench();
    bench.call('POST', '/v2/apps', { ...web, ...disabled, ...fields });
    bench.clock.advance(afterMs);
    const [task] = bench.app('/demo/web').tasks;
    const fault = bench.core.setFault({ kind: 'agentLost', agent: task!.host });
    const deployments = () => bench.call('GET', '/v2/deployments').body;
    return { ...bench, task: task!, comeBack: () => bench.core.clearFaults(fault), deployments };
  }

  it('lets the task be what it was, and start in its own time', () => {
    const { clock, comeBack, app, deployments } = lostAfter(100);
    comeBack();
    expect(app('/demo/web').tasks[0]?.state).toBe('TASK_STAGING');
    clock.advance(200);
    expect(app('/demo/web').tasks[0]?.state).toBe('TASK_STARTING');
    clock.advance(100);
    expect(app('/demo/web').tasks[0]?.state).toBe('TASK_RUNNING');
    expect(deployments()).toEqual([]);
  });

  it('learns what became of the task meanwhile, so that its deployment ends', () => {
    const check = { healthChecks: [{ path: '/' }], portDefinitions: [{ port: 0, name: 'http' }] };
    const { clock, comeBack, app, deployments } = lostAfter(300, { ...check, readinessChecks: [{ portName: 'http' }] });
    clock.advance(10_000);
    expect(app('/demo/web')).toMatchObject({
      tasksRunning: 0,
      tasksHealthy: 0,
      tasks: [{ state: 'TASK_UNREACHABLE' }],
    });
    comeBack();
    expect(app('/demo/web')).toMatchObject({ tasksRunning: 1, tasksHealthy: 1 });
    expect(deployments()).toEqual([]);
  });

  it('hears only then that a task has ended, and replaces it', () => {
    const { clock, comeBack, app, task } = lostAfter(300, { labels: { EMULATOR_CRASH: '500' } });
    clock.advance(10_000);
    expect(app('/demo/web').tasks).toMatchObject([{ id: task.id, state: 'TASK_UNREACHABLE' }]);
    comeBack();
    expect(app('/demo/web').lastTaskFailure).toMatchObject({ taskId: task.id, state: 'TASK_FAILED' });
  });

  it('hears only then that a task was killed', () => {
    const { core, call, clock, app, task } = running(disabled);
    const { id, host } = task(0);
    call('DELETE', `/v2/apps/demo/web/tasks/${id}`);
    const fault = core.setFault({ kind: 'agentLost', agent: host });
    clock.advance(10_000);
    expect(app('/demo/web').tasks).toMatchObject([{ id, state: 'TASK_UNREACHABLE' }]);
    core.clearFaults(fault);
    clock.advance(1000);
    expect(app('/demo/web').tasks).toMatchObject([{ id: id.replace(/1$/, '2'), state: 'TASK_RUNNING' }]);
  });
});
