import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createJenkinsEmulator,
  type JenkinsEmulatorOptions,
} from '../../../src/emulators/jenkins/create-jenkins-emulator';
import { routes } from '../../../src/emulators/jenkins/routes';
import { startJenkinsEmulator } from '../../../src/emulators/jenkins/start-jenkins-emulator';
import { jobXml, folderXml } from '../../support/jenkins-jobs';
import { createTemporaryFolder } from '../../support/temporary-folder';

const user = { id: 'ana', password: 'pw', tokens: ['11aa'] };
const basic = (secret: string) => `Basic ${Buffer.from(`ana:${secret}`).toString('base64')}`;

/** An emulator on a clock of its own, spoken to with an API token unless told otherwise. */
function rig(over: Partial<JenkinsEmulatorOptions> = {}) {
  let now = Date.UTC(2026, 0, 1);
  const options = { clock: { now: () => now }, users: [user], rootUrl: 'http://ci.example.com/', ...over };
  const core = createJenkinsEmulator(options);
  const ask = (method: string, path: string, body = '', headers: Readonly<Record<string, string>> = {}) =>
    core.handle({ method, path, body, headers: { authorization: basic('11aa'), ...headers } });
  const json = (path: string) => JSON.parse(ask('GET', path).body) as Record<string, unknown>;
  const create = (name: string, config: string) => ask('POST', `/createItem?name=${name}`, config);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  return { core, options, ask, json, create, form, pass: (ms: number) => void (now += ms) };
}

const itemOf = (location: string | undefined) => Number(/queue\/item\/(\d+)\/$/.exec(location ?? '')?.[1]);

describe('the emulated Jenkins', () => {
  it('keeps a build in the queue for the quiet period, then runs its script by the clock', () => {
    const { ask, json, create, pass } = rig();
    create('ship', jobXml({ script: 'echo one\nsleep 10\necho two > out/a.txt\necho three', artifacts: 'out/*' }));
    const { status, headers } = ask('POST', '/job/ship/build');
    expect([status, headers.Location]).toEqual([201, 'http://ci.example.com/queue/item/1/']);
    expect(json('/queue/item/1/api/json').why).toBe('In the quiet period. Expires in 5.0 sec');
    pass(5000);
    expect(json('/queue/item/1/api/json')).toMatchObject({ executable: { number: 1 }, cancelled: false, why: null });
    pass(1000);
    expect(json('/job/ship/1/api/json')).toMatchObject({ building: true, result: null, queueId: 1, artifacts: [] });
    expect(ask('GET', '/job/ship/1/consoleText').body).not.toContain('three');
    pass(10_000);
    expect(json('/job/ship/lastBuild/api/json')).toMatchObject({
      building: false,
      result: 'SUCCESS',
      duration: 10_500,
      artifacts: [{ fileName: 'a.txt', relativePath: 'out/a.txt' }],
    });
    expect(ask('GET', '/job/ship/1/artifact/out/a.txt').body).toBe('two\n');
    expect(ask('GET', '/job/ship/1/consoleText').body).toMatch(
      /\+ echo one\none\n[\s\S]*three\n[\s\S]*Finished: SUCCESS\n$/,
    );
  });

  it.each([
    ['exit 1', 'FAILURE'],
    ['exit 3', 'UNSTABLE'],
    ['no-such-thing', 'FAILURE'],
    ['exit 0', 'SUCCESS'],
  ])('ends a script of %s as %s', (script, result) => {
    const { ask, json, create, pass } = rig();
    create('ship', jobXml({ script }));
    ask('POST', '/job/ship/build');
    pass(6000);
    expect(json('/job/ship/1/api/json').result).toBe(result);
  });

  it('folds equal builds that wait, holds one back while another runs, and names the reason', () => {
    const { ask, json, create, pass, form } = rig({ quietPeriodMs: 0, executors: 1 });
    create('one', jobXml({ script: 'sleep 100', parameters: { A: '0' } }));
    create('two', jobXml());
    const start = (a: string) => itemOf(ask('POST', '/job/one/buildWithParameters', `A=${a}`, form).headers.Location);
    expect([start('1'), start('2'), start('2'), start('3')]).toEqual([1, 2, 2, 3]);
    expect(json('/queue/item/2/api/json').why).toBe('Build #1 is already in progress (ETA: N/A)');
    ask('POST', '/job/two/build');
    expect(json('/queue/item/4/api/json').why).toBe('Waiting for next available executor');
    pass(101_000);
    expect(json('/job/one/api/json?tree=builds[number,actions[parameters[name,value]]]{0,1}')).toMatchObject({
      builds: [{ number: 2, actions: [{ parameters: [{ name: 'A', value: '2' }] }, {}, {}] }],
    });
  });

  it('drops parameters that a job does not declare, and refuses choices that it does not offer', () => {
    const { ask, json, create, form } = rig({ quietPeriodMs: 0 });
    create('ship', jobXml({ parameters: { A: 'x' }, choices: { PLACE: ['east', 'west'] } }));
    expect(ask('POST', '/job/ship/build').status).toBe(400);
    expect(ask('POST', '/job/ship/buildWithParameters', 'PLACE=north', form).status).toBe(500);
    expect(ask('POST', '/job/ship/buildWithParameters', 'SECRET=1&A=2', form).status).toBe(201);
    expect(json('/job/ship/1/api/json?tree=actions[parameters[name,value]]').actions).toContainEqual({
      _class: 'hudson.model.ParametersAction',
      parameters: [
        { _class: 'hudson.model.StringParameterValue', name: 'A', value: '2' },
        { _class: 'hudson.model.StringParameterValue', name: 'PLACE', value: 'east' },
      ],
    });
    create('plain', jobXml());
    expect(ask('POST', '/job/plain/buildWithParameters', 'A=1', form).status).toBe(500);
  });

  it('stops builds a second later, cancels what waits, and forgets what left the queue after five minutes', () => {
    const { ask, json, create, pass } = rig({ quietPeriodMs: 0 });
    create('slow', jobXml({ script: 'sleep 600' }));
    ask('POST', '/job/slow/build');
    ask('POST', '/job/slow/build');
    expect(ask('POST', '/queue/cancelItem?id=2').status).toBe(204);
    expect(ask('POST', '/queue/cancelItem?id=2').status).toBe(404);
    expect(json('/queue/item/2/api/json')).toMatchObject({ cancelled: true, executable: null });
    const stopped = ask('POST', '/job/slow/1/stop');
    expect([stopped.status, stopped.headers.Location]).toEqual([302, 'http://ci.example.com/job/slow/1/']);
    expect(json('/job/slow/1/api/json').building).toBe(true);
    pass(1000);
    expect(json('/job/slow/1/api/json').result).toBe('ABORTED');
    pass(300_000);
    expect(ask('GET', '/queue/item/1/api/json').status).toBe(404);
    expect(ask('POST', '/job/slow/1/stop').status).toBe(302);
  });

  it('knows folders, and names of a root that is not where it is reached', () => {
    const { ask, json, create } = rig();
    create('team', folderXml);
    expect(
      ask('POST', '/job/team/createItem?name=ship%20it', jobXml({ git: 'https://git.example.com/foo' })).status,
    ).toBe(200);
    expect(ask('POST', '/job/ship/createItem?name=x', jobXml()).status).toBe(404);
    expect(json('/job/team/job/ship%20it/api/json')).toMatchObject({
      fullName: 'team/ship it',
      url: 'http://ci.example.com/job/team/job/ship%20it/',
    });
    expect(json('/api/json?tree=jobs[name,jobs[name]]').jobs).toMatchObject([
      { name: 'team', jobs: [{ name: 'ship it' }] },
    ]);
    expect(ask('GET', '/api/json?tree=jobs[').status).toBe(400);
  });

  it('lets nobody in without an account, and answers in HTML', () => {
    const { core, ask } = rig();
    const anonymous = core.handle({ method: 'GET', path: '/api/json' });
    expect([anonymous.status, anonymous.headers['Content-Type']]).toEqual([403, 'text/html;charset=utf-8']);
    expect(anonymous.body).toContain('/login?from=');
    expect(ask('GET', '/api/json', '', { authorization: basic('wrong') }).status).toBe(401);
    expect(ask('GET', '/job/none/api/json').status).toBe(404);
    expect(ask('GET', '/queue/cancelItem?id=1').status).toBe(405);
  });

  it('asks passwords for a crumb of the same session, which a restart makes stale', () => {
    const { core, ask } = rig();
    const headers = { authorization: basic('pw') };
    const post = (more: Readonly<Record<string, string>>) =>
      ask('POST', '/createItem?name=a', jobXml(), { ...headers, ...more });
    expect(post({}).body).toContain('No valid crumb was included in the request');
    const issued = ask('GET', '/crumbIssuer/api/json', '', headers);
    const { crumb } = JSON.parse(issued.body) as { crumb: string };
    const [cookie = ''] = (issued.headers['Set-Cookie'] ?? '').split(';');
    expect(post({ 'jenkins-crumb': crumb }).status).toBe(403);
    expect(post({ 'jenkins-crumb': crumb, cookie }).status).toBe(200);
    core.expireCrumbs();
    expect(post({ 'jenkins-crumb': crumb, cookie }).status).toBe(403);
    expect(ask('POST', '/createItem?name=b', jobXml()).status).toBe(200);
  });

  it('goes on after a restart where it was', () => {
    const { core, options, ask, create, pass } = rig({ quietPeriodMs: 0 });
    create('slow', jobXml({ script: 'sleep 60' }));
    ask('POST', '/job/slow/build');
    const again = createJenkinsEmulator({ ...options, world: core.snapshot() });
    pass(61_000);
    const headers = { authorization: basic('11aa') };
    expect(JSON.parse(again.handle({ method: 'GET', path: '/job/slow/1/api/json', headers }).body)).toMatchObject({
      result: 'SUCCESS',
      queueId: 1,
    });
  });

  it('has a summary and one place for every route', () => {
    const names = routes.map(({ method, pattern }) => `${method} ${pattern}`);
    expect(new Set(names).size).toBe(names.length);
    expect(routes.filter(({ summary }) => summary === '')).toEqual([]);
  });
});

describe('the served Jenkins', () => {
  it('keeps its jobs in a file, says which account it has, and refuses a damaged file', async () => {
    const folder = createTemporaryFolder();
    const dataFile = join(folder.path, 'data/jenkins.json');
    const first = await startJenkinsEmulator({ dataFile });
    const headers = { Authorization: `Basic ${Buffer.from(`${first.user}:${first.token}`).toString('base64')}` };
    await fetch(`${first.url}/createItem?name=ship`, { method: 'POST', headers, body: jobXml() });
    await first.close();
    expect(readFileSync(dataFile, 'utf8')).toContain('"ship"');
    const users = [{ id: first.user, password: first.password, tokens: [first.token] }];
    const second = await startJenkinsEmulator({ dataFile, users });
    const reply = await fetch(`${second.url}/job/ship/api/json`, { headers });
    expect([reply.status, reply.headers.get('x-jenkins')]).toEqual([200, '2.479.3']);
    await second.close();
    writeFileSync(dataFile, '{');
    await expect(startJenkinsEmulator({ dataFile })).rejects.toThrow('is damaged');
    folder.remove();
  });
});
