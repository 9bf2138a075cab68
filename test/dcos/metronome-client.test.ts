import nock from 'nock';
import { openConnections } from '../../src/dcos/cluster-connections';

const base = 'http://dcos.example.com';
const api = `${base}/service/metronome`;
const metronomeOf = () => {
  const found = openConnections(new Map([['lab', { name: 'lab', url: base, auth: { type: 'none' } }]])).get('lab');
  if (found === undefined) throw new Error('no connection');
  return found.metronome;
};
const job = { id: 'prod.db', run: { cpus: 0.1, mem: 32, disk: 0, cmd: 'true' } };
const run = { id: '20160715130259A34HX', jobId: 'prod.db', status: 'INITIAL', completedAt: null, tasks: [] };
const created = '2016-07-15T13:02:59.735+0000';

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

describe('Metronome client', () => {
  it('creates, changes and deletes jobs', async () => {
    nock(api).post('/v1/jobs', job).reply(201, job);
    nock(api).put('/v1/jobs/prod.db', job).reply(200, job);
    nock(api).delete('/v1/jobs/prod.db?stopCurrentJobRuns=true').reply(200, job);
    const metronome = metronomeOf();
    expect((await metronome.createJob(job)).id).toBe('prod.db');
    expect((await metronome.updateJob(job)).id).toBe('prod.db');
    await metronome.deleteJob('prod.db', { stopRuns: true });
    expect(nock.isDone()).toBe(true);
  });

  it('starts, lists, reads and stops runs, and reads times without a colon in their zone', async () => {
    nock(api)
      .post('/v1/jobs/prod.db/runs')
      .reply(201, { ...run, createdAt: created });
    nock(api).get('/v1/jobs/prod.db/runs').reply(200, [run]);
    nock(api)
      .get(`/v1/jobs/prod.db/runs/${run.id}`)
      .reply(200, { ...run, status: 'ACTIVE' });
    nock(api)
      .post(`/v1/jobs/prod.db/runs/${run.id}/actions/stop`)
      .reply(200, { ...run, status: 'FAILED' });
    const metronome = metronomeOf();
    const started = await metronome.startRun('prod.db');
    expect([started.createdAt, started.completedAt]).toEqual([Date.UTC(2016, 6, 15, 13, 2, 59, 735), undefined]);
    expect((await metronome.listRuns('prod.db')).map(({ id }) => id)).toEqual([run.id]);
    expect((await metronome.getRun('prod.db', run.id)).status).toBe('ACTIVE');
    expect((await metronome.stopRun('prod.db', run.id)).status).toBe('FAILED');
  });

  it('reads how runs ended from the history, with the ids of their tasks', async () => {
    const finished = { id: run.id, createdAt: created, finishedAt: created };
    const history = {
      successCount: 1,
      failureCount: 1,
      lastSuccessAt: created,
      lastFailureAt: null,
      successfulFinishedRuns: [{ ...finished, tasks: ['task.1'] }],
      failedFinishedRuns: [finished],
    };
    nock(api)
      .get('/v1/jobs/prod.db?embed=history&embed=schedules')
      .reply(200, { ...job, history, schedules: [] });
    const found = await metronomeOf().getJob('prod.db', ['history', 'schedules']);
    expect(found.history).toMatchObject({
      successCount: 1,
      lastFailureAt: undefined,
      successfulFinishedRuns: [{ id: run.id, tasks: ['task.1'] }],
      failedFinishedRuns: [{ id: run.id, tasks: [] }],
    });
    expect([found.schedules, found.activeRuns]).toEqual([[], undefined]);
  });

  it('keeps schedules', async () => {
    const schedule = { id: 'nightly', cron: '20 0 * * *' };
    nock(api)
      .post('/v1/jobs/prod.db/schedules', schedule)
      .reply(201, { ...schedule, nextRunAt: created });
    nock(api)
      .put('/v1/jobs/prod.db/schedules/nightly', schedule)
      .reply(200, { ...schedule, enabled: false });
    nock(api).get('/v1/jobs/prod.db/schedules').reply(200, [schedule]);
    nock(api).delete('/v1/jobs/prod.db/schedules/nightly').reply(200);
    const metronome = metronomeOf();
    expect((await metronome.createSchedule('prod.db', schedule)).nextRunAt).toBe(Date.UTC(2016, 6, 15, 13, 2, 59, 735));
    expect((await metronome.updateSchedule('prod.db', schedule)).enabled).toBe(false);
    expect(await metronome.listSchedules('prod.db')).toMatchObject([{ id: 'nightly', enabled: true }]);
    await metronome.deleteSchedule('prod.db', 'nightly');
    expect(nock.isDone()).toBe(true);
  });

  it.each([
    [409, { message: 'Job with this id already exists' }, 'METRONOME_DUPLICATE', 'already exists'],
    [409, { message: 'There are active job runs. Override with stopCurrentJobRuns=true' }, 'METRONOME_BUSY', 'Stop'],
    [
      422,
      { message: 'Object is not valid', details: [{ path: '/run/disk', errors: ['is missing'] }] },
      'REQUEST_REFUSED',
      'Object is not valid; /run/disk: is missing',
    ],
    [404, { id: 'x', message: 'Job not found' }, 'NOT_FOUND', 'Job not found'],
    [404, { jobSpec: 'x', id: 'r', message: 'Job Run not found' }, 'NOT_FOUND', 'Job Run not found'],
    [404, { message: 'Unknown route.', requestPath: '/v1/x' }, 'SERVER_ERROR', "not Metronome's"],
    [404, '<html>no such service</html>', 'SERVER_ERROR', "not Metronome's"],
  ])('reads %i %j as %s', async (status, body, code, message) => {
    nock(api).post('/v1/jobs').reply(status, body);
    await expect(metronomeOf().createJob(job)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
    });
  });
});
