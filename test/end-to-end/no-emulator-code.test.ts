import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { startDcosEmulator } from '../../src/emulators/dcos/start-dcos-emulator';
import { slackHeaders } from '../support/slack-signing';
import { createTemporaryFolder } from '../support/temporary-folder';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const root = join(__dirname, '../..');
const mainFile = join(root, 'dist/src/main.js');
const secret = 'a-signing-secret';
type Ready = { readonly urls: { readonly slack: string } };

/** The bot as it is started in production, against a DC/OS and a Slack that this process knows by address only. */
async function startBot(folder: string, dcosUrl: string) {
  if (!existsSync(mainFile)) throw new Error('dist/ is missing: run `npm run build` before the end-to-end tests.');
  const modulesFile = join(folder, 'modules.txt');
  const child = fork(mainFile, [], {
    cwd: root,
    execArgv: ['--require', join(root, 'test/support/record-modules.cjs')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      RECORD_MODULES: modulesFile,
      SLACK_BOT_TOKEN: 'xoxb-test',
      SLACK_SIGNING_SECRET: secret,
      SLACK_TEAM_ID: 'T0TEST',
      // Nobody listens there; the bot works while Slack is down.
      SLACK_API_URL: 'http://127.0.0.1:9/api/',
      HOST: '127.0.0.1',
      PORT: '0',
      API_PORT: '0',
      DATA_FOLDER: join(folder, 'data'),
      DCOS_URL: dcosUrl,
      LOG_LEVEL: 'silent',
    },
  });
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  const ended = once(child, 'exit').then(() => {
    throw new Error('The bot ended before it was ready.');
  });
  const [{ urls }] = (await Promise.race([once(child, 'message'), ended])) as [Ready];
  ended.catch(() => undefined);
  const modules = () => [
    ...new Set(
      readFileSync(modulesFile, 'utf8')
        .split('\n')
        .map((path) => relative(root, path).split(sep).join('/')),
    ),
  ];
  return { urls, modules, stop };
}

async function sendCommand(url: string, command: string, text: string): Promise<number> {
  const fields = { command, text, team_id: 'T0TEST', channel_id: 'C0TEST', user_id: 'U0TEST', trigger_id: text };
  const body = new URLSearchParams(fields).toString();
  const headers = slackHeaders({ secret, body, timestamp: Math.floor(Date.now() / 1000) });
  return (await fetch(`${url}/slack/events`, { method: 'POST', headers, body })).status;
}

describe('the production processes', () => {
  it('work against a Marathon that they know by its address, without a line of the emulators', async () => {
    const folder = createTemporaryFolder();
    const dcos = await startDcosEmulator();
    const asked = (path: string) => dcos.core.requests.list().some((request) => request.path === path);
    const bot = await startBot(folder.path, dcos.url);
    try {
      await waitFor('the pollers to listen to events', () => asked('/v2/events'));
      dcos.core.requests.clear();
      expect(await sendCommand(bot.urls.slack, '/cox', 'status foo')).toBe(200);
      await waitFor('the executor to look at the cluster', () => asked('/v2/apps'));
      const modules = bot.modules();
      expect(modules).toEqual(expect.arrayContaining(['main', 'executor', 'pollers'].map((n) => `dist/src/${n}.js`)));
      expect(modules.filter((path) => path.includes('/emulators/'))).toEqual([]);
    } finally {
      await bot.stop();
      await dcos.close();
      folder.remove();
    }
  });
});
