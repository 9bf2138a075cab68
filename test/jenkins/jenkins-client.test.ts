import type { CrumbMode } from '../../src/emulators/jenkins/auth';
import { startJenkinsEmulator, type RunningJenkinsEmulator } from '../../src/emulators/jenkins/start-jenkins-emulator';
import { createHttpClient } from '../../src/http-client/create-http-client';
import { findOwnBuild } from '../../src/jenkins/find-own-build';
import { createJenkinsClient } from '../../src/jenkins/jenkins-client';
import { jobPath } from '../../src/jenkins/job-path';
import { Secret } from '../../src/model/secret';
import { folderXml, jobXml } from '../support/jenkins-jobs';

const running: RunningJenkinsEmulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

/** A served emulator on a clock of its own, a client for it, and a folder `team`. */
async function serve(crumbs: CrumbMode = 'passwords', quietPeriodMs = 0) {
  let now = Date.UTC(2026, 0, 1);
  const emulator = await startJenkinsEmulator({ crumbs, quietPeriodMs, clock: { now: () => now } });
  running.push(emulator);
  const { url, user, token } = emulator;
  const http = createHttpClient({ baseUrl: url, userAgent: 'test' });
  const client = createJenkinsClient(http, { user, token: new Secret('a test', () => token) });
  const headers = { Authorization: `Basic ${Buffer.from(`${user}:${emulator.password}`).toString('base64')}` };
  const issued = await fetch(`${url}/crumbIssuer/api/json`, { headers });
  const { crumb = '' } = issued.ok ? ((await issued.json()) as { crumb: string }) : {};
  const [cookie = ''] = (issued.headers.get('set-cookie') ?? '').split(';');
  const create = async (path: string, config: string) => {
    const body = { method: 'POST', body: config, headers: { ...headers, cookie, 'Jenkins-Crumb': crumb } };
    expect((await fetch(`${url}/${path}`, body)).status).toBe(200);
  };
  await create('createItem?name=team', folderXml);
  return { emulator, client, create, pass: (ms: number) => void (now += ms) };
}

describe('Jenkins client', () => {
  it('builds a job of a folder with parameters, follows it from the queue to its end, and reads its files', async () => {
    const { client, create, pass } = await serve('passwords', 5000);
    const script = 'echo "v=$VERSION" > out/r.properties\nsleep 10';
    await create(
      'job/team/createItem?name=ship%20it',
      jobXml({
        script,
        parameters: { VERSION: '0', COXSWAIN_KEY: '' },
        artifacts: 'out/*',
        git: 'https://git.example.com/foo',
      }),
    );
    const job = 'team/ship it';
    expect((await client.getJob(job)).parameters.map(({ name }) => name)).toEqual(['VERSION', 'COXSWAIN_KEY']);
    const id = await client.startBuild(job, { VERSION: '1 & 2', COXSWAIN_KEY: 'e/s/1', UNKNOWN: 'x' });
    expect(await client.getQueueItem(id)).toEqual({ state: 'waiting', why: 'In the quiet period. Expires in 5.0 sec' });
    const trace = { queueId: id, userIds: ['coxswain'], parameters: { VERSION: '1 & 2', COXSWAIN_KEY: 'e/s/1' } };
    expect(await client.listTraces(job)).toEqual([{ ...trace, number: undefined }]);
    pass(6000);
    expect(await client.getQueueItem(id)).toEqual({ state: 'started', number: 1 });
    expect(await client.listTraces(job)).toEqual([{ ...trace, number: 1 }]);
    expect(await client.getBuild({ job, number: 1 })).toMatchObject({ building: true, result: undefined });
    pass(10_000);
    const build = await client.getBuild({ job, number: 1 });
    expect(build).toMatchObject({ building: false, result: 'SUCCESS', fullDisplayName: 'team » ship it #1' });
    expect(build.scm).toEqual([
      {
        name: 'refs/remotes/origin/feature/fast',
        branch: 'feature/fast',
        sha1: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
        remoteUrl: 'https://git.example.com/foo',
      },
    ]);
    const [artifact] = await client.listArtifacts({ job, number: 1 });
    expect(artifact).toMatchObject({ fileName: 'r.properties', relativePath: 'out/r.properties' });
    const read = (maxBytes: number) =>
      client.readArtifact({ job, number: 1 }, { relativePath: 'out/r.properties', maxBytes });
    expect([await read(8), await read(7)]).toEqual([{ text: 'v=1 & 2\n' }, { isTooLong: true }]);
    pass(300_000);
    await expect(client.getQueueItem(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('stops what runs and cancels what waits; what is over already is left as it is', async () => {
    const { client, create, pass } = await serve();
    await create('createItem?name=slow', jobXml({ script: 'sleep 600' }));
    const [first, second] = [await client.startBuild('slow', undefined), await client.startBuild('slow', undefined)];
    expect(await client.getQueueItem(second)).toMatchObject({ why: 'Build #1 is already in progress (ETA: N/A)' });
    await client.cancelQueueItem(second);
    await client.cancelQueueItem(second);
    await client.cancelQueueItem(first);
    expect(await client.getQueueItem(second)).toEqual({ state: 'cancelled' });
    await client.stopBuild({ job: 'slow', number: 1 });
    pass(1000);
    await client.stopBuild({ job: 'slow', number: 1 });
    expect(await client.getBuild({ job: 'slow', number: 1 })).toMatchObject({ building: false, result: 'ABORTED' });
  });

  it.each<CrumbMode>(['always', 'off'])(
    'acts where crumbs are %s, and again after they became stale',
    async (crumbs) => {
      const { emulator, client, create } = await serve(crumbs);
      await create('createItem?name=ship', jobXml({ extra: '<concurrentBuild>true</concurrentBuild>' }));
      const ids = [await client.startBuild('ship', undefined)];
      emulator.core.expireCrumbs();
      ids.push(await client.startBuild('ship', undefined), await client.startBuild('ship', undefined));
      expect(ids).toEqual([1, 2, 3]);
    },
  );

  it('says what cannot be built, and why', async () => {
    const { client, create } = await serve();
    await create('createItem?name=ship', jobXml({ parameters: { A: '' }, choices: { PLACE: ['east'] } }));
    await expect(client.getJob('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client.getJob('team')).rejects.toThrow('team on 127.0.0.1');
    await expect(client.getJob('team')).rejects.toThrow('is a folder');
    await expect(client.startBuild('ship', undefined)).rejects.toThrow('This page expects a form submission');
    await expect(client.startBuild('ship', { PLACE: 'x' })).rejects.toThrow('Illegal choice for parameter PLACE');
    await expect(client.stopBuild({ job: 'ship', number: 9 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the path of a job', () => {
  it.each([
    ['ship', '/job/ship'],
    ['/team/sub/ship it/', '/job/team/job/sub/job/ship%20it'],
    ['team/job/sub/job/ship', '/job/team/job/sub/job/ship'],
    ['job', '/job/job'],
    ['team/job', '/job/team/job/job'],
    ['a?b/#c', '/job/a%3Fb/job/%23c'],
  ])('of %s is %s', (job, path) => expect(jobPath(job)).toBe(path));

  it.each(['', '/', '..', 'a/../b', './a'])("is not found for '%s'", (job) =>
    expect(() => jobPath(job)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error),
  );
});

describe('a build whose answer was lost', () => {
  const trace = (queueId: number, parameters: Readonly<Record<string, string>>, userIds = ['Coxswain']) => ({
    queueId,
    number: queueId,
    userIds,
    parameters,
  });
  const traces = [
    trace(9, { A: '1', COXSWAIN_KEY: 'k2' }),
    trace(8, { A: '1' }, ['ana']),
    trace(7, { A: '1', B: '2' }),
    trace(6, { A: '2' }),
    trace(5, { A: '1', COXSWAIN_KEY: 'k1' }),
  ];
  const started = { key: 'k1', parameters: { A: '1' }, carriesKey: true, after: 5, user: 'coxswain' };

  it('is found by its key where the job declares it, however old it is', () => {
    expect(findOwnBuild(traces, started)?.queueId).toBe(5);
    expect(findOwnBuild(traces, { ...started, key: 'k3' })).toBeUndefined();
  });

  it('is elsewhere the oldest of our user and parameters since it was about to start', () => {
    const without = { ...started, carriesKey: false };
    expect(findOwnBuild(traces, without)?.queueId).toBe(7);
    expect(findOwnBuild(traces, { ...without, after: 7 })?.queueId).toBe(9);
    expect(findOwnBuild(traces, { ...without, after: 9 })).toBeUndefined();
    expect(findOwnBuild(traces, { ...without, parameters: { A: '3' } })).toBeUndefined();
  });

  it.each([
    ['one that the job does not declare, which Jenkins drops', { A: '1', OTHER: 'x' }],
    ['one that Jenkins does not show, as a password', { A: '1', PASSWORD: 'x' }],
    ['one that Jenkins trims', { A: ' 1\n' }],
    ['a flag in other letters', { A: '1', DRY: 'TRUE' }],
  ])('is found although it was sent with %s', (_title, parameters) => {
    const sent = { ...started, carriesKey: false, parameters };
    expect(findOwnBuild([trace(9, { A: '1', DRY: 'true' })], sent)?.queueId).toBe(9);
    expect(findOwnBuild([trace(9, { A: '2', DRY: 'true' })], sent)).toBeUndefined();
  });
});
