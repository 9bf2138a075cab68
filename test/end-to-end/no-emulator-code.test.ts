import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
async function startBot(
  folder: string,
  { dcosUrl, pipelines }: { readonly dcosUrl: string; readonly pipelines: string },
) {
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
      PIPELINES_FOLDER: pipelines,
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

/** Where Slack takes the answer to a command; `texts` are those that came. */
async function startResponseUrl() {
  const texts: string[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      texts.push(Buffer.concat(parts).toString('utf8'));
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { texts, url: `http://127.0.0.1:${port}/answer`, close: () => server.close() };
}

/** The shipped pipelines; with `marathonPath: /` their address is Marathon's own. */
function writePipelines(folder: string, isMarathonAlone: boolean): string {
  const pipelines = join(folder, 'pipelines');
  cpSync(join(root, 'pipelines'), pipelines, { recursive: true });
  const file = join(pipelines, 'accounts.yaml');
  const text = readFileSync(file, 'utf8');
  const changed = text.replace('auth: { type: none } }', 'auth: { type: none }, marathonPath: / }');
  expect(changed).not.toBe(text);
  writeFileSync(file, isMarathonAlone ? changed : text);
  return pipelines;
}

type SlashCommand = { readonly command: string; readonly text: string; readonly responseUrl: string };

async function sendCommand(url: string, { command, text, responseUrl }: SlashCommand): Promise<number> {
  const people = { team_id: 'T0TEST', channel_id: 'C0TEST', user_id: 'U0TEST' };
  const fields = { command, text, ...people, trigger_id: text, response_url: responseUrl };
  const body = new URLSearchParams(fields).toString();
  const headers = slackHeaders({ secret, body, timestamp: Math.floor(Date.now() / 1000) });
  return (await fetch(`${url}/slack/events`, { method: 'POST', headers, body })).status;
}

describe('the production processes', () => {
  it.each([
    ['a DC/OS', false],
    ['a Marathon alone', true],
  ])('work against %s that they know by its address, without a line of the emulators', async (_, isMarathonAlone) => {
    const folder = createTemporaryFolder();
    const dcos = await startDcosEmulator();
    dcos.core.seed({
      id: '/prod/east/foo-prod-v007',
      instances: 3,
      container: { type: 'DOCKER', docker: { image: 'registry.example.com/demo/foo:1.4.2' } },
      healthChecks: [{ protocol: 'HTTP', path: '/health' }],
    });
    const slack = await startResponseUrl();
    const asked = (path: string) => dcos.core.requests.list().some((request) => request.path === path);
    const dcosUrl = isMarathonAlone ? dcos.marathonUrl : dcos.url;
    const bot = await startBot(folder.path, { dcosUrl, pipelines: writePipelines(folder.path, isMarathonAlone) });
    try {
      await waitFor('the pollers to listen to events', () => asked('/v2/events'));
      const responseUrl = slack.url;
      expect(await sendCommand(bot.urls.slack, { command: '/cox', text: 'status foo', responseUrl })).toBe(200);
      await waitFor('the answer', () => slack.texts.length > 0);
      expect(slack.texts.join('\n')).toContain('v007 1.4.2 3/3 healthy');
      const modules = bot.modules();
      expect(modules).toEqual(expect.arrayContaining(['main', 'executor', 'pollers'].map((n) => `dist/src/${n}.js`)));
      expect(modules.filter((path) => path.includes('/emulators/'))).toEqual([]);
    } finally {
      await bot.stop();
      slack.close();
      await dcos.close();
      folder.remove();
    }
  });
});
