import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createDcosView } from './dcos-view';
import { createSlackView } from './slack-view';
import { createTemporaryFolder } from './temporary-folder';
import { waitFor } from './wait-for';

/** People and channels of the demo. */
export const requester = 'U0REQUESTER';
export const approver = 'U0APPROVER';
export const stranger = 'U0STRANGER';
export const fooChannel = 'C0FOODEPLOYS';
export const shopChannel = 'C0SHOPDEPLOYS';
export const generalChannel = 'C0GENERAL';

/** What the demo prints once it is ready. */
export type DemoAddresses = {
  readonly chat: string;
  readonly bot: string;
  readonly api: string;
  readonly slackApi: string;
  readonly dcos: string;
  readonly signingSecret: string;
  readonly botToken: string;
};

/** A demo in processes of its own. */
export type Demo = {
  readonly addresses: DemoAddresses;
  readonly slack: ReturnType<typeof createSlackView>;
  readonly dcos: ReturnType<typeof createDcosView>;
  /** Where the bot keeps its documents. */
  readonly databaseFolder: string;
  /** The bot's process now; it changes with every start. */
  readonly botPid: () => number;
  /** Ends the bot at once, as a power cut would; the demo starts it again. Does nothing while there is none. */
  readonly killBot: () => void;
  /** Resolves when a bot started after the process `pid` answers. */
  readonly botAfter: (pid: number) => Promise<void>;
  /** What the processes wrote to their error output. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
};

const root = join(__dirname, '../..');
const demoFile = join(root, 'dist/src/demo.js');
const startMs = 30_000;
const running = new Set<ChildProcess>();

// A test that dies must not leave a demo behind; the bot ends with its parent.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function firstLine(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`The demo was not ready in time. ${log()}`)), startMs);
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text);
    });
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`The demo ended before it was ready. ${log()}`));
    });
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 12_000);
  await ended;
  clearTimeout(timer);
}

/** Starts the demo in a new folder; `environment` goes to the demo and its bot. Needs the compiled files. */
export async function startDemo(environment: Readonly<Record<string, string>> = {}): Promise<Demo> {
  if (!existsSync(demoFile)) throw new Error('dist/ is missing: run `npm run build` before the end-to-end tests.');
  const folder = createTemporaryFolder();
  const child = spawn(process.execPath, [demoFile, '--json'], {
    cwd: folder.path,
    env: { ...process.env, DEMO_FOLDER: folder.path, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let log = '';
  let pid = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
    pid = Number([...log.matchAll(/bot started, pid (\d+)/g)].at(-1)?.[1] ?? 0);
  });
  const stop = async () => {
    await endChild(child);
    if (pid !== 0 && isAlive(pid)) endProcess(pid);
    folder.remove();
  };
  try {
    const addresses = JSON.parse(await firstLine(child, () => log)) as DemoAddresses;
    const { chat, slackApi, botToken, dcos, bot } = addresses;
    return {
      addresses,
      slack: createSlackView(chat, slackApi, botToken),
      dcos: createDcosView(dcos),
      databaseFolder: join(folder.path, 'bot'),
      botPid: () => pid,
      killBot: () => endProcess(pid),
      botAfter: async (before) => {
        const isReady = async () => pid !== before && (await fetch(bot).then(() => true));
        await waitFor('the bot to come back', isReady, startMs, () => log);
      },
      log: () => log,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
