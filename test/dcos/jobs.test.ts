import { jobDescriptionSchema, type JobRun } from '../../src/model/job';
import { createEmulatedCluster, jobsOver } from '../support/emulated-cluster';
import { createManualClock } from '../support/manual-clock';
import { east } from './builders';

const jobId = 'nonprod.east.foo-dev-smoke';
type Fields = Readonly<Record<string, unknown>>;

const describeJob = (over: Fields = {}) =>
  jobDescriptionSchema.parse({
    general: { id: jobId, cpus: 0.1, mem: '64', cmd: 'true' },
    docker: { image: { registry: 'registry.example.com', repository: 'demo/smoke', tag: '3' } },
    ...over,
  });

function createBench() {
  const clock = createManualClock();
  const cluster = createEmulatedCluster('np1', clock);
  const jobs = jobsOver({ np1: cluster }, clock);
  const call = <T>(method: string, path: string, body?: unknown) =>
    cluster.core.handle({ method, path: `/service/metronome${path}`, body }).body as T;
  return {
    clock,
    cluster,
    jobs,
    call,
    job: () => call<Fields & { labels: Fields; run: Fields }>('GET', `/v1/jobs/${jobId}`),
    start: async (over: Fields = {}, key = 'E1/1/1'): Promise<JobRun> => {
      return { jobId, runId: await jobs.run(east, describeJob(over), key) };
    },
  };
}

describe('running a job', () => {
  it('creates it, labelled with the key, and starts one run', async () => {
    const { jobs, job, cluster } = createBench();
    const env = { TARGET: 'http://foo', RETRIES: 3, DRY: false, PASSWORD: { secret: 'foo/db' } };
    const runId = await jobs.run(
      east,
      describeJob({
        env,
        labels: { team: 'foo' },
        constraints: [{ attribute: 'rack', operator: 'EQ', value: 'a' }],
        restartPolicy: { policy: 'ON_FAILURE', activeDeadlineSeconds: 60 },
        artifacts: [{ uri: 'https://example.invalid/a.tgz', extract: false }],
        volumes: [{ containerPath: '/data', hostPath: '/data', mode: 'RO' }],
        user: 'nobody',
        maxLaunchDelay: 60,
      }),
      'E1/1/1',
    );
    expect(job()).toMatchObject({
      labels: { team: 'foo', COXSWAIN_KEY: 'E1/1/1' },
      run: {
        cpus: 0.1,
        mem: 64,
        disk: 0,
        cmd: 'true',
        docker: { image: 'registry.example.com/demo/smoke:3' },
        env: { ...env, RETRIES: '3', DRY: 'false' },
        secrets: { 'foo/db': { source: 'foo/db' } },
        placement: { constraints: [{ attribute: 'rack', operator: 'EQ', value: 'a' }] },
        restart: { policy: 'ON_FAILURE', activeDeadlineSeconds: 60 },
        artifacts: [{ uri: 'https://example.invalid/a.tgz', extract: false }],
        volumes: [{ containerPath: '/data', hostPath: '/data', mode: 'RO' }],
        user: 'nobody',
        maxLaunchDelay: 60,
      },
    });
    const runs = await cluster.metronome.listRuns(jobId);
    expect(runs.map(({ id }) => id)).toEqual([runId]);
  });

  it('replaces the definition of one that exists', async () => {
    const { start, job } = createBench();
    await start({ env: { A: '1' } });
    await start({ env: { B: '2' }, docker: { image: { imageId: 'demo/smoke:4' } } }, 'E2/1/1');
    expect(job()).toMatchObject({ labels: { COXSWAIN_KEY: 'E2/1/1' }, run: { env: { B: '2' } } });
    expect(job().run.docker).toMatchObject({ image: 'demo/smoke:4' });
  });

  it('keeps its schedule as described, and leaves alone one that is not', async () => {
    const { start, cluster } = createBench();
    await start({ schedule: { cron: '0 9 * * *' } });
    await start({ schedule: { cron: '0 8 * * *', timezone: 'Europe/Berlin', enabled: false } });
    await start();
    expect(await cluster.metronome.listSchedules(jobId)).toMatchObject([
      { id: 'default', cron: '0 8 * * *', timezone: 'Europe/Berlin', enabled: false, concurrencyPolicy: 'ALLOW' },
    ]);
  });

  it.each([
    [{ general: { id: 'Foo' } }, 'INVALID_NAME', "Invalid job id 'Foo'"],
    [{ general: { id: 'foo..bar' } }, 'INVALID_NAME', 'Rename it'],
    [{ general: { id: 'foo' }, docker: {} }, 'INVALID_INPUT', 'neither an image nor a command'],
    [{ docker: { image: { repository: 'demo/smoke' } } }, 'INVALID_INPUT', 'without a tag'],
    [{ general: { id: 'foo', cmd: 'true', mem: 1 } }, 'REQUEST_REFUSED', '/run/mem'],
  ])('refuses %j', async (over, code, message) => {
    const { jobs, call } = createBench();
    const refused = expect.stringContaining(message) as unknown;
    await expect(jobs.run(east, describeJob(over), 'K')).rejects.toMatchObject({ code, message: refused });
    expect(call('GET', '/v1/jobs')).toEqual([]);
  });

  it('names the clusters there are for a place that is not known', async () => {
    const { jobs } = createBench();
    const place = { ...east, dcosCluster: 'np9' };
    await expect(jobs.look(place, { jobId, runId: 'x' })).rejects.toThrow(
      "DC/OS cluster 'np9' is not configured. Known clusters: np1.",
    );
  });
});

describe('how a run is doing', () => {
  it('is seen from its start to its end', async () => {
    const { clock, jobs, start } = createBench();
    const run = await start({ labels: { EMULATOR_RUN_MS: '2000' } });
    await clock.advance(100);
    expect(await jobs.look(east, run)).toEqual({ status: 'STARTING', detail: 'is started by its agent' });
    await clock.advance(1000);
    expect(await jobs.look(east, run)).toEqual({ status: 'RUNNING', detail: 'runs' });
    await clock.advance(2000);
    expect(await jobs.look(east, run)).toEqual({
      status: 'SUCCEEDED',
      taskIds: [expect.stringContaining('nonprod_east_foo-dev-smoke_')],
    });
  });

  it('is that it waits where no agent has room', async () => {
    const { jobs, start } = createBench();
    const run = await start({ general: { id: jobId, cpus: 99, cmd: 'true' } });
    expect(await jobs.look(east, run)).toMatchObject({
      status: 'STARTING',
      detail: expect.stringContaining('waits') as unknown,
    });
  });

  it('is what Mesos says where Metronome has forgotten the job', async () => {
    const { clock, jobs, start, call } = createBench();
    const good = await start();
    await clock.advance(3000);
    const bad = await start({ labels: { EMULATOR_EXIT_CODE: '1' } });
    await clock.advance(3000);
    const running = await start({ labels: { EMULATOR_RUN_MS: '60000', EMULATOR_KILL_MS: '5000' } });
    await clock.advance(3000);
    call('DELETE', `/v1/jobs/${jobId}?stopCurrentJobRuns=true`);
    const look = async (run: JobRun) => (await jobs.look(east, run)).status;
    expect([await look(good), await look(bad)]).toEqual(['SUCCEEDED', 'FAILED']);
    await clock.advance(10_000);
    expect(await look(running)).toBe('FAILED');
  });

  it('is not known where neither has a word of it, or Mesos cannot be asked', async () => {
    const { cluster, jobs } = createBench();
    expect(await jobs.look(east, { jobId, runId: '2026010100000000000' })).toEqual({
      status: 'UNKNOWN',
      detail: 'Metronome knows nothing of the run, and Mesos has no task of it',
    });
    cluster.core.setFault({ kind: 'http', path: '*/mesos/*', status: 403 });
    expect(await jobs.look(east, { jobId, runId: '2026010100000000000' })).toMatchObject({
      status: 'UNKNOWN',
      detail: expect.stringContaining('Mesos could not be asked') as unknown,
    });
  });

  it('cannot be said while Metronome does not answer', async () => {
    const { cluster, jobs, start } = createBench();
    const run = await start();
    cluster.core.setFault({ kind: 'http', path: '*/metronome/*', status: 503 });
    await expect(jobs.look(east, run)).rejects.toMatchObject({ code: 'SERVER_ERROR' });
  });
});

describe('canceling a run', () => {
  it('stops it, which is a failure, and is done where it has ended already', async () => {
    const { clock, jobs, start } = createBench();
    const run = await start({ labels: { EMULATOR_RUN_MS: '60000' } });
    await clock.advance(3000);
    await jobs.cancel(east, run);
    await clock.advance(3000);
    expect((await jobs.look(east, run)).status).toBe('FAILED');
    await jobs.cancel(east, run);
  });
});

describe('what a run leaves behind', () => {
  const files = { 'EMULATOR_FILE:result.json': '{"grün": true}', 'EMULATOR_FILE:out/a.properties': 'a=1' };

  it.each([
    ['result.json', 1000, { text: '{"grün": true}' }],
    ['out/a.properties', 1000, { text: 'a=1' }],
    ['result.json', 15, { text: '{"grün": true}' }],
    ['result.json', 14, { isTooLong: true }],
    ['none.json', 1000, undefined],
  ])('is read: %s, of %i bytes at most', async (path, maxBytes, expected) => {
    const { clock, jobs, start } = createBench();
    const run = await start({ labels: files });
    await clock.advance(3000);
    const state = await jobs.look(east, run);
    expect(await jobs.readFile(east, run, { path, maxBytes })).toEqual(expected);
    expect(await jobs.readFile(east, { ...run, ...state }, { path, maxBytes })).toEqual(expected);
  });

  it('is searched for in its sandbox only, and not at all where Mesos has no task', async () => {
    const { jobs, start } = createBench();
    const run = await start();
    for (const path of ['../other/result.json', '/etc/passwd', 'a/../../b']) {
      await expect(jobs.readFile(east, run, { path, maxBytes: 10 })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
    expect(await jobs.readFile(east, { jobId, runId: 'gone' }, { path: 'a', maxBytes: 10 })).toBeUndefined();
  });

  it('explains its failure: how the newest task ended, and the end of stderr', async () => {
    const { clock, jobs, start } = createBench();
    const run = await start({ labels: { EMULATOR_EXIT_CODE: '3', EMULATOR_STDERR: 'first\nlast words\n' } });
    await clock.advance(3000);
    const { reasons, output } = await jobs.explain(east, run);
    expect(reasons[0]).toMatch(/^Its task nonprod_east_foo-dev-smoke_\S+ failed: Command exited with status 3/);
    expect(output).toBe('first\nlast words');
  });

  it('says what could not be read', async () => {
    const { cluster, clock, jobs, start } = createBench();
    const never = await jobs.explain(east, { jobId, runId: 'never' });
    expect(never.reasons).toEqual(['Mesos has no task of the run: it was never launched, or is forgotten.']);
    const run = await start();
    await clock.advance(3000);
    cluster.core.setFault({ kind: 'http', path: '*/mesos/*', status: 503 });
    expect((await jobs.explain(east, run)).reasons[0]).toMatch(/^Its tasks could not be read: /);
  });
});

describe('a run whose answer was lost', () => {
  const key = 'E1/1/1';

  it('is the only new one of a job that is still ours', async () => {
    const { clock, jobs, start } = createBench();
    expect(await jobs.startedRuns(east, { jobId, key, known: { ids: [], since: 0 } })).toEqual({
      runIds: [],
      isOpen: false,
    });
    await start({}, 'E0/1/1');
    await clock.advance(3000);
    await start({ labels: { EMULATOR_RUN_MS: '60000' } }, 'E0/2/1');
    const known = await jobs.knownRuns(east, jobId);
    expect(known.ids).toHaveLength(2);
    expect(await jobs.startedRuns(east, { jobId, key, known })).toEqual({ runIds: [], isOpen: false });
    const run = await start({}, key);
    expect(await jobs.startedRuns(east, { jobId, key, known })).toEqual({ runIds: [run.runId], isOpen: false });
    await clock.advance(3000);
    expect(await jobs.startedRuns(east, { jobId, key, known })).toEqual({ runIds: [run.runId], isOpen: false });
  });

  it('is told from those of others by the labels of its task, once it has one', async () => {
    const { clock, jobs, start } = createBench();
    const known = await jobs.knownRuns(east, jobId);
    const ours = await start({}, key);
    const others = await start({}, 'E2/1/1');
    const started = () => jobs.startedRuns(east, { jobId, key, known });
    await clock.advance(3000);
    expect(await started()).toEqual({ runIds: [ours.runId], isOpen: false });
    expect(await jobs.startedRuns(east, { jobId, key: 'E2/1/1', known })).toEqual({
      runIds: [others.runId],
      isOpen: false,
    });
    expect(await jobs.startedRuns(east, { jobId, key: 'E3/1/1', known })).toEqual({ runIds: [], isOpen: false });
    await start({ general: { id: jobId, cpus: 99, cmd: 'true' } }, 'E4/1/1');
    expect(await started()).toEqual({ runIds: [ours.runId], isOpen: true });
  });

  it('is not one of hundreds that were there before', async () => {
    const { clock, jobs, start } = createBench();
    for (let count = 0; count < 60; count += 1) {
      await start();
      await clock.advance(3000);
    }
    const known = await jobs.knownRuns(east, jobId);
    expect(known.ids).toHaveLength(50);
    expect((await jobs.startedRuns(east, { jobId, key, known })).runIds).toEqual([]);
    const run = await start();
    expect((await jobs.startedRuns(east, { jobId, key, known })).runIds).toEqual([run.runId]);
  });
});
