import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '../support/temporary-folder';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const cliFile = join(__dirname, '../../dist/src/cli.js');
const running = new Set<ChildProcess>();
afterEach(() => running.forEach((child) => child.kill('SIGKILL')));

const commandLine = [cliFile, 'emulator', 'dcos', '--tasks', 'process', '--port', '0'];

/** An emulator within a program that ends without closing it, as it would by an error, when it is sent SIGUSR2. */
const program = [
  '-e',
  `require(${JSON.stringify(join(__dirname, '../../dist/src/emulators/dcos/start-dcos-emulator.js'))})
    .startDcosEmulator({ tasks: 'process' })
    .then(({ url }) => { console.log(JSON.stringify({ url })); process.on('SIGUSR2', () => process.exit(0)); });`,
];

/** Starts an emulator of real tasks; resolves with its process and address. */
async function startEmulator(arguments_: readonly string[]) {
  const child = spawn(process.execPath, arguments_, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return { child, url };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('an emulator of real tasks', () => {
  it.each([
    ...(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const).map((signal) => ({ signal, started: commandLine })),
    { signal: 'SIGUSR2' as const, started: program },
  ])('leaves no task, check or sandbox behind after $signal', async ({ signal, started }) => {
    const { path: folder, remove } = createTemporaryFolder();
    const { child, url } = await startEmulator(started);
    const note = (name: string) => join(folder, name);
    const app = {
      id: '/left',
      cmd: `pwd > ${note('place')}; echo $$ > ${note('task')}; exec sleep 600`,
      cpus: 0.1,
      mem: 32,
      healthChecks: [
        { protocol: 'COMMAND', command: { value: `echo $$ > ${note('check')}; exec sleep 600` }, delaySeconds: 0 },
      ],
    };
    const body = JSON.stringify(app);
    expect((await fetch(`${url}/v2/apps`, { method: 'POST', body })).status).toBe(201);
    const read = (name: string) => (existsSync(note(name)) ? readFileSync(note(name), 'utf8').trim() : '');
    await waitFor('task and check run', () => read('task') !== '' && read('check') !== '');
    const pids = [Number(read('task')), Number(read('check'))];
    expect(pids.map(isAlive)).toEqual([true, true]);
    child.kill(signal);
    await waitFor('the emulator has ended', () => child.exitCode !== null || child.signalCode !== null);
    expect([child.exitCode, child.signalCode]).toEqual([0, null]);
    await waitFor('task and check are dead', () => !pids.some(isAlive));
    expect(existsSync(read('place'))).toBe(false);
    remove();
  });
});
