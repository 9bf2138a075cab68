import { createMetronomeBench, report } from './metronome-bench';

function withJob(job: object = {}, options = {}) {
  const bench = createMetronomeBench(options);
  const { status } = bench.metronome('POST', '/v1/jobs', { ...report, ...job });
  expect(status).toBe(201);
  return bench;
}

describe('a run of a job', () => {
  it('is answered as INITIAL without tasks, and is then on its way', () => {
    const { metronome } = withJob();
    const { status, body } = metronome('POST', '/v1/jobs/prod.report/runs');
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^20260101000000[A-Za-z0-9]{5}$/) as string,
      jobId: 'prod.report',
      status: 'INITIAL',
      createdAt: '2026-01-01T00:00:00.000+0000',
      completedAt: null,
      tasks: [],
    });
    const run = metronome('GET', `/v1/jobs/prod.report/runs/${body.id}`).body;
    expect(run).toMatchObject({ status: 'ACTIVE', tasks: [{ status: 'TASK_STAGING', completedAt: null }] });
    expect(run.tasks[0]?.id).toMatch(new RegExp(`^prod_report_${body.id}\\.instance-[0-9a-f-]{36}\\._app\\.1$`));
  });

  it('is gone from the runs as soon as it has ended, and stands in the history', () => {
    const { metronome, clock, history } = withJob();
    const { id } = metronome('POST', '/v1/jobs/prod.report/runs').body;
    clock.advance(400);
    expect(metronome('GET', '/v1/jobs/prod.report/runs').body).toMatchObject([
      { id, tasks: [{ status: 'TASK_RUNNING' }] },
    ]);
    clock.advance(500);
    expect(metronome('GET', '/v1/jobs/prod.report/runs').body).toEqual([]);
    const gone = metronome('GET', `/v1/jobs/prod.report/runs/${id}`);
    expect([gone.status, gone.body]).toEqual([404, { jobSpec: 'prod.report', id, message: 'Job Run not found' }]);
    expect(history('prod.report')).toMatchObject({
      successCount: 1,
      failureCount: 0,
      lastSuccessAt: '2026-01-01T00:00:00.900+0000',
      lastFailureAt: null,
      successfulFinishedRuns: [{ id, createdAt: '2026-01-01T00:00:00.000+0000', tasks: [expect.stringContaining(id)] }],
      failedFinishedRuns: [],
    });
  });

  it('fails with its task, newest first', () => {
    const { metronome, clock, history } = withJob({ labels: { EMULATOR_EXIT_CODE: '3', EMULATOR_RUN_MS: '50' } });
    const ids = [1, 2].map(() => {
      const { id } = metronome('POST', '/v1/jobs/prod.report/runs').body;
      clock.advance(1000);
      return id;
    });
    expect(history('prod.report').failureCount).toBe(2);
    expect(history('prod.report').failedFinishedRuns.map(({ id }) => id)).toEqual(ids.reverse());
  });

  it('is a failure when it is stopped', () => {
    const { metronome, clock, history } = withJob({ labels: { EMULATOR_RUN_MS: '60000' } });
    const { id } = metronome('POST', '/v1/jobs/prod.report/runs').body;
    clock.advance(1000);
    const path = `/v1/jobs/prod.report/runs/${id}/actions/stop`;
    expect(metronome('POST', path)).toMatchObject({ status: 200, body: { id, status: 'ACTIVE' } });
    clock.advance(200);
    expect(metronome('POST', path).status).toBe(404);
    expect(history('prod.report')).toMatchObject({ failureCount: 1, failedFinishedRuns: [{ id }] });
  });

  it('starts again with ON_FAILURE until its deadline', () => {
    const restart = { policy: 'ON_FAILURE', activeDeadlineSeconds: 5 };
    const { metronome, clock, history } = withJob({
      run: { ...report.run, restart },
      labels: { EMULATOR_EXIT_CODE: '1', EMULATOR_RUN_MS: '100' },
    });
    const { id } = metronome('POST', '/v1/jobs/prod.report/runs').body;
    clock.advance(600);
    expect(metronome('GET', `/v1/jobs/prod.report/runs/${id}`).body.tasks).toMatchObject([{ status: 'TASK_FAILED' }]);
    clock.advance(1000);
    expect(metronome('GET', `/v1/jobs/prod.report/runs/${id}`).body.tasks).toHaveLength(2);
    clock.advance(10_000);
    expect(history('prod.report').failedFinishedRuns).toMatchObject([{ id }]);
    expect(history('prod.report').failedFinishedRuns[0]?.tasks.length).toBeGreaterThan(2);
  });

  it('waits in the queue for resources, and fails when they do not come in time', () => {
    const agents = [{ id: 'S1', hostname: 'a', cpus: 1, mem: 1024 }];
    const run = { ...report.run, cpus: 0.6, maxLaunchDelay: 10 };
    const { metronome, clock, history } = withJob({ run, labels: { EMULATOR_RUN_MS: '60000' } }, { agents });
    metronome('POST', '/v1/jobs/prod.report/runs');
    const { id } = metronome('POST', '/v1/jobs/prod.report/runs').body;
    expect(metronome('GET', `/v1/jobs/prod.report/runs/${id}`).body.status).toBe('STARTING');
    expect(metronome('GET', '/v1/queue').body).toEqual([{ jobId: 'prod.report', runs: [{ runId: id }] }]);
    clock.advance(10_000);
    expect(metronome('GET', '/v1/queue').body).toEqual([]);
    expect(history('prod.report').failedFinishedRuns).toMatchObject([{ id, tasks: [] }]);
  });

  it('takes its resources from the same agents as apps', () => {
    const agents = [{ id: 'S1', hostname: 'a', cpus: 1, mem: 1024 }];
    const { metronome, call, clock } = withJob({ run: { ...report.run, cpus: 0.6 } }, { agents });
    metronome('POST', '/v1/jobs/prod.report/runs');
    call('POST', '/v2/apps', { id: '/web', cmd: 'serve', cpus: 0.6, mem: 32 });
    expect(call('GET', '/v2/queue').body.queue).toHaveLength(1);
    clock.advance(2000);
    expect(call('GET', '/v2/queue').body.queue).toEqual([]);
  });

  it('keeps the definition it was created with', () => {
    const { metronome, clock, history } = withJob({ labels: { EMULATOR_RUN_MS: '5000', EMULATOR_EXIT_CODE: '1' } });
    metronome('POST', '/v1/jobs/prod.report/runs');
    metronome('PUT', '/v1/jobs/prod.report', report);
    clock.advance(4000);
    expect(metronome('GET', '/v1/jobs/prod.report/runs').body).toHaveLength(1);
    clock.advance(2000);
    expect(history('prod.report').failureCount).toBe(1);
  });
});

describe('removing a job', () => {
  it('is refused while it runs, unless the runs are to be stopped', () => {
    const { metronome, clock } = withJob({ labels: { EMULATOR_RUN_MS: '60000' } });
    metronome('POST', '/v1/jobs/prod.report/runs');
    const refused = metronome('DELETE', '/v1/jobs/prod.report');
    const message = 'There are active job runs. Override with stopCurrentJobRuns=true';
    expect([refused.status, refused.body]).toEqual([409, { message }]);
    expect(metronome('DELETE', '/v1/jobs/prod.report?stopCurrentJobRuns=true').body.id).toBe('prod.report');
    expect(metronome('GET', '/v1/jobs/prod.report').body).toEqual({ id: 'prod.report', message: 'Job not found' });
    clock.advance(1000);
    expect(metronome('GET', '/v1/queue').body).toEqual([]);
  });
});

describe('a run whose agent is lost', () => {
  function lost(afterMs = 450) {
    const bench = withJob({ labels: { EMULATOR_RUN_MS: '1000' } });
    const { id } = bench.metronome('POST', '/v1/jobs/prod.report/runs').body;
    bench.clock.advance(afterMs);
    bench.core.setFault({ kind: 'agentLost', agent: '*' });
    const run = () => bench.metronome('GET', `/v1/jobs/prod.report/runs/${id}`).body;
    const framework = () => {
      const { body } = bench.core.handle({ method: 'GET', path: '/mesos/state' });
      type Seen = { name: string; tasks: { state: string }[]; unreachable_tasks: { state: string }[] };
      return (body as { frameworks: Seen[] }).frameworks.find(({ name }) => name === 'metronome');
    };
    return { ...bench, id, run, framework };
  }

  it('is waited for, and its task is unreachable', () => {
    const { clock, run, framework, history } = lost();
    clock.advance(3_600_000);
    expect(run()).toMatchObject({ status: 'ACTIVE', tasks: [{ status: 'TASK_UNREACHABLE', completedAt: null }] });
    expect(framework()).toMatchObject({ tasks: [], unreachable_tasks: [{ state: 'TASK_UNREACHABLE' }] });
    expect(history('prod.report')).toMatchObject({ successCount: 0, failureCount: 0 });
  });

  it('goes on where its task is when the agent is back', () => {
    const { core, clock, run, framework, history } = lost();
    clock.advance(100);
    core.clearFaults();
    expect(run()).toMatchObject({ tasks: [{ status: 'TASK_RUNNING' }] });
    expect(framework()).toMatchObject({ tasks: [{ state: 'TASK_RUNNING' }], unreachable_tasks: [] });
    clock.advance(1000);
    expect(history('prod.report').successCount).toBe(1);
  });

  it('has ended as soon as the agent is back where its task ended meanwhile', () => {
    const { core, clock, history, id } = lost(100);
    clock.advance(10_000);
    core.clearFaults();
    expect(history('prod.report')).toMatchObject({ successCount: 1, successfulFinishedRuns: [{ id }] });
  });

  it('is stopped only then', () => {
    const { core, clock, run, id, metronome, history } = lost();
    metronome('POST', `/v1/jobs/prod.report/runs/${id}/actions/stop`);
    clock.advance(10_000);
    expect(run()).toMatchObject({ tasks: [{ status: 'TASK_UNREACHABLE' }] });
    core.clearFaults();
    expect(history('prod.report')).toMatchObject({ failureCount: 1 });
  });
});
