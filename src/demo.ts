import { join, resolve } from 'node:path';
import { processEnvironment } from './config';
import { keepBotAlive } from './demo/bot-process';
import { channels, seeds, slashCommands, userGroups, users } from './demo/demo-data';
import { openDemoState, type DemoState } from './demo/demo-state';
import { startDcosEmulator } from './emulators/dcos/start-dcos-emulator';
import { startSlackEmulator } from './emulators/slack';

const teamId = 'T0DEMO';
const root = join(__dirname, '../..');
const isJson = process.argv.includes('--json');
const folder = resolve(processEnvironment.DEMO_FOLDER ?? '.data/demo');
const pipelinesFolder = resolve(processEnvironment.PIPELINES_FOLDER ?? join(root, 'pipelines'));

/** Slow enough to watch; tests make it faster. */
const timings = { startMs: 2000, healthyMs: 1500 };
const speed = Number(processEnvironment.DEMO_SPEED ?? 1);

function startEmulators({ ports, signingSecret, botToken }: DemoState) {
  return Promise.all([
    startSlackEmulator({
      port: ports.slack,
      dataFile: join(folder, 'slack.json'),
      signingSecret,
      botToken,
      botName: 'coxswain',
      team: { id: teamId, name: 'Coxswain demo' },
      requestUrl: `http://127.0.0.1:${ports.bot}/slack/events`,
      users: [...users],
      channels: [...channels],
      userGroups,
      commands: slashCommands,
    }),
    startDcosEmulator({ port: ports.dcos, dataFile: join(folder, 'dcos.json'), speed, timings }),
  ]);
}

const botEnvironment = ({ ports, signingSecret, botToken }: DemoState, slackApiUrl: string, dcosUrl: string) => ({
  ...processEnvironment,
  SLACK_BOT_TOKEN: botToken,
  SLACK_SIGNING_SECRET: signingSecret,
  SLACK_TEAM_ID: teamId,
  SLACK_API_URL: slackApiUrl,
  SLACK_APP_TOKEN: undefined,
  HOST: '127.0.0.1',
  PORT: String(ports.bot),
  API_PORT: String(ports.api),
  DATA_FOLDER: join(folder, 'bot'),
  PIPELINES_FOLDER: pipelinesFolder,
  DCOS_URL: dcosUrl,
  LOG_LEVEL: processEnvironment.LOG_LEVEL ?? 'warn',
});

function announce(state: DemoState, chat: string, slackApi: string, dcos: string): void {
  const api = `http://127.0.0.1:${state.ports.api}`;
  if (isJson) {
    const { signingSecret, botToken } = state;
    const bot = `http://127.0.0.1:${state.ports.bot}`;
    const people = users.map(({ id, name, role }) => ({ id, name, role }));
    process.stdout.write(
      `${JSON.stringify({ chat, bot, api, signingSecret, botToken, slackApi, dcos, users: people, channels })}\n`,
    );
    return;
  }
  process.stdout.write(
    `\nThe demo is ready: ${chat}\n\n` +
      `  Type in #foo-deploys:  /deploy foo prod 1.1   then switch to the approver and decide.\n` +
      `  Then:                  /rollback foo prod     /resize foo prod 5     /cox status foo\n` +
      `  Command line:          export COXSWAIN_URL=${api} && npx coxswain login\n\n` +
      `Ctrl-C stops it; the data stays. npm run demo -- --reset forgets it.\n`,
  );
}

async function main(): Promise<void> {
  const { state, isNew } = await openDemoState(folder, process.argv.includes('--reset'));
  const [slack, dcos] = await startEmulators(state);
  if (isNew) for (const app of seeds) dcos.core.seed(app);
  const tell = (news: string) => process.stderr.write(`demo: ${news}\n`);
  const bot = keepBotAlive(join(__dirname, 'main.js'), botEnvironment(state, slack.slackApiUrl, dcos.url), tell);
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    void bot
      .stop()
      .then(() => Promise.allSettled([slack.close(), dcos.close()]))
      .finally(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await bot.ready;
  announce(state, `${slack.url}/chat/`, slack.slackApiUrl, dcos.url);
}

main().catch((error: unknown) => {
  process.stderr.write(`The demo cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.stderr.write('If a port is taken, npm run demo -- --reset chooses new ones (and forgets the data).\n');
  process.exit(1);
});
