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
