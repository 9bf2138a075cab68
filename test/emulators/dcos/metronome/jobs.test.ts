import { createMetronomeBench, report } from './metronome-bench';

const daily = { id: 'daily', cron: '0 9 * * *', timezone: 'America/Chicago' };

describe('the definition of a job', () => {
  it('is completed with the defaults and shown with its schedules', () => {
    const { metronome } = createMetronomeBench();
    const { status, body } = metronome('POST', '/v1/jobs', report);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: 'prod.report',
      labels: {},
      dependencies: [],
      schedules: [],
      run: {
        ...report.run,
        gpus: 0,
        env: {},
        placement: { constraints: [] },
        artifacts: [],
        maxLaunchDelay: 3600,
        volumes: [],
        restart: { policy: 'NEVER' },
        secrets: {},
        networks: [],
      },
    });
    expect(metronome('GET', '/v1/jobs/prod.report').body).not.toHaveProperty('schedules');
    const again = metronome('POST', '/v1/jobs', report);
    expect([again.status, again.body]).toEqual([409, { message: 'Job with this id already exists' }]);
  });

  it.each([
    [{ run: { cmd: 'x', cpus: 1, mem: 32 } }, '/run/disk'],
    [{ run: { ...report.run, mem: 8 } }, '/run/mem'],
    [{ run: { ...report.run, memory: 8 } }, '/run/memory'],
    [{ run: { ...report.run, restart: { policy: 'ALWAYS' } } }, '/run/restart/policy'],
    [{ run: { ...report.run, args: ['x'] } }, '/run'],
    [{ run: { cpus: 1, mem: 32, disk: 0 } }, '/run'],
    [{ id: 'Prod_Report' }, '/id'],
    [{ overrides: {} }, '/overrides'],
    [{ dependencies: [{ id: 'unheard-of' }] }, '/dependencies'],
  ])('is refused with 422 for %j', (fields, path) => {
    const { metronome } = createMetronomeBench();
    const { status, body } = metronome('POST', '/v1/jobs', { ...report, ...fields });
    expect(status).toBe(422);
    expect(body).toMatchObject({ message: 'Object is not valid', details: [{ path }] });
    expect(metronome('GET', '/v1/jobs').body).toEqual([]);
  });

  it('is replaced whole by PUT, which keeps the schedules', () => {
    const { metronome } = createMetronomeBench();
    expect(metronome('PUT', '/v1/jobs/prod.report', report).status).toBe(404);
    metronome('POST', '/v1/jobs', { ...report, description: 'old', labels: { a: 'b' } });
    metronome('POST', '/v1/jobs/prod.report/schedules', daily);
    const { body } = metronome('PUT', '/v1/jobs/prod.report', { ...report, run: { ...report.run, cmd: 'new' } });
    expect(body).toMatchObject({ labels: {}, run: { cmd: 'new' }, schedules: [{ id: 'daily' }] });
    expect(body).not.toHaveProperty('description');
  });

  it('embeds what is asked for, repeated or in a list, and refuses what it does not know', () => {
    const { metronome } = createMetronomeBench();
    metronome('POST', '/v1/jobs', report);
    const query = 'embed=activeRuns&embed=schedules,historySummary';
    const [job] = metronome('GET', `/v1/jobs?${query}`).body as unknown as readonly object[];
    expect(job).toMatchObject({ activeRuns: [], schedules: [], historySummary: { successCount: 0 } });
    expect(job).not.toHaveProperty('history');
    const refused = metronome('GET', '/v1/jobs?embed=runs');
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('Unknown embed options')]);
  });

  it('answers unknown routes in its own words', () => {
    const { metronome } = createMetronomeBench();
    const body = { message: 'Unknown route.', requestPath: '/v1/nothing' };
    expect(metronome('GET', '/v1/nothing')).toMatchObject({ status: 404, body });
  });
});

describe('a schedule', () => {
  const scheduled = (schedule: object, labels = {}) => {
    const bench = createMetronomeBench();
    bench.metronome('POST', '/v1/jobs', { ...report, labels });
    const { status, body } = bench.metronome('POST', '/v1/jobs/prod.report/schedules', schedule);
    return { ...bench, status, body };
  };

  it('runs the job at its time in its time zone, again and again', () => {
    const { body, status, clock, history } = scheduled(daily);
    expect(status).toBe(201);
    expect(body).toEqual({
      ...daily,
      startingDeadlineSeconds: 900,
      concurrencyPolicy: 'ALLOW',
      enabled: true,
      nextRunAt: '2026-01-01T15:00:00.000+0000',
    });
    clock.advance(15 * 3_600_000 - 1);
    expect(history('prod.report').successCount).toBe(0);
    clock.advance(2000);
    expect(history('prod.report').successCount).toBe(1);
    clock.advance(48 * 3_600_000);
    expect(history('prod.report').successCount).toBe(3);
  });

  it('starts no second run while one is active, when that is forbidden', () => {
    const labels = { EMULATOR_RUN_MS: '90000' };
    const minutely = { id: 'minutely', cron: '* * * * *' };
    const forbidding = scheduled({ ...minutely, concurrencyPolicy: 'FORBID' }, labels);
    forbidding.clock.advance(121_000);
    expect(forbidding.metronome('GET', '/v1/jobs/prod.report/runs').body).toHaveLength(1);
    const allowing = scheduled(minutely, labels);
    allowing.clock.advance(121_000);
    expect(allowing.metronome('GET', '/v1/jobs/prod.report/runs').body).toHaveLength(2);
  });

  it('rests while it is not enabled, and is gone when removed', () => {
    const { metronome, clock, history } = scheduled({ ...daily, enabled: false });
    const path = '/v1/jobs/prod.report/schedules';
    clock.advance(24 * 3_600_000);
    expect(history('prod.report').successCount).toBe(0);
    expect(metronome('PUT', `${path}/daily`, { ...daily, enabled: true }).body).toMatchObject({ enabled: true });
    clock.advance(24 * 3_600_000);
    expect(history('prod.report').successCount).toBe(1);
    expect(metronome('DELETE', `${path}/daily`)).toMatchObject({ status: 200, body: undefined });
    clock.advance(24 * 3_600_000);
    expect(history('prod.report').successCount).toBe(1);
    expect(metronome('GET', `${path}/daily`).body).toEqual({ id: 'daily', message: 'Schedule not found' });
  });

  it('is alone: a second one is refused', () => {
    const { metronome } = scheduled(daily);
    const second = metronome('POST', '/v1/jobs/prod.report/schedules', { ...daily, id: 'other' });
    expect([second.status, second.body]).toEqual([409, { message: 'Only one schedule supported at the moment' }]);
  });

  it.each([
    [{ cron: 'soon' }, '/cron'],
    [{ cron: '61 * * * *' }, '/cron'],
    [{ cron: '* * * * * *' }, '/cron'],
    [{ cron: '0 0 31 2 *' }, '/cron'],
    [{ timezone: 'Middle/Earth' }, '/timezone'],
    [{ startingDeadlineSeconds: 0 }, '/startingDeadlineSeconds'],
    [{ concurrencyPolicy: 'REPLACE' }, '/concurrencyPolicy'],
  ])('is refused with 422 for %j', (fields, path) => {
    const { status, body } = scheduled({ ...daily, ...fields });
    expect(status).toBe(422);
    expect(body).toMatchObject({ details: [{ path }] });
  });

  it('comes with its job over v0, which a wrong one keeps out whole', () => {
    const { metronome } = createMetronomeBench();
    const wrong = { ...report, schedules: [{ ...daily, cron: 'soon' }] };
    expect(metronome('POST', '/v0/scheduled-jobs', wrong).status).toBe(422);
    expect(metronome('GET', '/v1/jobs').body).toEqual([]);
    const { status, body } = metronome('POST', '/v0/scheduled-jobs', { ...report, schedules: [daily] });
    expect([status, body.schedules]).toEqual([201, [expect.objectContaining({ id: 'daily' })]]);
    const changed = metronome('PUT', '/v0/scheduled-jobs/prod.report', { ...report, schedules: [] });
    expect(changed).toMatchObject({ status: 200, body: { schedules: [] } });
  });
});
