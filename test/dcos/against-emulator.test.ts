import { openEventStream } from '../../src/dcos/event-stream';
import { metronomeTaskPrefix } from '../../src/dcos/mesos-client';
import { tailTaskFile } from '../../src/dcos/tail-task-file';
import { systemClock } from '../../src/engine/clock';
import { CoxswainError } from '../../src/model/errors';
import { waitFor } from '../support/wait-for';
import { doors, startServedCluster, wrongPassword, type Door } from './served-cluster';

jest.setTimeout(60_000);

type Served = Awaited<ReturnType<typeof startServedCluster>>;

let cluster: Served;
const start = async (door: Door) => {
  cluster = await startServedCluster(door);
  return cluster;
};
afterEach(() => cluster.close());

async function failureOf(promise: Promise<unknown>): Promise<CoxswainError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CoxswainError) return error;
  throw new Error(`expected a CoxswainError, got ${String(error)}`);
}

const app = (id: string, fields: object = {}) => ({
  id,
  cpus: 0.1,
  mem: 32,
  instances: 1,
  container: { type: 'DOCKER', docker: { image: 'registry.example.com/foo:1.0' } },
  ...fields,
});

const settled = ({ marathon }: Served) =>
  waitFor('all deployments to end', async () => (await marathon.listDeployments()).length === 0);

const runningTask = ({ marathon }: Served, id: string) =>
  waitFor(`a task of ${id} to run`, async () =>
    (await marathon.listTasksOf(id)).find(({ state }) => state === 'TASK_RUNNING'),
  );

/** How many logins a door needs for everything that is asked. */
const loginsAt = ({ auth }: Door) => (auth.type === 'none' ? [] : [200]);

describe.each<[string, Door]>(Object.entries(doors))('a served DC/OS, %s', (_title, door) => {
  beforeEach(() => start(door));
  afterEach(() => expect(cluster.asked().filter((line) => / 40[13]$/.test(line))).toEqual([]));

  it("runs an app's whole life with one login", async () => {
    const { marathon } = cluster;
    // Without offers nothing ends before it was looked at.
    const hold = () => cluster.setFault({ kind: 'noOffers', apps: '*' });
    const held = hold();
    const created = await marathon.createApp(app('/prod/east/foo'));
    expect((await marathon.listDeployments()).map(({ id }) => id)).toEqual([created.deploymentId]);
    cluster.clearFaults(held);
    await settled(cluster);
    const listed = await marathon.listApps({ id: 'foo', embed: ['apps.tasks', 'apps.deployments'] });
    expect(listed).toMatchObject([{ id: '/prod/east/foo', instances: 1, tasks: [{ state: 'TASK_RUNNING' }] }]);

    const heldAgain = hold();
    await marathon.putApp('/prod/east/foo', { instances: 3 }, { force: false });
    expect(await failureOf(marathon.putApp('/prod/east/foo', { instances: 2 }, { force: false }))).toMatchObject({
      code: 'MARATHON_LOCKED',
    });
    cluster.clearFaults(heldAgain);
    await settled(cluster);
    const tasks = (await marathon.getApp('/prod/east/foo')).tasks.map(({ id }) => id);
    expect(tasks).toHaveLength(3);
    expect(await marathon.listVersions('/prod/east/foo')).toHaveLength(2);

    const [first = '', second = ''] = tasks;
    const replaced = await marathon.killTasks([first], {});
    expect([replaced.deploymentId, replaced.tasks.map(({ id }) => id)]).toEqual([undefined, [first]]);
    const scaled = await marathon.killTasks([second], { scale: true });
    expect(scaled.deploymentId).toEqual(expect.any(String));
    await settled(cluster);
    await waitFor('two tasks without the killed', async () => {
      const now = (await marathon.listTasksOf('/prod/east/foo')).filter(({ state }) => state === 'TASK_RUNNING');
      return now.length === 2 && now.every(({ id }) => id !== first && id !== second);
    });

    await marathon.deleteApp('/prod/east/foo', { force: false });
    await settled(cluster);
    expect((await failureOf(marathon.getApp('/prod/east/foo'))).code).toBe('NOT_FOUND');
    expect(cluster.logins()).toEqual(loginsAt(door));
  });

  it('says what waits for resources, and takes a deployment back', async () => {
    const { marathon } = cluster;
    const { deploymentId = '' } = await marathon.createApp(app('/prod/east/large', { cpus: 99 }));
    const [waiting] = await waitFor('offers to be declined', async () => {
      const queue = await marathon.listQueueWithOffers();
      return (queue[0]?.processedOffersSummary?.unusedOffersCount ?? 0) > 0 && queue;
    });
    expect(waiting).toMatchObject({ app: { id: '/prod/east/large' }, count: 1 });
    expect(waiting?.processedOffersSummary?.rejectSummaryLastOffers).toContainEqual(
      expect.objectContaining({ reason: 'InsufficientCpus' }),
    );
    expect(waiting?.lastUnusedOffers[0]?.reasons).toContain('InsufficientCpus');
    await marathon.resetDelay('/prod/east/large');
    await marathon.cancelDeployment(deploymentId, { force: false });
    await settled(cluster);
    expect([await marathon.listQueue(), await marathon.listApps({})]).toEqual([[], []]);
  });

  it('plans, makes, reads and removes a group', async () => {
    const { marathon } = cluster;
    const group = { apps: [app('/team/one')], groups: [{ id: '/team/inner', apps: [app('/team/inner/two')] }] };
    expect((await marathon.planGroup('/team', group)).length).toBeGreaterThan(0);
    expect((await failureOf(marathon.getGroup('/team'))).code).toBe('NOT_FOUND');
    await marathon.putGroup('/team', group, { force: false });
    await settled(cluster);
    expect(await marathon.getGroup('/team')).toMatchObject({
      apps: [{ id: '/team/one' }],
      groups: [{ id: '/team/inner', apps: [{ id: '/team/inner/two' }] }],
    });
    await marathon.deleteGroup('/team', { force: false });
    await settled(cluster);
    expect((await failureOf(marathon.getGroup('/team'))).code).toBe('NOT_FOUND');
  });

  it('tells of changed apps by its event stream', async () => {
    const { marathon } = cluster;
    const [heard, states]: [string[], string[]] = [[], []];
    const stream = openEventStream({
      client: marathon,
      clock: systemClock,
      onAppChanged: (id) => void heard.push(id),
      onResync: () => void states.push('resync'),
      onState: (state) => void states.push(state),
    });
    await waitFor('the stream', () => states.includes('resync'));
    await marathon.createApp(app('/prod/east/foo'));
    await settled(cluster);
    await waitFor('the event', () => heard.includes('/prod/east/foo'));
    stream.close();
    expect([states, cluster.logins()]).toEqual([['connected', 'resync'], loginsAt(door)]);
  });

  it('runs, stops and remembers jobs', async () => {
    const { metronome, mesos } = cluster;
    const run = { cpus: 0.1, mem: 32, disk: 0, docker: { image: 'registry.example.com/report:1.0' } };
    await metronome.createJob({ id: 'prod.report', labels: { EMULATOR_STDOUT: 'three rows\n' }, run });
    expect((await failureOf(metronome.createJob({ id: 'prod.report', run }))).code).toBe('METRONOME_DUPLICATE');
    const finished = await metronome.startRun('prod.report');
    await waitFor('the run to end', async () => (await metronome.listRuns('prod.report')).length === 0);
    const query = { idPrefix: metronomeTaskPrefix('prod.report', finished.id), framework: 'metronome' };
    const [task] = await mesos.findTasks(query);
    expect(task).toMatchObject({ state: 'TASK_FINISHED' });
    expect(await tailTaskFile(cluster, { taskId: task?.id ?? '', file: 'stdout', lines: 5 })).toEqual(['three rows']);

    await metronome.updateJob({ id: 'prod.report', labels: { EMULATOR_RUN_MS: '600000' }, run });
    const long = await metronome.startRun('prod.report');
    await waitFor('the run', async () => (await metronome.getRun('prod.report', long.id)).status === 'ACTIVE');
    await metronome.stopRun('prod.report', long.id);
    await waitFor('the run to stop', async () => (await metronome.listRuns('prod.report')).length === 0);
    expect((await failureOf(metronome.getRun('prod.report', long.id))).code).toBe('NOT_FOUND');
    const { history } = await metronome.getJob('prod.report', ['history']);
    expect(history?.successfulFinishedRuns).toMatchObject([{ id: finished.id, tasks: [task?.id] }]);
    expect(history?.failedFinishedRuns).toMatchObject([{ id: long.id }]);
    await metronome.deleteJob('prod.report', { stopRuns: false });
    expect(await metronome.listJobs([])).toEqual([]);
  });

  it.each(['by dcos-log', 'by the agent, where dcos-log is missing'])(
    'shows the end of what a scripted task wrote, %s',
    async (way) => {
      const lines = Array.from({ length: 30 }, (_, index) => `line ${index}: grün`);
      const labels = { EMULATOR_STDOUT: `${lines.join('\n')}\n`, EMULATOR_STDERR: 'cannot bind\n' };
      await cluster.marathon.createApp(app('/prod/east/foo', { labels }));
      const { id } = await runningTask(cluster, '/prod/east/foo');
      if (way !== 'by dcos-log') cluster.setFault({ kind: 'http', path: '/system/v1/logs*', status: 404 });
      expect(await cluster.mesos.findTask(id)).toMatchObject({ id, state: 'TASK_RUNNING' });
      const tail = (file: string) => tailTaskFile(cluster, { taskId: id, file, lines: 20 });
      expect([await tail('stdout'), await tail('stderr')]).toEqual([lines.slice(10), ['cannot bind']]);
      expect(await tailTaskFile(cluster, { taskId: 'gone', file: 'stdout', lines: 20 })).toBeUndefined();
    },
  );
});

describe('a real process on a served DC/OS', () => {
  const line = 'Größe → 🙂 語';
  const count = 5000;
  // Two pieces of what an agent gives at a time, cut inside a character.
  const cmd = `yes '${line}' | head -n ${count}; echo fertig; exec sleep 600`;

  it('is read by bytes without a broken character', async () => {
    await start(doors['enterprise by service account']);
    await cluster.marathon.createApp({ id: '/real', cpus: 0.1, mem: 32, instances: 1, cmd });
    const { id } = await runningTask(cluster, '/real');
    cluster.setFault({ kind: 'http', path: '/system/v1/logs*', status: 404 });
    const tail = (lines: number) => tailTaskFile(cluster, { taskId: id, file: 'stdout', lines });
    await waitFor('its last line', async () => (await tail(1))?.[0] === 'fertig');
    expect(await tail(3)).toEqual([line, line, 'fertig']);

    const task = await cluster.mesos.findTask(id);
    if (task === undefined) throw new Error('Mesos does not know the task.');
    const { agentId, path } = await cluster.mesos.sandboxOf(task);
    const file = { agentId, path: `${path}/stdout` };
    const whole = `${`${line}\n`.repeat(count)}fertig\n`;
    expect((await cluster.files.download(file)).toString()).toBe(whole);
    let [text, offset, sizeBytes] = ['', 0, Infinity];
    while (offset < sizeBytes) {
      const part = await cluster.files.read(file, { offset, maxBytes: 9973 });
      text += part.text;
      ({ nextOffset: offset, sizeBytes } = part);
    }
    expect(text === whole).toBe(true);
    expect((await cluster.files.browse({ agentId, path })).map((entry) => entry.path)).toContain(`${path}/stdout`);
    expect(cluster.logins()).toEqual([200]);
  });
});

const guarded = Object.entries<Door>(doors).filter(([, { auth }]) => auth.type !== 'none');

describe.each(guarded)('a token that a served DC/OS takes for ended, %s', (_title, door) => {
  it('is replaced by one login, and the calls that met it are repeated once', async () => {
    const { marathon } = await start(door);
    await marathon.getInfo();
    cluster.runAhead(2 * 60_000);
    await Promise.all(Array.from({ length: 20 }, () => marathon.getInfo()));
    expect(cluster.logins()).toEqual([200, 200]);
    const statuses = cluster.asked().map((asked) => asked.slice(-3));
    expect(statuses.filter((status) => status === '401')).toHaveLength(20);
    expect(statuses.filter((status) => status === '200')).toHaveLength(21);
  });
});

describe('logging in at a served DC/OS', () => {
  it('fails with UNAUTHORIZED for a wrong password, which is sent once', async () => {
    const { marathon, metronome } = await start(wrongPassword);
    expect((await failureOf(marathon.getInfo())).code).toBe('UNAUTHORIZED');
    expect((await failureOf(metronome.listJobs([]))).code).toBe('UNAUTHORIZED');
    expect([cluster.logins(), cluster.asked()]).toEqual([[401], []]);
  });

  it('of a service account succeeds where the clock of the cluster is an hour ahead', async () => {
    const { marathon } = await start(doors['enterprise by service account']);
    cluster.runAhead(3_600_000);
    await marathon.getInfo();
    expect([cluster.logins(), cluster.asked()]).toEqual([[401, 200], ['GET /v2/info 200']]);
  });
});
