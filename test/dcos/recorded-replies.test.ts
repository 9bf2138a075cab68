import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import nock from 'nock';
import { parse } from 'yaml';
import { openConnections } from '../../src/dcos/cluster-connections';
import type { ClusterConnection } from '../../src/dcos/cluster-connections';
import { contractFolder, describeWithPart } from '../support/parts';

const base = 'http://dcos.example.com';
const noForce = { force: false };

type Recorded = { readonly uri: string; readonly method: string; readonly content?: string };
type Reader = (cluster: ClusterConnection) => Promise<unknown>;
type Route = readonly [method: string, uri: RegExp, read: Reader];

/** What must be in an answer as it stands in the reply: names, numbers and texts that somebody relies on. */
const facts = [
  ...[
    'id',
    'jobId',
    'deploymentId',
    'version',
    'versions',
    'affectedApps',
    'instances',
    'count',
    'leader',
    'frameworkId',
  ],
  ...['action', 'cron', 'status', 'timeLeftSeconds', 'overdue', 'successCount', 'failureCount'],
];
const inside = ['apps', 'app', 'groups', 'tasks', 'deployments', 'actions', 'delay', 'history'];

/** The facts of a reply and of what is inside, lists with as many elements as there are. */
function factsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(factsOf);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value as Readonly<Record<string, unknown>>).filter(
    ([name, each]) => each !== null && (facts.includes(name) || inside.includes(name)),
  );
  return Object.fromEntries(kept.map(([name, each]) => [name, factsOf(each)]));
}

type Reply = Readonly<Record<string, unknown>>;
type Waiting = { readonly app: { readonly id: string } };
type Runs = { readonly jobId: string; readonly runs: readonly { readonly runId: string }[] };

/** Where a call answers with a part of the reply, or in another form; the reply itself elsewhere. */
const answers: Readonly<Record<string, (reply: Reply) => unknown>> = {
  listApps: ({ apps }) => factsOf(apps),
  getApp: ({ app }) => factsOf(app),
  createApp: (reply) => {
    const [deployment] = reply.deployments as readonly { readonly id: string }[];
    return { app: factsOf(reply), deploymentId: deployment?.id };
  },
  listVersions: ({ versions }) => versions,
  listTasks: ({ tasks }) => factsOf(tasks),
  listTasksOf: ({ tasks }) => factsOf(tasks),
  planGroup: ({ steps }) => factsOf(steps),
  cancelDeployment: (reply) => (reply.deploymentId === undefined ? undefined : factsOf(reply)),
  // Of a waiting app only what offers are measured by is read.
  listQueueWithOffers: ({ queue }) =>
    (queue as readonly Waiting[]).map(({ app, ...item }) => ({ ...(factsOf(item) as object), app: { id: app.id } })),
  getLeader: ({ leader }) => leader,
  ping: () => undefined,
  resetDelay: () => undefined,
  listWaiting: (reply) =>
    (reply as unknown as readonly Runs[]).map(({ jobId, runs }) => ({ jobId, runIds: runs.map(({ runId }) => runId) })),
};

/** A client that notes which of its calls was made. */
const noting = <T extends object>(client: T, note: (call: string) => void): T =>
  new Proxy(client, {
    get: (target, name, receiver) => {
      note(String(name));
      return Reflect.get(target, name, receiver) as unknown;
    },
  });

/** Which call reads which recorded reply of Marathon's; the first that matches. */
const routes: readonly Route[] = [
  ['GET', /^\/v2\/apps(\?|$)/, ({ marathon }) => marathon.listApps({})],
  ['POST', /^\/v2\/apps$/, ({ marathon }) => marathon.createApp({ id: '/a' })],
  ['POST', /\/restart$/, ({ marathon }) => marathon.restartApp('/a', noForce)],
  ['GET', /^\/v2\/apps\/.*\/versions$/, ({ marathon }) => marathon.listVersions('/a')],
  ['GET', /^\/v2\/apps\/.*\/versions\//, ({ marathon }) => marathon.getVersion('/a', 'v')],
  ['GET', /^\/v2\/apps\/.*\/tasks$/, ({ marathon }) => marathon.listTasksOf('/a')],
  ['DELETE', /^\/v2\/apps\/.*\/tasks$/, ({ marathon }) => marathon.killTasksOf('/a', {})],
  ['GET', /^\/v2\/apps\//, ({ marathon }) => marathon.getApp('/a')],
  ['PUT', /^\/v2\/apps\//, ({ marathon }) => marathon.putApp('/a', {}, noForce)],
  ['DELETE', /^\/v2\/apps\/[^/]*$/, ({ marathon }) => marathon.deleteApp('/a', noForce)],
  ['GET', /^\/v2\/groups/, ({ marathon }) => marathon.getGroup('/g')],
  ['PUT', /^\/v2\/groups/, ({ marathon }) => marathon.putGroup('/g', {}, noForce)],
  ['DELETE', /^\/v2\/groups/, ({ marathon }) => marathon.deleteGroup('/g', noForce)],
  ['GET', /^\/v2\/tasks/, ({ marathon }) => marathon.listTasks({})],
  ['GET', /^\/v2\/deployments$/, ({ marathon }) => marathon.listDeployments()],
  ['DELETE', /^\/v2\/deployments\//, ({ marathon }) => marathon.cancelDeployment('d', noForce)],
  ['GET', /^\/v2\/queue$/, ({ marathon }) => marathon.listQueueWithOffers()],
  ['DELETE', /^\/v2\/queue\//, ({ marathon }) => marathon.resetDelay('/a')],
  ['GET', /^\/v2\/leader$/, ({ marathon }) => marathon.getLeader()],
  ['GET', /^\/v2\/info$/, ({ marathon }) => marathon.getInfo()],
  ['GET', /^\/ping$/, ({ marathon }) => marathon.ping()],
];

/** What the client never asks: pods, callbacks (gone since 1.5), abdication, and the kill that the next way replaces. */
const notAsked = /\/v2\/pods|eventSubscriptions|^DELETE \/v2\/leader$|^DELETE .*\/tasks\//;

/** Which call reads which published example. */
const examples: Readonly<Record<string, Reader>> = {
  'marathon/raml/v2/examples/app.json': ({ marathon }) => marathon.getVersion('/a', 'v'),
  'marathon/raml/v2/examples/app-check-http-example.json': ({ marathon }) => marathon.getVersion('/a', 'v'),
  'marathon/raml/v2/examples/app_list.json': ({ marathon }) => marathon.listApps({}),
  'marathon/raml/v2/examples/app_patch.json': ({ marathon }) => marathon.getVersion('/a', 'v'),
  'marathon/raml/v2/examples/app_tasks.json': ({ marathon }) => marathon.listTasksOf('/a'),
  'marathon/raml/v2/examples/tasks.json': ({ marathon }) => marathon.listTasks({}),
  'marathon/raml/v2/examples/deployments.json': ({ marathon }) => marathon.listDeployments(),
  'marathon/raml/v2/examples/deployments_result.json': ({ marathon }) => marathon.restartApp('/a', noForce),
  'marathon/raml/v2/examples/deployment_steps.json': ({ marathon }) => marathon.planGroup('/g', {}),
  'marathon/raml/v2/examples/group.json': ({ marathon }) => marathon.getGroup('/'),
  'marathon/raml/v2/examples/info.json': ({ marathon }) => marathon.getInfo(),
  'marathon/raml/v2/examples/queue.json': ({ marathon }) => marathon.listQueueWithOffers(),
  'marathon/go-marathon/tests/app-definitions/TestApplicationString-1.5-output.json': ({ marathon }) =>
    marathon.getVersion('/a', 'v'),
  'marathon/go-marathon/tests/app-definitions/TestApplicationString-output.json': ({ marathon }) =>
    marathon.getVersion('/a', 'v'),
  'metronome/v0/examples/job.json': ({ metronome }) => metronome.getJob('j', ['schedules']),
  'metronome/v1/examples/job.json': ({ metronome }) => metronome.getJob('j', ['history']),
  'metronome/v1/examples/job_docker_param.json': ({ metronome }) => metronome.createJob({ id: 'j' }),
  'metronome/v1/examples/job_file_based_secrets.json': ({ metronome }) => metronome.updateJob({ id: 'j' }),
  'metronome/v1/examples/job_list.json': ({ metronome }) => metronome.listJobs([]),
  'metronome/v1/examples/job_secrets.json': ({ metronome }) => metronome.getJob('j', []),
  'metronome/v1/examples/job_ucr.json': ({ metronome }) => metronome.getJob('j', []),
  'metronome/v1/examples/queue_job_list.json': ({ metronome }) => metronome.listWaiting(),
  'metronome/v1/examples/run.json': ({ metronome }) => metronome.getRun('j', 'r'),
  'metronome/v1/examples/run_list.json': ({ metronome }) => metronome.listRuns('j'),
  'metronome/v1/examples/schedule.json': ({ metronome }) => metronome.createSchedule('j', { id: 's', cron: '' }),
  'metronome/v1/examples/schedule_list.json': ({ metronome }) => metronome.listSchedules('j'),
  'metronome/general/examples/info.json': ({ metronome }) => metronome.getInfo(),
};
/** Replies and bodies that the client neither reads nor sends; events.txt is read in event-stream.test.ts. */
const otherExamples = ['app_task.json', 'apps_create.json', 'apps_patch.json', 'pod.json', 'events.txt'];

// It is at work from its import on, and where all tests here are skipped no hook would stop it for the files that follow.
nock.restore();
beforeAll(() => {
  nock.activate();
  nock.disableNetConnect();
});
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

async function readReply(read: Reader, body: string): Promise<{ readonly call: string; readonly answer: unknown }> {
  for (const method of ['get', 'post', 'put', 'delete'] as const) {
    nock(base)[method](/.*/).reply(200, body, { 'Content-Type': 'application/json' });
  }
  const cluster = openConnections(new Map([['lab', { name: 'lab', url: base, auth: { type: 'none' } }]])).get('lab');
  if (cluster === undefined) throw new Error('no connection');
  let call = '';
  const note = (name: string) => void (call = name);
  const { marathon, metronome } = cluster;
  try {
    const answer = await read({ ...cluster, marathon: noting(marathon, note), metronome: noting(metronome, note) });
    return { call, answer };
  } finally {
    nock.cleanAll();
  }
}

async function expectFacts(read: Reader, body: string): Promise<void> {
  const { call, answer } = await readReply(read, body);
  const reply = body.startsWith('pong') ? {} : (JSON.parse(body) as Reply);
  const expected = (answers[call] ?? factsOf)(reply);
  if (typeof expected !== 'object' || expected === null) {
    expect(answer).toBe(expected);
    return;
  }
  // A reply that has nothing to say says nothing about the client.
  expect(expected).not.toEqual({});
  expect(answer).toMatchObject(expected);
}

const isExample = (path: string) => /\/(examples|app-definitions)\/[^/]+$/.test(path);
const namesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => isExample(path) && /\.(json|txt)$/.test(path));

describeWithPart(contractFolder, 'the clients on everything that was recorded', (folder) => {
  if (folder === '') {
    // Tables may not be empty, not even those of tests that are skipped.
    it('read it', () => undefined);
    return;
  }
  const methods = 'marathon/go-marathon/tests/rest-api/methods.yml';
  const recorded = parse(readFileSync(join(folder, methods), 'utf8')) as Recorded[];
  const used = recorded
    .map((entry, index) => ({ ...entry, index, uri: entry.uri.replace(/^\/marathon/, '') }))
    .flatMap((entry) => (entry.content === undefined ? [] : [{ ...entry, content: entry.content }]))
    .filter(({ method, uri }) => !notAsked.test(`${method} ${uri}`));

  it('know which call reads which reply, and which they never ask for', () => {
    const unknown = used.filter(({ method, uri }) => !routes.some(([verb, path]) => verb === method && path.test(uri)));
    expect(unknown.map(({ method, uri }) => `${method} ${uri}`)).toEqual([]);
    expect(used.length).toBeGreaterThanOrEqual(38);
    const strange = namesBelow(folder).filter(
      (path) => examples[path] === undefined && !otherExamples.some((name) => path.endsWith(`/${name}`)),
    );
    expect(strange).toEqual([]);
  });

  it.each(used)('read the reply to $method $uri (number $index)', async ({ method, uri, content }) => {
    const read = routes.find(([verb, path]) => verb === method && path.test(uri))?.[2];
    if (read === undefined) throw new Error('no call reads this');
    await expectFacts(read, content);
  });

  it.each(Object.keys(examples))('read %s', async (path) => {
    const read = examples[path];
    if (read === undefined) throw new Error('no call reads this');
    await expectFacts(read, readFileSync(join(folder, path), 'utf8'));
  });
});
