import { isAlive, node, startProcessBench, until } from './process-bench';

jest.setTimeout(60_000);

let bench: Awaited<ReturnType<typeof startProcessBench>>;
beforeEach(async () => {
  bench = await startProcessBench();
});
afterEach(() => bench.close());

/** A server whose answer to everything can be changed by asking for /set/<status>. */
const server = (status: number) =>
  node(
    `let status = ${status}; require("http").createServer((request, response) => {` +
      'const set = /set.(\\d+)/.exec(request.url); if (set) status = Number(set[1]);' +
      'response.writeHead(set ? 200 : status).end("state " + status); }).listen(process.env.PORT0, process.env.HOST)',
  );

const quick = { intervalSeconds: 1, timeoutSeconds: 10, maxConsecutiveFailures: 2, gracePeriodSeconds: 300 };

describe('a real health check', () => {
  it('over HTTP goes green, then red, and has the task killed and started anew', async () => {
    bench.create({ cmd: server(200), healthChecks: [{ ...quick, protocol: 'HTTP', path: '/health' }] });
    const task = await bench.running();
    await until('it is healthy', () => bench.app('/real').tasksHealthy === 1);
    expect(bench.call('GET', '/v2/deployments').body).toEqual([]);
    await fetch(`http://${task.host}:${task.ports[0] ?? 0}/set/503`);
    const failure = await until('it was killed', () => bench.app('/real').lastTaskFailure);
    expect(failure).toMatchObject({
      taskId: task.id,
      message: 'Task was killed since health check failed. Reason: 503 Service Unavailable',
    });
    const alive = bench.events.filter(({ eventType }) => eventType === 'health_status_changed_event');
    expect(alive.map((event) => event.alive)).toEqual([true, false]);
    await until('another attempt is healthy', () => {
      const [next] = bench.app('/real').tasks;
      return next?.id === task.id.replace(/1$/, '2') && bench.app('/real').tasksHealthy === 1;
    });
  });

  it('forgives failures within the grace period until the first success', async () => {
    bench.create({ cmd: server(500), healthChecks: [{ ...quick, path: '/' }] });
    const task = await bench.running();
    const url = `http://${task.host}:${task.ports[0] ?? 0}`;
    await until('it answers', async () => (await fetch(url).catch(() => undefined))?.status === 500);
    expect(bench.app('/real')).toMatchObject({ tasksRunning: 1, tasksHealthy: 0, tasksUnhealthy: 0 });
    await fetch(`${url}/set/200`);
    await until('it is healthy', () => bench.app('/real').tasksHealthy === 1);
    expect(bench.app('/real').tasks.map(({ id }) => id)).toEqual([task.id]);
  });

  it('gives up after the grace period, and names what the server answered', async () => {
    bench.create({ cmd: server(418), healthChecks: [{ ...quick, gracePeriodSeconds: 20, path: '/' }] });
    const failure = await until('it was killed', () => bench.app('/real').lastTaskFailure);
    expect(failure.message).toBe("Task was killed since health check failed. Reason: 418 I'm a Teapot");
  });

  it('names a refused connection, and an answer that never comes', async () => {
    const strict = { ...quick, gracePeriodSeconds: 0, maxConsecutiveFailures: 1 };
    bench.create({ cmd: 'exec sleep 600', healthChecks: [{ ...strict, path: '/' }] });
    const refused = await until('it was killed', () => bench.app('/real').lastTaskFailure);
    expect(refused.message).toContain('connection refused');
    const mute = node('require("net").createServer(() => {}).listen(process.env.PORT0, process.env.HOST)');
    const patient = { ...strict, gracePeriodSeconds: 30, timeoutSeconds: 3, path: '/' };
    bench.create({ id: '/mute', cmd: mute, healthChecks: [patient] });
    const late = await until('it was killed', () => bench.app('/mute').lastTaskFailure);
    expect(late.message).toContain('no answer within 300 ms');
  });

  it('over TCP needs no more than a connection', async () => {
    const listener = node('require("net").createServer(() => {}).listen(process.env.PORT0, process.env.HOST)');
    bench.create({ cmd: listener, healthChecks: [{ ...quick, protocol: 'TCP' }] });
    await until('it is healthy', () => bench.app('/real').tasksHealthy === 1);
  });

  it('by command runs in the sandbox with the environment of the task', async () => {
    const command = { value: 'test "$(cat state)" = "$GOOD"' };
    bench.create({
      cmd: 'while :; do echo well > state; sleep 0.5; echo ill > state; sleep 600; done',
      env: { GOOD: 'well' },
      healthChecks: [{ ...quick, protocol: 'COMMAND', command, delaySeconds: 0 }],
    });
    const { id } = await bench.running();
    await until('it is healthy', () => bench.app('/real').tasksHealthy === 1);
    const failure = await until('it was killed', () => bench.app('/real').lastTaskFailure);
    const message = 'Task was killed since health check failed. Reason: Command exited with status 1';
    expect(failure).toMatchObject({ taskId: id, message });
  });
});

describe('a real health check by command', () => {
  const checkWith = (value: string) => ({
    cmd: 'exec sleep 600',
    healthChecks: [{ ...quick, timeoutSeconds: 600, protocol: 'COMMAND', command: { value }, delaySeconds: 0 }],
  });
  const writtenPid = async (name: string) => {
    const { id } = await bench.running();
    return Number(await until('the check has begun', async () => (await bench.text(id, name)) || undefined));
  };

  it('is killed with its task', async () => {
    bench.create(checkWith('echo $$ > check; exec sleep 600'));
    const check = await writtenPid('check');
    expect(isAlive(check)).toBe(true);
    bench.call('DELETE', '/v2/apps/real');
    await until('the check is dead', () => !isAlive(check));
  });

  it('is killed with the emulator', async () => {
    bench.create(checkWith('echo $$ > check; exec sleep 600'));
    const check = await writtenPid('check');
    await bench.close();
    await until('the check is dead', () => !isAlive(check));
  });

  it('leaves nothing running behind it', async () => {
    bench.create(checkWith('sleep 600 & echo $! > left; exit 0'));
    const left = await writtenPid('left');
    await until('what it left is dead', () => !isAlive(left));
    expect(bench.app('/real').tasksRunning).toBe(1);
  });
});

describe('a health check that cannot be made', () => {
  const strict = { ...quick, gracePeriodSeconds: 0, maxConsecutiveFailures: 1, delaySeconds: 0 };
  it.each([['a command with a NUL', { protocol: 'COMMAND', command: { value: 'a\u0000b' } }, /null bytes/]])(
    'fails: %s',
    async (_what, check, reason) => {
      bench.create({ cmd: 'exec sleep 600', healthChecks: [{ ...strict, ...check }] });
      const failure = await until('it was killed', () => bench.app('/real').lastTaskFailure);
      expect(failure.message).toMatch(/^Task was killed since health check failed\. Reason: /);
      expect(failure.message).toMatch(reason);
    },
  );
});

describe('several real health checks', () => {
  it('are shown and counted each by itself', async () => {
    const byCommand = { ...quick, protocol: 'COMMAND', delaySeconds: 0, gracePeriodSeconds: 0 };
    bench.create({
      cmd: 'exec sleep 600',
      healthChecks: [
        { ...byCommand, command: { value: 'true' }, maxConsecutiveFailures: 1 },
        { ...byCommand, command: { value: 'exit 7' }, maxConsecutiveFailures: 4 },
      ],
    });
    const results = await until('both have a result', () => {
      const [task] = bench.app('/real').tasks;
      return task?.healthCheckResults.length === 2 ? task.healthCheckResults : undefined;
    });
    expect(results).toMatchObject([
      { alive: true },
      { alive: false, lastFailureCause: 'Command exited with status 7' },
    ]);
    expect(bench.app('/real')).toMatchObject({ tasksHealthy: 0, tasksUnhealthy: 1 });
    await until('it was killed', () => bench.app('/real').lastTaskFailure);
    const failed = bench.events.filter(({ eventType }) => eventType === 'failed_health_check_event');
    expect(failed).toHaveLength(4);
  });

  it('have to pass all', async () => {
    const command = { value: 'test -e fine' };
    const commandCheck = { ...quick, protocol: 'COMMAND', command, delaySeconds: 0 };
    bench.create({
      cmd: server(200),
      healthChecks: [{ ...quick, path: '/' }, commandCheck],
    });
    const task = await bench.running();
    const url = `http://${task.host}:${task.ports[0] ?? 0}`;
    await until('it answers', async () => (await fetch(url).catch(() => undefined))?.status === 200);
    expect(bench.app('/real').tasksHealthy).toBe(0);
    bench.call('PUT', '/v2/apps/real?force=true', { cmd: 'touch fine; exec sleep 600', healthChecks: [commandCheck] });
    await until('the other is healthy', () => bench.app('/real').tasksHealthy === 1);
  });
});

describe('a real readiness check', () => {
  it('holds the deployment until the task says that it is ready', async () => {
    const check = { portName: 'api', path: '/ready', intervalSeconds: 1, preserveLastResponse: true };
    bench.create({ cmd: server(503), portDefinitions: [{ port: 0, name: 'api' }], readinessChecks: [check] });
    const task = await bench.running();
    const url = `http://${task.host}:${task.ports[0] ?? 0}`;
    type Seen = readonly {
      readonly currentActions: readonly { readonly readinessCheckResults: readonly object[] }[];
    }[];
    const results = () => bench.call<Seen>('GET', '/v2/deployments').body[0]?.currentActions[0]?.readinessCheckResults;
    const answered = await until('it has answered', () => results()?.find((each) => 'lastResponse' in each));
    expect(answered).toMatchObject({ taskId: task.id, ready: false, lastResponse: { status: 503, body: 'state 503' } });
    await fetch(`${url}/set/200`);
    await until('the deployment has ended', () => results() === undefined);
  });
});
