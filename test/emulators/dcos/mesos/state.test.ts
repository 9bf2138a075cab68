import { createBench } from '../bench';
import { createFinishedJob } from './mesos-bench';

const web = { id: '/demo/web', cmd: 'serve', cpus: 0.5, mem: 64, instances: 2 };

describe('the state of Mesos', () => {
  it.each(['/mesos/state', '/mesos/master/state', '/mesos/master/state.json', '/mesos//state/'])(
    'shows the tasks of Marathon at %s',
    (path) => {
      const { core, clock, call, app } = createBench();
      call('POST', '/v2/apps', web);
      clock.advance(1000);
      const { body } = core.handle({ method: 'GET', path });
      const ids = app('/demo/web').tasks.map(({ id }) => id);
      expect(body).toMatchObject({
        frameworks: [
          {
            name: 'marathon',
            active: true,
            completed_tasks: [],
            tasks: ids.map((id) => ({ id, name: 'web.demo', executor_id: '', state: 'TASK_RUNNING' })),
          },
          { name: 'metronome', tasks: [] },
        ],
      });
    },
  );

  it('shows agents with what is used of them', () => {
    const { core, clock, call } = createBench({ agents: [{ id: 'S1', hostname: '10.0.0.2', cpus: 4, mem: 1024 }] });
    call('POST', '/v2/apps', web);
    clock.advance(1000);
    const { slaves } = core.handle({ method: 'GET', path: '/mesos/slaves' }).body as { slaves: object[] };
    expect(slaves).toMatchObject([
      {
        id: 'S1',
        hostname: '10.0.0.2',
        pid: 'slave(1)@10.0.0.2:5051',
        active: true,
        resources: { cpus: 4, mem: 1024 },
        used_resources: { cpus: 1, mem: 128 },
      },
    ]);
  });

  it('keeps the way to its end of a task that failed, with message and reason', () => {
    const { task, runId } = createFinishedJob({ EMULATOR_EXIT_CODE: '7' });
    expect(task.id).toMatch(new RegExp(`^prod_report_${runId}\\.instance-`));
    expect(task).toMatchObject({ name: `${runId}.report.prod`, executor_id: '', state: 'TASK_FAILED' });
    const states = ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED'];
    expect(task.statuses.map(({ state }) => state)).toEqual(states);
    const end = { message: 'Command exited with status 7', reason: 'REASON_COMMAND_EXECUTOR_FAILED' };
    expect(task.statuses.at(-1)).toMatchObject(end);
    expect(task.statuses.at(-1)?.timestamp).toBe(Date.UTC(2026, 0, 1, 0, 0, 0, 500) / 1000);
  });

  it('lists tasks by id and framework, in pages', () => {
    const { core, clock, call, app } = createBench();
    call('POST', '/v2/apps', { ...web, instances: 5 });
    clock.advance(1000);
    const list = (query: string) =>
      (core.handle({ method: 'GET', path: `/mesos/master/tasks?${query}` }).body as { tasks: { id: string }[] }).tasks;
    const ids = app('/demo/web').tasks.map(({ id }) => id);
    expect(list('').map(({ id }) => id)).toEqual([...ids].reverse());
    expect(list('order=asc&limit=2&offset=1').map(({ id }) => id)).toEqual(ids.slice(1, 3));
    expect(list(`task_id=${ids[3] ?? ''}`)).toHaveLength(1);
    expect(list('framework_id=none')).toEqual([]);
  });

  it('shows a lost agent as inactive, with its tasks apart, until it is back', () => {
    const { core, clock, call, app } = createBench();
    call('POST', '/v2/apps', { ...web, instances: 1, unreachableStrategy: 'disabled' });
    clock.advance(1000);
    const [task] = app('/demo/web').tasks;
    const agent = task?.host ?? '';
    const state = () => core.handle({ method: 'GET', path: '/mesos/state' }).body;
    const { slaves } = state() as { slaves: { id: string; hostname: string }[] };
    const agentId = slaves.find(({ hostname }) => hostname === agent)?.id ?? '';
    const files = () => core.handle({ method: 'GET', path: `/agent/${agentId}/files/debug` }).status;
    core.setFault({ kind: 'agentLost', agent });
    expect(state()).toMatchObject({
      activated_slaves: 4,
      deactivated_slaves: 1,
      frameworks: [{ tasks: [], unreachable_tasks: [{ id: task?.id, state: 'TASK_UNREACHABLE' }] }, {}],
    });
    expect(files()).toBe(404);
    core.clearFaults();
    expect(state()).toMatchObject({ activated_slaves: 5, frameworks: [{ tasks: [{ id: task?.id }] }, {}] });
    expect(files()).toBe(200);
  });

  it('counts tasks in the summary', () => {
    const { core, clock, call } = createBench();
    call('POST', '/v2/apps', web);
    clock.advance(1000);
    const { body } = core.handle({ method: 'GET', path: '/mesos/master/state-summary' });
    expect(body).toMatchObject({ frameworks: [{ name: 'marathon', TASK_RUNNING: 2, TASK_FAILED: 0 }, {}] });
  });

  it('speaks the operator API in JSON only', () => {
    const { core, clock, call } = createBench();
    call('POST', '/v2/apps', web);
    clock.advance(1000);
    const ask = (body: unknown, type = 'application/json') =>
      core.handle({ method: 'POST', path: '/mesos/api/v1', body, headers: { 'content-type': type } });
    expect(ask({ type: 'GET_TASKS' }).body).toMatchObject({
      get_tasks: { tasks: [{ task_id: { value: expect.any(String) as string }, state: 'TASK_RUNNING' }, {}] },
    });
    expect(ask({ type: 'GET_AGENTS' }).body).toMatchObject({ get_agents: { agents: Array(5).fill({ active: true }) } });
    expect(ask('\u0008\u000b', 'application/x-protobuf').status).toBe(415);
    expect([ask({ type: 'GET_METRICS' }).status, ask({}).status]).toEqual([501, 400]);
  });

  it('forgets all but the last thousand tasks that have ended', () => {
    const { core, clock, call } = createBench();
    call('POST', '/v2/apps', {
      ...{ ...web, instances: 20, backoffSeconds: 0, backoffFactor: 1 },
      labels: { EMULATOR_RUN_MS: '10', EMULATOR_START_MS: '10' },
    });
    clock.advance(2000);
    const { body } = core.handle({ method: 'GET', path: '/mesos/state' });
    const [marathon] = (body as { frameworks: { completed_tasks: unknown[] }[] }).frameworks;
    expect(marathon?.completed_tasks.length).toBeGreaterThan(990);
    expect(marathon?.completed_tasks.length).toBeLessThanOrEqual(1021);
  });
});
