import { join } from 'node:path';
import { startDcosEmulator } from '../../src/emulators/dcos/start-dcos-emulator';
import { startSlackEmulator } from '../../src/emulators/slack';
import { startChild, type Child } from './child';
import { signingSecret } from './slack-requests';

/** A bot in a process of its own. */
export type Bot = Child<{ readonly urls: { readonly slack: string } }>;

const botToken = 'xoxb-bench';

/** A Slack with one channel, and a DC/OS. */
export async function startOutside(channel: string) {
  const [slack, dcos] = await Promise.all([
    startSlackEmulator({
      port: 0,
      signingSecret,
      botToken,
      botName: 'coxswain',
      team: { id: 'T0BENCH', name: 'Bench' },
      requestUrl: 'http://127.0.0.1:9/slack/events',
      users: [{ id: 'U0BENCH', name: 'bench', realName: 'Bench' }],
      channels: [{ id: 'C0BENCH', name: channel }],
      userGroups: [],
      commands: [],
    }),
    startDcosEmulator(),
  ]);
  return { slack, dcos };
}

type Outside = Awaited<ReturnType<typeof startOutside>>;

/** Starts the compiled bot, all its threads in a process of its own, against both; `DCOS_URL` is the DC/OS. */
export const startBot = (outside: Outside, dataFolder: string, pipelinesFolder: string): Promise<Bot> =>
  startChild(join(__dirname, '../../src/main.js'), {
    SLACK_BOT_TOKEN: botToken,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_TEAM_ID: 'T0BENCH',
    SLACK_API_URL: outside.slack.slackApiUrl,
    SLACK_APP_TOKEN: '',
    REDIS_URL: '',
    HOST: '127.0.0.1',
    PORT: '0',
    API_PORT: '0',
    DATA_FOLDER: dataFolder,
    PIPELINES_FOLDER: pipelinesFolder,
    DCOS_URL: outside.dcos.url,
    LOG_LEVEL: 'error',
  });
