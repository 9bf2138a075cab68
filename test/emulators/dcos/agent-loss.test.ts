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
