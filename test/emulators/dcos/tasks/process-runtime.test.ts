import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDcosEmulator } from '../../../../src/emulators/dcos/create-dcos-emulator';
import { findFreePorts } from '../../../../src/emulators/dcos/tasks/free-ports';
import { isAlive, startProcessBench, until } from './process-bench';

jest.setTimeout(60_000);

let bench: Awaited<ReturnType<typeof startProcessBench>>;
beforeEach(async () => {
  bench = await startProcessBench();
});
afterEach(() => bench.close());

describe('a real task', () => {
  it('gets the environment that Marathon and Mesos promise, and nothing else', async () => {
    bench.create({
      cmd: 'env > env; exec sleep 600',
      env: { OWN: 'mine', SECRET: { secret: 'name' } },
      labels: { 'team-name': 'a b', LONG: 'x'.repeat(600) },
      portDefinitions: [{ port: 0, name: 'http-api' }, { port: 0 }],
    });
    const { id, ports } = await bench.running();
    const text = await until('the environment is written', async () => (await bench.text(id, 'env')) || undefined);
    const pairs = text.split('\n').map((line): [string, string] => {
      const [name = '', ...value] = line.split('=');
      return [name, value.join('=')];
    });
    const env = Object.fromEntries(pairs);
    const [first = 0, second = 0] = ports;
    expect(env).toMatchObject({
      HOST: '127.0.0.1',
      PORT: `${first}`,
      PORT0: `${first}`,
      PORT1: `${second}`,
      PORTS: `${first},${second}`,
      PORT_HTTP_API: `${first}`,
      MARATHON_APP_ID: '/real',
      MARATHON_APP_VERSION: bench.app('/real').version,
      MARATHON_APP_RESOURCE_CPUS: '0.1',
      MARATHON_APP_RESOURCE_MEM: '32.0',
      MARATHON_APP_LABELS: 'TEAM_NAME',
      MARATHON_APP_LABEL_TEAM_NAME: 'a b',
      MESOS_TASK_ID: id,
      MESOS_SANDBOX: env.PWD,
      OWN: 'mine',
    });
    for (const name of ['SECRET', 'HOME', 'NODE_ENV', 'MARATHON_APP_LABEL_LONG']) expect(env).not.toHaveProperty(name);
  });

  it('ends with its exit status as the last failure, and is launched again with the same instance', async () => {
    bench.create({ cmd: 'echo oh no >&2; exit 3' });
    const failure = await until('it has failed', () => bench.app('/real').lastTaskFailure);
    expect(failure).toMatchObject({ state: 'TASK_FAILED', message: 'Command exited with status 3' });
    expect(await bench.text(failure.taskId, 'stderr')).toBe('oh no\n');
    await until(
      'it has failed again',
      () => bench.app('/real').lastTaskFailure?.taskId === failure.taskId.replace(/1$/, '2'),
    );
  });

  it('says which signal ended it', async () => {
    bench.create({ cmd: 'kill -SEGV $$' });
    const failure = await until('it has failed', () => bench.app('/real').lastTaskFailure);
    expect(failure.message).toBe('Command terminated with signal Segmentation fault');
  });

  it('fails when its program cannot be started', async () => {
    bench.create({ args: ['/does/not/exist', 'x'] });
    const failure = await until('it has failed', () => bench.app('/real').lastTaskFailure);
    expect(failure.message).toMatch(/^Failed to launch container: .*ENOENT/);
  });

  it('gives args to its program as they are', async () => {
    bench.create({ args: ['sh', '-c', 'echo "$0"; exec sleep 600', '$PORT0 *'] });
    const { id } = await bench.running();
    expect(await until('it has written', async () => (await bench.text(id, 'stdout')) || undefined)).toBe('$PORT0 *\n');
  });

  it('is ended by SIGTERM, with all that it has started', async () => {
    bench.create({ cmd: 'sleep 600 & echo $! > child; wait' });
    const { id } = await bench.running();
    const child = Number(await until('the child runs', async () => (await bench.text(id, 'child')) || undefined));
    expect(isAlive(child)).toBe(true);
    bench.call('DELETE', '/v2/apps/real');
    expect(await bench.ended(id)).toMatchObject({
      taskStatus: 'TASK_KILLED',
      message: 'Command terminated with signal Terminated',
    });
    await until('the child is dead', () => !isAlive(child));
    expect(bench.call('GET', '/v2/deployments').body).toEqual([]);
  });

  it('is killed when it ignores SIGTERM beyond its grace period', async () => {
    bench.create({ cmd: "trap '' TERM; echo $$ > pid; while :; do sleep 0.05; done" });
    const { id } = await bench.running();
    const pid = Number(await until('it has written', async () => (await bench.text(id, 'pid')) || undefined));
    const before = Date.now();
    bench.call('DELETE', '/v2/apps/real');
    expect(await bench.ended(id)).toMatchObject({
      taskStatus: 'TASK_KILLED',
      message: 'Command terminated with signal Killed',
    });
    expect(Date.now() - before).toBeGreaterThanOrEqual(100);
    expect(isAlive(pid)).toBe(false);
  });

  it('counts as killed when it ends in good order after SIGTERM', async () => {
    bench.create({ cmd: "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.02; done" });
    const { id } = await bench.running();
    await until('it is up', async () => (await bench.text(id, 'stdout')) === 'up\n');
    bench.call('POST', '/v2/tasks/delete?scale=true', { ids: [id] });
    expect(await bench.ended(id)).toMatchObject({ taskStatus: 'TASK_KILLED', message: 'Command exited with status 0' });
    expect(await bench.text(id, 'stdout')).toBe('up\nbye\n');
  });

  it('is read back by bytes, also where a read ends within a character', async () => {
    const output = 'Grüße, €uro und 🚢';
    bench.create({ cmd: `printf '%s' '${output}'; exec sleep 600` });
    const { id } = await bench.running();
    await until('it has written', async () => (await bench.text(id, 'stdout')) === output);
    const parts: Buffer[] = [];
    for (let offset = 0; offset < Buffer.byteLength(output); offset += 3) {
      const response = await fetch(`${bench.fileUrl(id, 'stdout')}&offset=${offset}&length=3`);
      const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
      parts.push(Buffer.from((JSON.parse(body) as { data: string }).data, 'latin1'));
    }
    expect(parts[0]?.toString('latin1')).not.toMatch(/ü/);
    expect(Buffer.concat(parts).toString('utf8')).toBe(output);
    const end = await fetch(`${bench.fileUrl(id, 'stdout')}&offset=-1`);
    expect(await end.json()).toEqual({ data: '', offset: Buffer.byteLength(output) });
  });

  it('cannot be left by a link out of its sandbox', async () => {
    bench.create({ cmd: 'ln -s /etc/hosts hosts; touch done; exec sleep 600' });
    const { id } = await bench.running();
    await until('the link is there', async () => (await fetch(bench.fileUrl(id, 'done'))).ok);
    for (const name of ['hosts', '../../etc/hosts']) expect((await fetch(bench.fileUrl(id, name))).status).toBe(404);
  });
});

describe('the process runtime', () => {
  it('only simulates an image without a command, and really runs one with', async () => {
    const container = { type: 'DOCKER', docker: { image: 'demo/web:1' } };
    bench.create({ id: '/image', container });
    bench.create({ cmd: 'echo $MARATHON_APP_DOCKER_IMAGE; exec sleep 600', container });
    const { id } = await bench.running();
    expect(await until('it has written', async () => (await bench.text(id, 'stdout')) || undefined)).toBe(
      'demo/web:1\n',
    );
    await until('the other runs', () => bench.app('/image').tasksRunning === 1);
    expect(await bench.text(bench.app('/image').tasks[0]?.id ?? '', 'stdout')).toBe('');
  });

  it('gives every task ports of its own that are free on this machine', async () => {
    bench.create({ cmd: 'exec sleep 600', instances: 3, portDefinitions: [{ port: 0 }, { port: 0 }] });
    await until('all run', () => bench.app('/real').tasksRunning === 3);
    const ports = bench.app('/real').tasks.flatMap((task) => task.ports);
    expect(new Set(ports).size).toBe(6);
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const wanted = [port, port].map((each) => ({ port: each, isFixed: false }));
    const found = await findFreePorts(wanted, new Set(ports));
    expect(new Set([...found, port]).size).toBe(3);
    expect(await findFreePorts([{ port, isFixed: true }], new Set())).toEqual([port]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('leaves no process and no folder behind when the emulator stops', async () => {
    const other = await startProcessBench();
    const stubborn = "trap '' TERM; pwd > place; echo $$ > pid; while :; do sleep 0.05; done";
    other.create({ cmd: stubborn, instances: 2 });
    other.create({ id: '/late', cmd: stubborn });
    const [first, second] = await until('both run', () => {
      const { tasks } = other.app('/real');
      return tasks.length === 2 && tasks.every((task) => task.state === 'TASK_RUNNING') && tasks.map(({ id }) => id);
    });
    const read = (id: string | undefined, name: string) =>
      until('it has written', async () => (await other.text(id ?? '', name)).trim() || undefined);
    const pids = [Number(await read(first, 'pid')), Number(await read(second, 'pid'))];
    const place = await read(first, 'place');
    expect([...pids.map(isAlive), existsSync(place)]).toEqual([true, true, true]);
    await other.close();
    expect([...pids.map(isAlive), existsSync(place)]).toEqual([false, false, false]);
  });

  it('lets a task on a lost agent run until the agent is back, and kills it then', async () => {
    bench.create({ cmd: 'echo $$ > pid; exec sleep 600' });
    const { id, host } = await bench.running();
    const pid = Number(await until('it has written', async () => (await bench.text(id, 'pid')) || undefined));
    bench.core.setFault({ kind: 'agentLost', agent: host });
    await until('it is given up', () => bench.app('/real').tasks.length === 0);
    expect(isAlive(pid)).toBe(true);
    bench.core.clearFaults();
    await until('it is dead', () => !isAlive(pid));
    const { id: next } = await bench.running();
    expect(next).not.toBe(id);
  });

  it('that started while its agent was lost runs, and is ready, as soon as the agent is back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lost-agent-'));
    const mark = join(folder, 'started');
    bench.create({ cmd: `touch ${mark}; exec sleep 600`, unreachableStrategy: 'disabled' });
    bench.core.setFault({ kind: 'agentLost', agent: '*' });
    await until('it has started', () => existsSync(mark));
    rmSync(folder, { recursive: true });
    expect(bench.app('/real').tasks).toMatchObject([{ state: 'TASK_UNREACHABLE' }]);
    bench.core.clearFaults();
    await bench.running();
    await until('the deployment has ended', () => bench.app('/real').deployments.length === 0);
  });

  it('starts tasks anew that a saved world believes to run', async () => {
    bench.create({ cmd: 'exec sleep 600' });
    const { id } = await bench.running();
    const later = createDcosEmulator({ tasks: 'process', world: bench.core.snapshot() });
    const { body } = later.handle({ method: 'GET', path: '/v2/apps/real' });
    expect(body).toMatchObject({ app: { tasksRunning: 0, lastTaskFailure: { taskId: id } } });
    await later.stop();
  });
});
