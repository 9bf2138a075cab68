import { App, LogLevel } from '@slack/bolt';
import type { SlackEmulator } from '../../../src/emulators/slack';
import { act, clientOf, errorOf, secrets, startEmulator, stateOf, until } from './rig';

let emulator: SlackEmulator;
let bot: App;
const seen: string[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
  bot = new App({
    token: secrets.botToken,
    appToken: secrets.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: emulator.slackApiUrl },
    logLevel: LogLevel.ERROR,
  });
  bot.command('/deploy', async ({ ack, respond }) => {
    await ack({ text: 'acknowledged' });
    await respond({ text: 'responded' });
  });
  bot.action('press', async ({ ack }) => {
    await ack();
    seen.push('press');
  });
  bot.event('app_mention', ({ event }) => {
    seen.push(event.text);
    return Promise.resolve();
  });
  await bot.start();
});

afterAll(async () => {
  await bot.stop();
  await emulator.close();
});

it('is how the bot is reached once it is connected', async () => {
  expect((await stateOf(emulator)).bot.online).toBe(true);
  expect(await act(emulator, 'command', { command: '/deploy', text: 'x' })).toEqual({ ok: true });
  const texts = await until(async () => {
    const found = (await stateOf(emulator)).messages.map((message) => message.text);
    return found.length === 2 ? found : undefined;
  });
  expect(texts.sort()).toEqual(['acknowledged', 'responded']);
});

it('carries clicks and events', async () => {
  const posted = await bot.client.chat.postMessage({
    channel: 'deploys',
    text: 'card',
    blocks: [
      {
        type: 'actions',
        block_id: 'b',
        elements: [{ type: 'button', action_id: 'press', text: { type: 'plain_text', text: 'Press' } }],
      },
    ],
  });
  expect(await act(emulator, 'click', { ts: posted.ts, actionId: 'press', blockId: 'b' })).toEqual({ ok: true });
  await act(emulator, 'message', { text: '@bot hello' });
  await until(() => (seen.length === 2 ? true : undefined));
  expect(seen).toEqual(['press', '<@U0BOT> hello']);
});

it('wants the app token', async () => {
  expect(await errorOf(clientOf(emulator, secrets.botToken).apps.connections.open())).toBe('not_allowed_token_type');
  expect(await errorOf(clientOf(emulator, 'xapp-other').apps.connections.open())).toBe('invalid_auth');
});

it('ends when Slack says so', async () => {
  emulator.core.sockets.disconnectAll('refresh_requested');
  expect(await until(() => (emulator.core.sockets.isConnected() ? undefined : true))).toBe(true);
});
