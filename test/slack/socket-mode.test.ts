import { commandKind } from '../../src/engine/document-kinds';
import { systemClock } from '../../src/engine/clock';
import { createSlackApp, type SlackApp } from '../../src/slack/bolt-app';
import { createWebClients } from '../../src/slack/web-clients';
import { startSlackEmulator, type SlackEmulator } from '../../src/emulators/slack';
import { createMemoryStore } from '../support/memory-store';

const botToken = 'xoxb-socket-test';
const appToken = 'xapp-socket-test';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Waited in vain until ${what}.`);
}

describe('Socket Mode', () => {
  let slack: SlackEmulator;
  let app: SlackApp;

  beforeEach(async () => {
    slack = await startSlackEmulator({
      port: 0,
      signingSecret: 'unused-here',
      botToken,
      appToken,
      users: [{ id: 'U0ONE', name: 'one' }],
      channels: [{ id: 'C0ONE', name: 'deploys' }],
    });
  });

  afterEach(async () => {
    await app.stop();
    await slack.close();
  });

  it('stores a command that came through the socket, under its trigger id', async () => {
    const store = createMemoryStore(() => systemClock.now());
    let commands = 0;
    app = createSlackApp({
      config: { botToken, signingSecret: '', appToken, slackApiUrl: slack.slackApiUrl, port: 0 },
      store,
      clock: systemClock,
      logger: silent,
      client: createWebClients({ botToken, slackApiUrl: slack.slackApiUrl }).interactive,
      onCommand: () => {
        commands += 1;
      },
    });
    await app.start();
    await until(() => slack.core.isBotOnline(), 'the bot is connected');
    await fetch(`${slack.url}/chat/api/message`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'U0ONE', channel: 'C0ONE', text: '/cox status foo' }),
    });
    await until(() => commands === 1, 'the command arrives');
    const [stored] = await store.list(commandKind);
    expect(stored?.document).toMatchObject({
      request: { type: 'text', text: 'status foo' },
      source: { surface: 'slack', user: 'U0ONE', channel: 'C0ONE' },
      state: 'received',
    });
  });

  it('says goodbye to Slack when it stops', async () => {
    app = createSlackApp({
      config: { botToken, signingSecret: '', appToken, slackApiUrl: slack.slackApiUrl, port: 0 },
      store: createMemoryStore(() => systemClock.now()),
      clock: systemClock,
      logger: silent,
      client: createWebClients({ botToken, slackApiUrl: slack.slackApiUrl }).interactive,
      onCommand: () => undefined,
    });
    await app.start();
    await until(() => slack.core.isBotOnline(), 'the bot is connected');
    await app.stop();
    await until(() => !slack.core.isBotOnline(), 'the bot has left');
  });
});
