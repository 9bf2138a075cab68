import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activateLogin } from '../../src/api/activate-login';
import { tokenKind } from '../../src/api/login-token';
import { commandKind, executionKind } from '../../src/engine/document-kinds';
import type { Command } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import type { View } from '../../src/model/view';
import { buildExecution, buildJudgment, createHurryingClock, startApiFixture, testToken } from '../support/api-fixture';
import { jsonLines, runForTest } from '../support/cli-fixture';

type Reply = Partial<Pick<Command, 'reply' | 'executionId'>>;

let fixture: Awaited<ReturnType<typeof startApiFixture>>;
/** What the scripted executor answers; it sees every command once. */
let script: (command: Command) => Reply | undefined | Promise<Reply | undefined>;
/** How the execution goes on: one change each time it is looked at. */
let progress: ((execution: Execution) => Execution)[];
let render: (execution: Execution) => View;
const asked: Command['request'][] = [];
const folder = mkdtempSync(join(tmpdir(), 'coxswain-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const renderExecution = (execution: Execution): View => ({
  headline: `${execution.name}: ${execution.status}`,
  tone: execution.status === 'SUCCEEDED' ? 'good' : 'running',
  steps: execution.stages.map(({ name, status }) => ({ name, state: status === 'RUNNING' ? 'running' : 'done' })),
});

async function answerOpenCommands(): Promise<void> {
  for (const { id, document } of await fixture.store.list(commandKind)) {
    if (document.state === 'answered' || asked.includes(document.request)) continue;
    asked.push(document.request);
    const reply = await script(document);
    if (reply === undefined) continue;
    await fixture.store.update(commandKind, id, (command): Command => ({ ...command, state: 'answered', ...reply }));
  }
}

beforeEach(async () => {
  asked.length = 0;
  progress = [];
  render = renderExecution;
  script = () => ({ reply: { headline: 'Done.', tone: 'good' } });
  fixture = await startApiFixture({
    hint: () => setImmediate(() => void answerOpenCommands()),
    renderExecution: (execution) => {
      const view = render(execution);
      const next = progress.shift();
      if (next !== undefined) setImmediate(() => void fixture.store.update(executionKind, 'E1', next));
      return view;
    },
  });
});
afterEach(() => fixture.api.stop());

const world = () => ({
  clock: fixture.clock,
  env: { COXSWAIN_URL: fixture.url, COXSWAIN_TOKEN: testToken, XDG_CONFIG_HOME: folder },
});
const cli = (argv: readonly string[], extra: Partial<Parameters<typeof runForTest>[1]> = {}) =>
  runForTest(argv, { ...world(), ...extra });

const plan = (id: string): View => ({
  headline: 'Deploy foo 1.1 to prod?',
  tone: 'attention',
  facts: [
    { label: 'image', value: [{ code: 'foo:1.1' }] },
    { label: 'by', value: [{ person: 'U0ALICE' }] },
  ],
  choices: [
    { name: 'confirm', label: 'Deploy', target: { kind: 'command', id, hash: 'h1' } },
    { name: 'cancel', label: 'Cancel', target: { kind: 'command', id, hash: 'h1' } },
  ],
});

const ends =
  (status: Execution['status']) =>
  (execution: Execution): Execution => ({ ...execution, status });

/** Answers a deploy with a plan and its confirmation with a running execution. */
const deploys = async (command: Command): Promise<Reply> => {
  if (command.request.type === 'text') return { reply: plan(command.id) };
  if (command.request.name !== 'confirm') return { reply: { headline: 'Dropped.', tone: 'neutral' } };
  await fixture.store.create(executionKind, 'E1', buildExecution());
  return { reply: { headline: 'Started.', tone: 'running' }, executionId: 'E1' };
};

describe('coxswain run', () => {
  it('shows the plan, asks, and watches until it succeeded', async () => {
    script = deploys;
    const stages = [buildJudgment('S1', 'Deploy to east')];
    progress = [(execution) => ({ ...execution, stages }), ends('SUCCEEDED')];
    const result = await cli(['run', 'foo', 'prod', '1.1', 'note=two words'], { typed: 'y\n' });
    expect(asked).toMatchObject([
      { type: 'text', text: 'deploy foo prod 1.1 note="two words"' },
      { type: 'choice', name: 'confirm', target: { kind: 'command', hash: 'h1' } },
    ]);
    expect(result.stdout).toContain('  image  foo:1.1\n  by     @U0ALICE\n');
    expect(result.stdout).toMatch(
      /Watching E1\.[^]*▸ Deploy to east: running\n[^]*deploy foo 1\.1 to prod: SUCCEEDED\n/,
    );
    expect(result.stderr).toContain('Start this deployment? [y/N]');
    expect(result.exitCode).toBe(0);
  });

  it.each([['TERMINAL'], ['CANCELED'], ['STOPPED']] as const)(
    'exits with 1 when the execution ends %s',
    async (status) => {
      script = deploys;
      progress = [ends(status)];
      const result = await cli(['run', 'foo', 'prod', '--yes']);
      expect(result.stdout).toContain(`deploy foo 1.1 to prod: ${status}`);
      expect(result.exitCode).toBe(1);
    },
  );

  it.each([['n\n'], [''], ['yesterday\n']])('drops the plan when the answer is %j', async (typed) => {
    script = deploys;
    const result = await cli(['run', 'foo', 'prod'], { typed });
    expect(asked[1]).toMatchObject({ type: 'choice', name: 'cancel' });
    expect(result).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('Nothing was started.') as string });
  });

  it('needs --yes where nobody can be asked', async () => {
    script = deploys;
    const result = await cli(['run', 'foo', 'prod']);
    expect(result).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') as string });
    expect(asked).toHaveLength(1);
  });

  it('agrees with --yes to one plan only', async () => {
    script = (command) => ({ reply: plan(command.id) });
    const result = await cli(['run', 'foo', 'prod', '--yes']);
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('The plan changed') as string });
    expect(asked).toHaveLength(2);
  });

  it('exits with 1 when the bot refuses', async () => {
    script = () => ({ reply: { headline: 'prod is locked by @ops.', tone: 'bad' } });
    const result = await cli(['run', 'foo', 'prod', '--yes']);
    expect(result).toEqual({ exitCode: 1, stdout: 'prod is locked by @ops.\n', stderr: 'Nothing was started.\n' });
  });

  it('goes on watching when the bot is out of order for a while', async () => {
    script = deploys;
    const broken = () => {
      throw new Error('out of order');
    };
    render = jest.fn(renderExecution).mockImplementationOnce(broken).mockImplementationOnce(broken);
    progress = [ends('SUCCEEDED')];
    const result = await cli(['run', 'foo', 'prod', '--yes']);
    expect(result).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Trying again') as string });
  });

  it('ends watching when the bot does not come back', async () => {
    script = deploys;
    render = () => {
      throw new Error('out of order');
    };
    expect(await cli(['run', 'foo', 'prod', '--yes'])).toMatchObject({ exitCode: 3 });
  });

  it('takes one version', async () => {
    expect(await cli(['run', 'foo', 'prod', '1', '2'])).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('prints documents only with --json', async () => {
    script = deploys;
    progress = [ends('SUCCEEDED')];
    const result = await cli(['run', 'foo', 'prod', '--yes', '--json'], { isTTY: true });
    const documents = jsonLines(result.stdout);
    expect(documents.map(({ type }) => type)).toEqual(['reply', 'reply', 'execution', 'execution']);
    expect(documents.at(-1)).toMatchObject({ id: 'E1', status: 'SUCCEEDED', view: { tone: 'good' } });
    expect(result.exitCode).toBe(0);
  });

  it('gives up on a command nobody answers', async () => {
    script = () => undefined;
    const result = await cli(['run', 'foo', 'prod', '--yes']);
    expect(result).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('within 60 s') as string });
  });
});

describe('coxswain status, cox, approve, reject, cancel and choose', () => {
  it.each([
    [['status'], 'status'],
    [['status', 'foo'], 'status foo'],
    [['why', 'foo', 'prod/east'], 'why foo prod/east'],
    [['cox', 'resize', 'foo', 'dev', '3'], 'resize foo dev 3'],
    [['cox', 'history', '--all'], 'history --all'],
  ])('sends %j as words', async (argv, text) => {
    expect(await cli(argv)).toEqual({ exitCode: 0, stdout: 'Done.\n', stderr: '' });
    expect(asked).toEqual([{ type: 'text', text }]);
  });

  it.each([
    [['approve', 'E1'], { name: 'approve', target: { kind: 'execution', id: 'E1', stageId: 'S1' } }],
    [['approve', 'E1', '--stage', 'Go?'], { name: 'approve', target: { kind: 'execution', id: 'E1', stageId: 'S1' } }],
    [
      ['approve', 'E1', '--input', 'rollback'],
      { name: 'approve', answer: 'rollback', target: { kind: 'execution', id: 'E1', stageId: 'S1' } },
    ],
    [
      ['reject', 'E1', '--reason', 'errors'],
      { name: 'reject', answer: 'errors', target: { kind: 'execution', id: 'E1', stageId: 'S1' } },
    ],
    [['cancel', 'E1'], { name: 'cancelExecution', target: { kind: 'execution', id: 'E1' } }],
    [
      ['choose', 'execution', 'E1', 'approve'],
      { name: 'approve', target: { kind: 'execution', id: 'E1', stageId: 'S1' } },
    ],
  ])('turns %j into a choice', async (argv, choice) => {
    await fixture.store.create(executionKind, 'E1', buildExecution({ stages: [buildJudgment('S1', 'Go?')] }));
    expect(await cli(argv)).toMatchObject({ exitCode: 0 });
    expect(asked).toEqual([{ type: 'choice', ...choice }]);
  });

  it('says why a choice cannot be made', async () => {
    const result = await cli(['approve', 'E9', '--json']);
    expect(result.exitCode).toBe(1);
    expect(jsonLines(result.stdout)).toEqual([
      { type: 'error', code: 'NOT_FOUND', message: expect.stringContaining('no execution E9') as string },
    ]);
  });

  it('shows colours on a terminal only, and none with NO_COLOR', async () => {
    const escape = String.fromCharCode(27);
    expect((await cli(['status'], { isTTY: true })).stdout).toContain(escape);
    expect((await cli(['status'])).stdout).not.toContain(escape);
    const env = { ...world().env, NO_COLOR: '1' };
    expect((await cli(['status'], { isTTY: true, env })).stdout).not.toContain(escape);
  });
});

describe('coxswain login', () => {
  const anonymous = () => ({ COXSWAIN_URL: fixture.url, XDG_CONFIG_HOME: folder });
  const file = join(folder, 'coxswain', 'credentials.json');

  it('waits until the code was typed, and keeps the token for this account only', async () => {
    const stdout = { text: '' };
    const write = (text: string) => {
      stdout.text += text;
      const code = /\/cox login (\w{8})\n/.exec(text)?.[1];
      const { store, clock } = fixture;
      if (code !== undefined) setImmediate(() => void activateLogin(store, { code, user: 'U0BOB', now: clock.now() }));
    };
    const result = await cli(['login'], { env: anonymous(), stdout: { write } });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(stdout.text).toContain('Logged in as U0BOB.');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { token: string }>;
    const token = kept[fixture.url]?.token ?? '';
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(stdout.text + fixture.store.texts().join()).not.toContain(token);
    expect(await cli(['status'], { env: anonymous() })).toMatchObject({ exitCode: 0, stdout: 'Done.\n' });
  });

  it('gives up after ten minutes', async () => {
    const result = await cli(['login', '--json'], { env: anonymous() });
    expect(result.exitCode).toBe(4);
    expect(jsonLines(result.stdout).map(({ type }) => type)).toEqual(['login', 'error']);
    expect(await fixture.store.count(tokenKind, { name: 'state', value: 'pending' })).toBe(1);
  });
});

describe('without a bot that helps', () => {
  let server: Server | undefined;
  const serve = async (listener: RequestListener) => {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const stop = async () => {
    const closed = new Promise((resolve) => server?.close(resolve));
    server?.closeAllConnections();
    await closed;
    server = undefined;
  };
  afterEach(async () => {
    if (server !== undefined) await stop();
  });
  const statusAt = (url: string, extra: object = {}) =>
    runForTest(['status'], { clock: createHurryingClock(), env: { COXSWAIN_URL: url, COXSWAIN_TOKEN: 't' }, ...extra });

  it('says how to start one when nothing listens', async () => {
    const url = await serve(() => undefined);
    await stop();
    const result = await statusAt(url);
    expect(result).toMatchObject({ exitCode: 3, stdout: '' });
    expect(result.stderr).toMatch(/No bot answers at .* \(ECONNREFUSED\)\.\n.*npm start.*npm run demo.*COXSWAIN_URL/);
  });

  it.each([
    ['HTML', 200, '<html>hello</html>', /not Coxswain's local API: it did not send JSON/],
    ['HTML with 404', 404, '<html>no</html>', /it answered 404 with something else/],
    ['a redirect', 302, '', /it answered 302/],
    ['other JSON', 200, '{"hello":1}', /it sent other JSON/],
    ['an empty answer', 200, '', /did not send JSON/],
    ['a broken answer', 200, '{"id":', /did not send JSON/],
  ])('tells a wrong server by %s', async (_title, status, body, message) => {
    const url = await serve((_request, response) => response.writeHead(status, { location: '/' }).end(body));
    const result = await statusAt(url);
    expect(result).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringMatching(message) as string });
  });

  it('tells a connection that breaks off', async () => {
    const url = await serve((request) => request.socket.destroy());
    expect(await statusAt(url)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('No bot answers') as string,
    });
  });

  it('does not wait for ever', async () => {
    const url = await serve(() => undefined);
    const result = await statusAt(url, { requestTimeoutMs: 50 });
    expect(result).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('within 50 ms') as string });
  });

  it('exits with 4 when the token is not known, and never shows it', async () => {
    const env = { COXSWAIN_URL: fixture.url, COXSWAIN_TOKEN: 'some-secret' };
    const result = await cli(['status', '--json'], { env });
    expect(result.exitCode).toBe(4);
    expect(jsonLines(result.stdout)).toMatchObject([{ type: 'error', code: 'UNAUTHORIZED' }]);
    expect(result.stderr).toContain('Run `coxswain login`, or set COXSWAIN_TOKEN.');
    expect(result.stdout + result.stderr).not.toContain('some-secret');
  });

  it('exits with 4 when the token cannot be one', async () => {
    const env = { COXSWAIN_URL: fixture.url, COXSWAIN_TOKEN: 'two\nlines' };
    const result = await cli(['status'], { env });
    expect(result).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('COXSWAIN_TOKEN') as string });
    expect(result.stderr).not.toContain('lines');
  });

  it('exits with 4 when nobody logged in', async () => {
    const env = { COXSWAIN_URL: 'http://127.0.0.1:9', XDG_CONFIG_HOME: folder };
    expect(await cli(['status'], { env })).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('coxswain login') as string,
    });
  });
});

describe('wrong usage', () => {
  it.each([
    [['dance'], /unknown command 'dance'/],
    [['run', 'foo'], /missing required argument 'environment'/],
    [['reject', 'E1'], /--reason/],
    [['emulator', 'dcos', '--port', '99999'], /0 to 65535/],
    [['emulator', 'jira'], /dcos, slack, jenkins/],
    [['emulator', 'dcos', '--tasks', 'real'], /simulated, process/],
    [['emulator', 'dcos', '--auth', 'oauth'], /none, enterprise, open/],
    [['emulator', 'dcos', '--agents', '0'], /1 to 10000/],
    [['emulator', 'slack', '--agents', '3'], /slack emulator has no --agents/],
    [['emulator', 'jenkins', '--auth', 'open'], /jenkins emulator has no --auth/],
    [['emulator', 'slack', '--tls-key', 'key.pem'], /no --tls-key/],
    [['emulator', 'dcos', '--tls-key', 'key.pem'], /--tls-key and --tls-cert/],
  ])('refuses %j with exit code 2', async (argv, message) => {
    expect(await cli(argv)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(message) as string,
    });
  });

  it('refuses an address that is none', async () => {
    expect(await cli(['status'], { env: { COXSWAIN_URL: 'bot.example' } })).toMatchObject({ exitCode: 2 });
  });

  it.each([[[]], [['--help']], [['run', '--help']]])('explains itself on %j', async (argv) => {
    const { exitCode, stdout, stderr } = await cli(argv);
    expect(stdout + stderr).toMatch(/Usage: coxswain/);
    expect(stdout + stderr).toContain('$ coxswain run foo prod 1.2.0');
    expect(exitCode).toBe(argv.length === 0 ? 2 : 0);
  });
});

describe('coxswain validate and emulator', () => {
  const problem = { file: 'foo.yaml', line: 3, column: 7, message: 'Unknown field.' };

  it('prints problems as editors read them', async () => {
    const validateFiles = () => Promise.resolve({ files: 1, problems: [problem] });
    const result = await cli(['validate', 'foo.yaml'], { validateFiles });
    expect(result).toEqual({ exitCode: 1, stdout: 'foo.yaml:3:7: Unknown field.\n', stderr: '' });
    const asJson = await cli(['validate', 'foo.yaml', '--json'], { validateFiles });
    expect(jsonLines(asJson.stdout)).toEqual([
      { type: 'problem', ...problem },
      { type: 'validated', files: 1, problems: 1 },
    ]);
  });

  it('prints warnings, which fail nothing', async () => {
    const validateFiles = () => Promise.resolve({ files: 1, problems: [], warnings: [problem] });
    expect(await cli(['validate', 'foo.yaml'], { validateFiles })).toEqual({
      exitCode: 0,
      stdout: 'foo.yaml:3:7: warning: Unknown field.\nThe file is fine.\n',
      stderr: '',
    });
    const asJson = await cli(['validate', 'foo.yaml', '--json'], { validateFiles });
    expect(jsonLines(asJson.stdout)).toEqual([
      { type: 'warning', ...problem },
      { type: 'validated', files: 1, problems: 0 },
    ]);
  });

  it('exits with 0 when nothing is wrong', async () => {
    const validateFiles = () => Promise.resolve({ files: 2, problems: [] });
    expect(await cli(['validate', 'a', 'b'], { validateFiles })).toMatchObject({
      exitCode: 0,
      stdout: 'All 2 files are fine.\n',
    });
  });

  it('runs an emulator until it is stopped, saying its addresses on one line', async () => {
    const close = jest.fn(() => Promise.resolve());
    const url = 'http://127.0.0.1:5';
    const addresses = { url, marathonUrl: `${url}/service/marathon`, metronomeUrl: `${url}/service/metronome` };
    const started = { ...addresses, close };
    const dcos = jest.fn(() => Promise.resolve(started));
    const slack = () => Promise.reject(new Error('EADDRINUSE'));
    const jenkins = () => Promise.resolve({ url, user: 'coxswain', token: '11ab', close });
    const emulators = { dcos, slack, jenkins };
    const result = await cli(['emulator', 'dcos', '--port', '5'], { emulators, untilStopped: () => Promise.resolve() });
    expect(dcos).toHaveBeenCalledWith({ port: 5 });
    expect(jsonLines(result.stdout)).toMatchObject([{ kind: 'dcos', ...addresses }]);
    expect(close).toHaveBeenCalledTimes(1);
    const choices = ['--auth', 'enterprise', '--tasks', 'process', '--agents', '3'];
    await cli(['emulator', 'dcos', ...choices], { emulators, untilStopped: () => Promise.resolve() });
    expect(dcos).toHaveBeenLastCalledWith({ port: 0, auth: 'enterprise', tasks: 'process', agents: 3 });
    const ofJenkins = await cli(['emulator', 'jenkins'], { emulators, untilStopped: () => Promise.resolve() });
    expect(jsonLines(ofJenkins.stdout)).toMatchObject([{ kind: 'jenkins', url, user: 'coxswain', token: '11ab' }]);
    const failed = await cli(['emulator', 'slack'], { emulators, untilStopped: () => Promise.resolve() });
    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--port 0') as string });
  });
});
