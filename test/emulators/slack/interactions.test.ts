import type { App } from '@slack/bolt';
import type { SlackEmulator } from '../../../src/emulators/slack';
import { act, approver, deploys, secrets, startBot, startEmulator, stateOf, until } from './rig';

const button = (actionId: string, value: string) => ({
  type: 'button',
  action_id: actionId,
  value,
  text: { type: 'plain_text', text: 'Press' },
});
const actions = (...elements: readonly object[]) => [{ type: 'actions', block_id: 'choices', elements }];
const modal = (title: string, more: object = {}) => ({
  type: 'modal' as const,
  callback_id: 'reason',
  title: { type: 'plain_text' as const, text: title },
  submit: { type: 'plain_text' as const, text: 'Send' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: { type: 'plain_text' as const, text: 'Why?' },
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
  ],
  ...more,
});
const answer = (value: string) => ({ why: { text: { type: 'plain_text_input', value } } });

let emulator: SlackEmulator;
let bot: App;
const seen: unknown[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
  bot = await startBot(emulator, registerBot);
});

afterAll(async () => {
  await bot.stop();
  await emulator.close();
});

function registerBot(app: App): void {
  app.command('/deploy', async ({ command, ack, respond }) => {
    await ack({ text: `planning ${command.text}` });
    await respond({ text: 'planned', response_type: 'in_channel' });
  });
  app.command('/card', async ({ ack }) => {
    await ack({ text: 'card', blocks: actions(button('answer', 'x')) });
  });
  app.command('/rude', async ({ ack }) => ack({ text: 'x', blocks: [{ type: 'wrong' }] as never }));
  app.action('answer', async ({ ack, respond }) => {
    await ack();
    await respond({ replace_original: true, text: 'answered' });
  });
  app.action('vanish', async ({ ack, respond }) => {
    await ack();
    await respond({ delete_original: true });
  });
  app.action('ask', async ({ ack, body, client }) => {
    seen.push(body);
    await ack();
    if ('trigger_id' in body) await client.views.open({ trigger_id: body.trigger_id, view: modal('Reason') });
  });
  app.action('pick', async ({ ack, body }) => {
    seen.push(body);
    await ack();
  });
  app.action('inside', async ({ ack, body }) => {
    seen.push(body);
    await ack();
  });
  app.view('reason', async ({ ack, view }) => {
    const text = view.state.values.why?.text?.value ?? '';
    seen.push(text);
    if (text === 'short') await ack({ response_action: 'errors', errors: { why: 'Say more.' } });
    else if (text === 'update') await ack({ response_action: 'update', view: modal('Second') });
    else if (text === 'push') await ack({ response_action: 'push', view: modal('Pushed', { notify_on_close: true }) });
    else if (text === 'clear') await ack({ response_action: 'clear' });
    else await ack();
  });
  app.view({ type: 'view_closed', callback_id: 'reason' }, async ({ ack, view }) => {
    seen.push(`closed ${view.title.text}`);
    await ack();
  });
  app.event('app_mention', ({ event, client }) => {
    seen.push(event.text);
    return client.chat.postMessage({ channel: event.channel, text: 'you called' }).then(() => undefined);
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'divider' }] } });
  });
}

async function postCard(...elements: readonly object[]): Promise<string> {
  const posted = await bot.client.chat.postMessage({
    channel: deploys,
    text: 'card',
    blocks: actions(...elements),
  });
  return posted.ts ?? '';
}

async function openModal(): Promise<string> {
  const ts = await postCard(button('ask', '42'));
  await act(emulator, 'click', { ts, actionId: 'ask', blockId: 'choices', value: '42' });
  return until(async () => (await stateOf(emulator)).openView?.id);
}

async function triggerOf(): Promise<{ readonly trigger_id?: string }> {
  const ts = await postCard(button('inside', '1'));
  await act(emulator, 'click', { ts, actionId: 'inside', blockId: 'choices' });
  return seen.at(-1) as { readonly trigger_id?: string };
}

const latest = async (text: string) => (await stateOf(emulator)).messages.filter((each) => each.text === text).at(-1);

describe('slash commands', () => {
  it('carries a command to a Bolt app, shows its acknowledgement to the sender and its response to all', async () => {
    expect(await act(emulator, 'message', { text: '/deploy foo prod' })).toEqual({ ok: true });
    const planned = await until(async () => latest('planned'));
    expect(planned).toMatchObject({ ephemeral: false, bot: 'U0BOT' });
    expect(await latest('planning foo prod')).toMatchObject({ ephemeral: true });
    const others = (await stateOf(emulator, approver)).messages.map((message) => message.text);
    expect(others).toContain('planned');
    expect(others).not.toContain('planning foo prod');
  });

  it('runs a command given by name', async () => {
    expect(await act(emulator, 'command', { command: '/deploy', text: 'bar' })).toEqual({ ok: true });
    expect(await until(() => latest('planning bar'))).toBeDefined();
  });

  it('refuses commands in threads and tells only the sender', async () => {
    const ts = await postCard(button('ask', '1'));
    const reply = await act(emulator, 'message', { text: '/deploy foo', threadTs: ts });
    expect(reply).toEqual({ ok: false, error: 'not_supported_in_threads' });
    expect((await stateOf(emulator)).messages.at(-1)).toMatchObject({ local: true, ephemeral: true });
  });

  it('says that a bot did not take the command when nobody handles it', async () => {
    emulator.setRequestUrl('http://127.0.0.1:1/slack/events');
    const reply = await act(emulator, 'command', { command: '/deploy', text: '' });
    expect(reply).toEqual({ ok: false, error: 'dispatch_failed' });
    const { messages, bot: shown } = await stateOf(emulator);
    expect(messages.at(-1)?.text).toContain('dispatch_failed');
    expect(shown.online).toBe(false);
    await bot.stop();
    bot = await startBot(emulator, registerBot);
  });

  it('does not show an acknowledgement with invalid blocks', async () => {
    const reply = await act(emulator, 'command', { command: '/rude', text: '' });
    expect(reply).toEqual({ ok: false, error: 'invalid_command_response' });
  });

  it('refuses an unknown command once the workspace has a list', async () => {
    emulator.core.setCommands([{ command: '/deploy', usageHint: 'app env' }]);
    const reply = await act(emulator, 'message', { text: '/nothing' });
    emulator.core.setCommands([]);
    expect(reply).toEqual({ ok: false, error: 'unknown_command' });
  });
});

describe('clicks', () => {
  it('sends what Slack sends', async () => {
    const ts = await postCard(button('ask', '42'));
    await act(emulator, 'click', { ts, actionId: 'ask', blockId: 'choices', value: 'forged' });
    expect(seen.at(-1)).toMatchObject({
      type: 'block_actions',
      container: { type: 'message', message_ts: ts, channel_id: deploys, is_ephemeral: false },
      channel: { id: deploys },
      message: { ts, text: 'card' },
      actions: [{ action_id: 'ask', block_id: 'choices', type: 'button', value: '42' }],
    });
  });

  it('refuses an element that is not there any more, and a message that the person cannot see', async () => {
    const ts = await postCard(button('ask', '42'));
    await bot.client.chat.update({ channel: deploys, ts, text: 'done', blocks: [] });
    const reply = await act(emulator, 'click', { ts, actionId: 'ask', blockId: 'choices' });
    expect(reply).toEqual({ ok: false, error: 'element_not_found' });
    await act(emulator, 'command', { command: '/card', text: '' });
    const ephemeral = (await stateOf(emulator)).messages.at(-1);
    const press = { user: approver, ts: ephemeral?.ts, actionId: 'answer', blockId: 'choices' };
    expect(await act(emulator, 'click', press)).toEqual({ ok: false, error: 'message_not_found' });
  });

  it('replaces and deletes the clicked message through its response url, ephemeral ones too', async () => {
    await act(emulator, 'command', { command: '/card', text: '' });
    const ephemeral = (await stateOf(emulator)).messages.at(-1);
    expect(ephemeral?.ephemeral).toBe(true);
    await act(emulator, 'click', { ts: ephemeral?.ts, actionId: 'answer', blockId: 'choices' });
    const find = async (ts?: string) => (await stateOf(emulator)).messages.find((each) => each.ts === ts);
    const replaced = await until(async () => {
      const found = await find(ephemeral?.ts);
      return found?.text === 'answered' ? found : undefined;
    });
    expect(replaced).toMatchObject({ ephemeral: true, blocks: [] });
    const ts = await postCard(button('vanish', '1'));
    await act(emulator, 'click', { ts, actionId: 'vanish', blockId: 'choices' });
    expect(await until(async () => ((await find(ts)) === undefined ? true : undefined))).toBe(true);
  });

  it('takes only options that a menu offers, and keeps the choice as state', async () => {
    const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value });
    const ts = await postCard({ type: 'static_select', action_id: 'pick', options: [option('a'), option('b')] });
    const press = { ts, actionId: 'pick', blockId: 'choices' };
    expect(await act(emulator, 'click', { ...press, selectedOption: option('c') })).toEqual({
      ok: false,
      error: 'option_not_found',
    });
    expect(await act(emulator, 'click', { ...press, selectedOption: option('b') })).toEqual({ ok: true });
    expect(seen.at(-1)).toMatchObject({
      actions: [{ type: 'static_select', selected_option: { value: 'b' } }],
      state: { values: { choices: { pick: { selected_option: { value: 'b' } } } } },
    });
  });

  it('tells the person that nobody answered', async () => {
    const ts = await postCard(button('unhandled', '1'));
    emulator.setRequestUrl('http://127.0.0.1:1/slack/events');
    const reply = await act(emulator, 'click', { ts, actionId: 'unhandled', blockId: 'choices' });
    expect(reply).toEqual({ ok: false, error: 'dispatch_failed' });
    await bot.stop();
    bot = await startBot(emulator, registerBot);
  });
});

describe('modals', () => {
  it('opens by a trigger and closes when the submission is acknowledged', async () => {
    const viewId = await openModal();
    expect(await act(emulator, 'view/submit', { viewId, values: answer('fine') })).toEqual({ ok: true });
    expect(seen.at(-1)).toBe('fine');
    expect((await stateOf(emulator)).openView).toBeUndefined();
  });

  it('shows the errors of the bot and its own for empty required inputs', async () => {
    const viewId = await openModal();
    const empty = await act(emulator, 'view/submit', { viewId, values: {} });
    expect(empty).toEqual({ ok: false, errors: { why: 'Please complete this required field.' } });
    const short = await act(emulator, 'view/submit', { viewId, values: answer('short') });
    expect(short).toEqual({ ok: false, errors: { why: 'Say more.' } });
    expect((await stateOf(emulator)).openView?.id).toBe(viewId);
  });

  it.each(['click', 'view/click'])('carry presses inside them (%s)', async (path) => {
    const { trigger_id = '' } = await triggerOf();
    const view = modal('Inside', { blocks: actions(button('inside', 'v')) });
    const opened = await bot.client.views.open({ trigger_id, view });
    const press = { viewId: opened.view?.id, actionId: 'inside', blockId: 'choices' };
    expect(await act(emulator, path, press)).toEqual({ ok: true });
    expect(seen.at(-1)).toMatchObject({
      container: { type: 'view' },
      view: { id: press.viewId },
      actions: [{ value: 'v' }],
    });
    const gone = await act(emulator, path, { ...press, actionId: 'other' });
    expect(gone).toEqual({ ok: false, error: 'element_not_found' });
    await act(emulator, 'view/close', press);
  });

  it('updates, pushes, tells of a closed view and clears', async () => {
    const viewId = await openModal();
    await act(emulator, 'view/submit', { viewId, values: answer('update') });
    expect((await stateOf(emulator)).openView).toMatchObject({ id: viewId, title: { text: 'Second' } });
    await act(emulator, 'view/submit', { viewId, values: answer('push') });
    const pushed = (await stateOf(emulator)).openView;
    expect(pushed).toMatchObject({ title: { text: 'Pushed' }, previous_view_id: viewId });
    await act(emulator, 'view/close', { viewId: pushed?.id });
    expect(seen.at(-1)).toBe('closed Pushed');
    expect((await stateOf(emulator)).openView?.id).toBe(viewId);
    await act(emulator, 'view/submit', { viewId, values: answer('clear') });
    expect((await stateOf(emulator)).openView).toBeUndefined();
  });
});

describe('events', () => {
  it('tells the bot of mentions and not of other messages', async () => {
    await act(emulator, 'message', { text: 'nobody is meant' });
    await act(emulator, 'message', { text: 'hey @bot <b>' });
    expect(await until(() => latest('you called'))).toBeDefined();
    expect(seen.at(-1)).toBe('hey <@U0BOT> &lt;b&gt;');
    expect(seen).not.toContain('nobody is meant');
  });

  it('tells the bot that the Home tab was opened', async () => {
    await act(emulator, 'home', {});
    expect(await until(async () => (await stateOf(emulator)).homeView)).toMatchObject({ type: 'home' });
  });
});

it('signs everything it sends', async () => {
  const received: { readonly signature: string; readonly expected: string }[] = [];
  const { createServer } = await import('node:http');
  const { createHmac } = await import('node:crypto');
  const listener = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const timestamp = String(request.headers['x-slack-request-timestamp']);
      const digest = createHmac('sha256', secrets.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
      received.push({ signature: String(request.headers['x-slack-signature']), expected: `v0=${digest}` });
      response.end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as { port: number };
  const own = await startEmulator({ requestUrl: `http://127.0.0.1:${port}/slack/events` });
  await act(own, 'command', { command: '/deploy', text: 'a&b=c é' });
  await act(own, 'message', { text: '@bot hello' });
  await until(() => (received.length === 2 ? true : undefined));
  await own.close();
  listener.closeAllConnections();
  listener.close();
  for (const each of received) expect(each.signature).toBe(each.expected);
});
