import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openConnections } from '../../src/dcos/cluster-connections';
import type { ClusterConnection } from '../../src/dcos/cluster-connections';
import { CoxswainError } from '../../src/model/errors';
import { createManualClock } from '../support/manual-clock';
import type { ManualClock } from '../support/manual-clock';

const at = { agentId: 'S0', path: '/a' };
const mesosTask = {
  id: 't',
  name: '',
  frameworkId: 'F',
  executorId: 't',
  agentId: 'S0',
  state: '',
  statuses: [],
  labels: {},
};
const noForce = { force: false };

/** Every call of every client. */
const calls: Readonly<Record<string, (cluster: ClusterConnection) => Promise<unknown>>> = {
  listApps: ({ marathon }) => marathon.listApps({}),
  getApp: ({ marathon }) => marathon.getApp('/a'),
  createApp: ({ marathon }) => marathon.createApp({ id: '/a' }),
  putApp: ({ marathon }) => marathon.putApp('/a', { instances: 1 }, noForce),
  restartApp: ({ marathon }) => marathon.restartApp('/a', noForce),
  deleteApp: ({ marathon }) => marathon.deleteApp('/a', noForce),
  listVersions: ({ marathon }) => marathon.listVersions('/a'),
  getVersion: ({ marathon }) => marathon.getVersion('/a', 'v'),
  listTasks: ({ marathon }) => marathon.listTasks({}),
  listTasksOf: ({ marathon }) => marathon.listTasksOf('/a'),
  killTasks: ({ marathon }) => marathon.killTasks(['t'], { scale: true }),
  killTasksOf: ({ marathon }) => marathon.killTasksOf('/a', {}),
  getGroup: ({ marathon }) => marathon.getGroup('/'),
  putGroup: ({ marathon }) => marathon.putGroup('/g', {}, noForce),
  planGroup: ({ marathon }) => marathon.planGroup('/g', {}),
  deleteGroup: ({ marathon }) => marathon.deleteGroup('/g', noForce),
  listDeployments: ({ marathon }) => marathon.listDeployments(),
  cancelDeployment: ({ marathon }) => marathon.cancelDeployment('d', noForce),
  listQueue: ({ marathon }) => marathon.listQueue(),
  listQueueWithOffers: ({ marathon }) => marathon.listQueueWithOffers(),
  resetDelay: ({ marathon }) => marathon.resetDelay('/a'),
  getInfo: ({ marathon }) => marathon.getInfo(),
  getLeader: ({ marathon }) => marathon.getLeader(),
  ping: ({ marathon }) => marathon.ping(),
  openEvents: ({ marathon }) => marathon.openEvents({ idleTimeoutMs: 1000 }),
  listJobs: ({ metronome }) => metronome.listJobs([]),
  getJob: ({ metronome }) => metronome.getJob('j', ['history']),
  createJob: ({ metronome }) => metronome.createJob({ id: 'j' }),
  updateJob: ({ metronome }) => metronome.updateJob({ id: 'j' }),
  deleteJob: ({ metronome }) => metronome.deleteJob('j', { stopRuns: false }),
  listSchedules: ({ metronome }) => metronome.listSchedules('j'),
  createSchedule: ({ metronome }) => metronome.createSchedule('j', { id: 's', cron: '* * * * *' }),
  updateSchedule: ({ metronome }) => metronome.updateSchedule('j', { id: 's', cron: '* * * * *' }),
  deleteSchedule: ({ metronome }) => metronome.deleteSchedule('j', 's'),
  startRun: ({ metronome }) => metronome.startRun('j'),
  listRuns: ({ metronome }) => metronome.listRuns('j'),
  getRun: ({ metronome }) => metronome.getRun('j', 'r'),
  stopRun: ({ metronome }) => metronome.stopRun('j', 'r'),
  listWaiting: ({ metronome }) => metronome.listWaiting(),
  metronomeInfo: ({ metronome }) => metronome.getInfo(),
  getState: ({ mesos }) => mesos.getState(),
  findTask: ({ mesos }) => mesos.findTask('t'),
  findTasks: ({ mesos }) => mesos.findTasks({ idPrefix: 't' }),
  sandboxOf: ({ mesos }) => mesos.sandboxOf(mesosTask),
  browse: ({ files }) => files.browse(at),
  read: ({ files }) => files.read(at, { offset: 0 }),
  tail: ({ files }) => files.tail(at, { lines: 1 }),
  download: ({ files }) => files.download(at),
  tailOfTask: ({ files }) => files.tailOfTask({ taskId: 't', file: 'stderr' }, 1),
};
/** These take any text, or none, for an answer. */
const takesAnything = ['ping', 'resetDelay', 'deleteJob', 'deleteSchedule', 'download', 'tailOfTask', 'openEvents'];
const answeringJson = Object.keys(calls).filter((name) => !takesAnything.includes(name));
const all = Object.keys(calls);
const html = '<html><body>Bad gateway</body></html>';

type Failure = readonly [how: string, answer: (response: ServerResponse) => void, code: string, calls: string[]];

const status =
  (number: number, body = html) =>
  (response: ServerResponse) =>
    void response
      .writeHead(number, { 'Content-Type': body.startsWith('<') ? 'text/html' : 'application/json' })
      .end(body);
const cut = (response: ServerResponse) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  response.write('{"apps":[', () => response.socket?.destroy());
};

const failures: readonly Failure[] = [
  ['a server that breaks off before the answer', (response) => response.socket?.destroy(), 'UNREACHABLE', all],
  ['an answer cut in the middle', cut, 'UNREACHABLE', all.filter((name) => name !== 'openEvents')],
  ['500', status(500), 'SERVER_ERROR', all],
  ['503 without a body', status(503, ''), 'SERVER_ERROR', all],
  ['401 in HTML', status(401), 'UNAUTHORIZED', all],
  ['403 in HTML', status(403), 'FORBIDDEN', all],
  ['429', status(429), 'RATE_LIMITED', all],
  ['422', status(422, '{"message":"Object is not valid"}'), 'REQUEST_REFUSED', all],
  ['a redirect', status(302), 'SERVER_ERROR', all],
  ['HTML instead of JSON', status(200), 'SERVER_ERROR', answeringJson],
  ['JSON of another shape', status(200, '"text"'), 'SERVER_ERROR', answeringJson],
  ['nothing instead of JSON', status(200, ''), 'SERVER_ERROR', answeringJson.filter((n) => n !== 'cancelDeployment')],
];

let server: Server;
let answer: (response: ServerResponse) => void;
let requests = 0;
let clock: ManualClock;
let url: string;

beforeAll(async () => {
  server = createServer((_request, response) => {
    requests += 1;
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  requests = 0;
  clock = createManualClock();
});

async function codeOf(name: string, address = url): Promise<string> {
  const cluster = openConnections(new Map([['lab', { name: 'lab', url: address, auth: { type: 'none' } }]]), { clock });
  const connection = cluster.get('lab');
  const call = calls[name];
  if (connection === undefined || call === undefined) throw new Error(`no call ${name}`);
  const error: unknown = await call(connection).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof CoxswainError ? error.code : `no failure of ours: ${String(error)}`;
}

describe('every call of every client', () => {
  it.each(failures)('meets %s with a typed error, and asks once', async (_how, how, code, names) => {
    answer = how;
    for (const name of names) expect([name, await codeOf(name)]).toEqual([name, code]);
    expect(requests).toBe(names.length);
  });

  it('meets a refused connection with UNREACHABLE', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    for (const name of all)
      expect([name, await codeOf(name, `http://127.0.0.1:${port}`)]).toEqual([name, 'UNREACHABLE']);
  });

  it('gives up a server that does not answer within five seconds', async () => {
    let arrived: () => void = () => undefined;
    answer = () => arrived();
    const waiting = all.map(async (name) => [name, await codeOf(name)]);
    await new Promise<void>((resolve) => {
      arrived = () => requests === all.length && resolve();
    });
    await clock.advance(5000);
    expect(await Promise.all(waiting)).toEqual(all.map((name) => [name, 'TIMED_OUT']));
  });

  it.each([
    ['of a proxy, in HTML', html, 'SERVER_ERROR'],
    ['of an unknown route', '{"message":"Unknown route.","requestPath":"/x"}', 'SERVER_ERROR'],
    ['of a thing that is not there, at Marathon', `{"message":"App '/a' does not exist"}`, 'NOT_FOUND'],
    ['of a job that is not there, at Metronome', '{"id":"j","message":"Job not found"}', 'NOT_FOUND'],
  ])('tells a 404 %s apart', async (_title, body, code) => {
    answer = status(404, body);
    const names = body.includes('App') ? ['getApp', 'deleteApp', 'restartApp'] : ['getJob', 'startRun', 'deleteJob'];
    for (const name of names) expect([name, await codeOf(name)]).toEqual([name, code]);
    if (code === 'SERVER_ERROR') expect(await codeOf('getApp')).toBe(code);
  });
});
