import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVirtualClock } from '../../../src/emulators/dcos/clock';
import { type RunningDcosEmulator, startDcosEmulator } from '../../../src/emulators/dcos/start-dcos-emulator';

const web = { id: '/demo/web', cmd: 'serve', cpus: 0.1, instances: 1, healthChecks: [{ path: '/' }] };
const running: RunningDcosEmulator[] = [];
const start = async (...options: Parameters<typeof startDcosEmulator>) => {
  const emulator = await startDcosEmulator(...options);
  running.push(emulator);
  return emulator;
};

afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

/** Opens an event stream and collects its raw text. */
async function openStream(url: string) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { Accept: 'text/event-stream' } }, resolve).on('error', reject);
  });
  let text = '';
  const waiting: (() => void)[] = [];
  const wake = () => waiting.splice(0).forEach((go) => go());
  response.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    wake();
  });
  const ended = new Promise<void>((resolve) => {
    response.on('close', resolve);
    response.on('error', () => resolve());
  });
  const until = async (part: string) => {
    while (!text.includes(part)) await new Promise<void>((resolve) => void waiting.push(resolve));
    return text;
  };
  return { response, until, ended };
}

describe('the served emulator', () => {
  it('dates its answers by the clock that its tokens end by', async () => {
    const { url } = await start({ clock: createVirtualClock(Date.UTC(2031, 4, 5)) });
    expect((await fetch(`${url}/ping`)).headers.get('date')).toBe('Mon, 05 May 2031 00:00:00 GMT');
  });

  it('sends the events of a creation in order, in frames of Marathon', async () => {
    const clock = createVirtualClock();
    const { marathonUrl } = await start({ clock });
    const stream = await openStream(`${marathonUrl}/v2/events`);
    await stream.until('event_stream_attached');
    const created = await fetch(`${marathonUrl}/v2/apps`, { method: 'POST', body: JSON.stringify(web) });
    expect(created.status).toBe(201);
    clock.advance(1000);
    const text = await stream.until('event: deployment_success');
    expect(text).toMatch(/^event: event_stream_attached\r\ndata: \{.*\}\r\n\r\nevent: api_post_event\r\n/);
    const types = [...text.matchAll(/^event: (.*?)\r$/gm)].map((match) => match[1]);
    const wanted = [
      ...['api_post_event', 'group_change_success', 'deployment_info', 'deployment_step_success', 'deployment_info'],
      ...['instance_changed_event', 'status_update_event', 'instance_health_changed_event', 'deployment_step_success'],
      'deployment_success',
    ];
    let from = 0;
    for (const type of wanted) {
      const index = types.indexOf(type, from);
      expect([type, index >= from]).toEqual([type, true]);
      from = index + 1;
    }
    const states = [...text.matchAll(/"taskStatus":"(\w+)"/g)].map((match) => match[1]);
    expect(states).toEqual(['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING']);
  });

  it('filters events by type, keeps the stream alive and refuses it without the right Accept', async () => {
    const { marathonUrl, core } = await start({ clock: createVirtualClock(), keepAliveMs: 5 });
    const stream = await openStream(`${marathonUrl}/v2/events?event_type=api_post_event`);
    core.handle({ method: 'POST', path: '/v2/apps', body: web });
    const text = await stream.until('}\r\n\r\n\r\n');
    expect([...text.matchAll(/event: (\S+)/g)].map((match) => match[1])).toEqual(['api_post_event']);
    expect((await fetch(`${marathonUrl}/v2/events`)).status).toBe(405);
  });

  it('cuts streams and replies when told to over HTTP', async () => {
    const { url, marathonUrl } = await start();
    const stream = await openStream(`${marathonUrl}/v2/events`);
    const inject = (fault: object) => fetch(`${url}/emulator/faults`, { method: 'POST', body: JSON.stringify(fault) });
    expect((await inject({ kind: 'dropStreams' })).status).toBe(201);
    await stream.ended;
    expect((await inject({ kind: 'unheard-of' })).status).toBe(400);
    await inject({ kind: 'lostReply', method: 'POST', times: 1 });
    await expect(fetch(`${marathonUrl}/v2/apps`, { method: 'POST', body: JSON.stringify(web) })).rejects.toThrow();
    expect((await fetch(`${marathonUrl}/v2/apps/demo/web`)).status).toBe(200);
    const { requests } = (await (await fetch(`${url}/emulator/requests?mutations=true`)).json()) as {
      requests: object[];
    };
    expect(requests).toMatchObject([{ method: 'POST', path: '/v2/apps', status: 201 }]);
    expect((await fetch(`${url}/emulator/faults`, { method: 'DELETE' })).status).toBe(204);
  });

  it('answers a ping as text and as JSON', async () => {
    const { url } = await start();
    expect(await (await fetch(`${url}/service/marathon/ping`)).text()).toBe('pong');
    expect(await (await fetch(`${url}/ping`, { headers: { Accept: 'application/json' } })).text()).toBe('"pong"');
  });

  it('gives a token that works, and sets the cookie of a login', async () => {
    expect((await start()).login).toBeUndefined();
    const { marathonUrl, url, login } = await start({ auth: { mode: 'enterprise' } });
    expect((await fetch(`${marathonUrl}/v2/apps`)).status).toBe(401);
    const headers = { Authorization: `token=${login?.token ?? ''}` };
    expect((await fetch(`${marathonUrl}/v2/apps`, { headers })).status).toBe(200);
    const body = JSON.stringify({ uid: login?.uid, password: login?.password });
    const loggedIn = await fetch(`${url}/acs/api/v1/auth/login`, { method: 'POST', body });
    const [cookie = ''] = loggedIn.headers.getSetCookie();
    expect(cookie).toMatch(/^dcos-acs-auth-cookie=/);
    expect((await fetch(`${marathonUrl}/v2/apps`, { headers: { Cookie: cookie.split(';')[0] ?? '' } })).status).toBe(
      200,
    );
  });

  it('resumes a running deployment from its data file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dcos-emulator-'));
    const dataFile = join(folder, 'state', 'dcos.json');
    const clock = createVirtualClock();
    const first = await startDcosEmulator({ clock, dataFile });
    first.core.handle({ method: 'POST', path: '/v2/apps', body: web });
    clock.advance(100);
    await first.close();
    expect(readFileSync(dataFile, 'utf8')).toContain('/demo/web');

    const later = createVirtualClock(clock.now());
    const { core } = await start({ clock: later, dataFile });
    expect(core.handle({ method: 'GET', path: '/v2/deployments' }).body).toHaveLength(1);
    later.advance(1000);
    expect(core.handle({ method: 'GET', path: '/v2/deployments' }).body).toEqual([]);
    const { body } = core.handle({ method: 'GET', path: '/v2/apps/demo/web' });
    expect(body).toMatchObject({ app: { tasksRunning: 1, tasksHealthy: 1 } });
    rmSync(folder, { recursive: true });
  });

  it('goes on with a data file that has one result for all health checks of a task', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dcos-emulator-'));
    const dataFile = join(folder, 'dcos.json');
    const first = await startDcosEmulator({ dataFile });
    first.core.seed({ ...web, id: '/demo/web' });
    await first.close();
    const older = readFileSync(dataFile, 'utf8').replace(/,"checks":\[\{.*?\}\]/, '');
    writeFileSync(dataFile, older);
    const { core } = await start({ dataFile });
    const { body } = core.handle({ method: 'GET', path: '/v2/apps/demo/web' });
    expect(older).not.toContain('"checks":[{');
    expect(body).toMatchObject({ app: { tasksHealthy: 1, tasks: [{ healthCheckResults: [{ alive: true }] }] } });
    rmSync(folder, { recursive: true });
  });

  it('runs faster on a clock with speed', async () => {
    const { core, marathonUrl } = await start({ speed: 100 });
    const stream = await openStream(`${marathonUrl}/v2/events?event_type=deployment_success`);
    core.handle({ method: 'POST', path: '/v2/apps', body: web });
    expect(await stream.until('\r\n\r\n')).toContain('"eventType":"deployment_success"');
  });
});
