import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebClient } from '@slack/web-api';
import type { SlackEmulator } from '../../../src/emulators/slack';
import { act, clientOf, deploys, errorOf, requester, startEmulator, stateOf, until } from './rig';
import { VirtualClock } from './virtual-clock';

type Received = { readonly headers: IncomingMessage['headers']; readonly body: string };
type Reply = (response: ServerResponse) => void;

const minute = 60_000;
const acknowledge: Reply = (response) => void response.end();

let clock: VirtualClock;
let emulator: SlackEmulator;
let client: WebClient;
let received: Received[];
let reply: Reply;
const listener = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    received.push({ headers: request.headers, body });
    reply(response);
  });
});

beforeAll(() => new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  listener.closeAllConnections();
  listener.close();
});
beforeEach(async () => {
  clock = new VirtualClock();
  received = [];
  reply = acknowledge;
  const { port } = listener.address() as AddressInfo;
  emulator = await startEmulator({ clock, requestUrl: `http://127.0.0.1:${port}/slack/events` });
  client = clientOf(emulator);
});
afterEach(() => emulator.close());

const deliveries = (count: number) => until(() => (received.length >= count ? received[count - 1] : undefined));

async function runCommand(): Promise<{ readonly trigger: string; readonly responseUrl: string }> {
  await act(emulator, 'command', { command: '/deploy', text: 'x' });
  const form = new URLSearchParams(received.at(-1)?.body);
  return { trigger: form.get('trigger_id') ?? '', responseUrl: form.get('response_url') ?? '' };
}

describe('a trigger id', () => {
  const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Hi' }, blocks: [] };
  const open = (trigger: string) => client.views.open({ trigger_id: trigger, view });

  it('opens one view', async () => {
    const { trigger } = await runCommand();
    await open(trigger);
    expect((await stateOf(emulator)).openView?.title.text).toBe('Hi');
    expect(await errorOf(open(trigger))).toBe('exchanged_trigger_id');
  });

  it('expires after three seconds', async () => {
    const [first, second] = [await runCommand(), await runCommand()];
    clock.advance(3000);
    await open(first.trigger);
    clock.advance(1);
    expect(await errorOf(open(second.trigger))).toBe('expired_trigger_id');
  });

  it('cannot be made up', async () => {
    expect(await errorOf(open('1.T.x'))).toBe('invalid_trigger_id');
  });

  it('is not used up by a view that Slack refuses', async () => {
    const { trigger } = await runCommand();
    const wrong = { ...view, title: { type: 'plain_text' as const, text: 'x'.repeat(25) } };
    expect(await errorOf(client.views.open({ trigger_id: trigger, view: wrong }))).toBe('invalid_arguments');
    await open(trigger);
  });

  it('pushes up to three views, which views.update reaches by id with the right hash', async () => {
    const bottom = await open((await runCommand()).trigger);
    const push = async () => client.views.push({ trigger_id: (await runCommand()).trigger, view });
    await push();
    await push();
    expect(await errorOf(push())).toBe('push_limit_reached');
    const update = (hash: string) => client.views.update({ view_id: bottom.view?.id ?? '', hash, view });
    expect((await update(bottom.view?.hash ?? '')).view?.id).toBe(bottom.view?.id);
    expect(await errorOf(update(bottom.view?.hash ?? ''))).toBe('hash_conflict');
    expect(await errorOf(client.views.update({ view_id: 'V0NONE', view }))).toBe('not_found');
  });
});

describe('a response url', () => {
  const respond = async (url: string, body: object) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: await response.text() };
  };

  it('answers five times', async () => {
    const { responseUrl } = await runCommand();
    for (const text of ['1', '2', '3', '4', '5']) expect((await respond(responseUrl, { text })).status).toBe(200);
    expect(await respond(responseUrl, { text: '6' })).toMatchObject({
      status: 404,
      body: expect.stringContaining('used_url') as string,
    });
    expect((await stateOf(emulator)).messages.map((message) => message.text)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('answers for thirty minutes', async () => {
    const { responseUrl } = await runCommand();
    clock.advance(30 * minute);
    expect((await respond(responseUrl, { text: 'x' })).status).toBe(200);
    clock.advance(1);
    expect(await respond(responseUrl, { text: 'x' })).toMatchObject({ status: 404 });
  });

  it('answers privately unless told otherwise, and refuses invalid blocks', async () => {
    const { responseUrl } = await runCommand();
    await respond(responseUrl, { text: 'a' });
    await respond(responseUrl, { text: 'b', response_type: 'in_channel' });
    expect((await stateOf(emulator)).messages).toMatchObject([{ ephemeral: true }, { ephemeral: false }]);
    expect((await respond(responseUrl, { text: 'c', blocks: [{ type: 'wrong' }] })).status).toBe(400);
    expect((await respond(responseUrl, {})).body).toContain('no_text');
  });
});

describe('an acknowledgement', () => {
  it('that takes three seconds is an operation_timeout, which only the sender sees', async () => {
    reply = () => undefined;
    const answer = act(emulator, 'command', { command: '/deploy', text: '' });
    await deliveries(1);
    clock.advance(3000);
    expect(await answer).toEqual({ ok: false, error: 'operation_timeout' });
    expect((await stateOf(emulator)).messages).toMatchObject([{ local: true, ephemeral: true }]);
  });

  it('that is an error is a dispatch_failed', async () => {
    reply = (response) => void response.writeHead(500).end();
    const answer = await act(emulator, 'command', { command: '/deploy', text: '' });
    expect(answer).toEqual({ ok: false, error: 'dispatch_failed' });
  });
});

describe('an event', () => {
  const mention = () => act(emulator, 'message', { text: '<@U0BOT> hello' });

  it('is repeated at once, after a minute and after five, and then given up', async () => {
    reply = (response) => void response.writeHead(500).end();
    await mention();
    const first = await deliveries(1);
    expect(first.headers['x-slack-retry-num']).toBeUndefined();
    for (const [number, delay] of [0, minute, 5 * minute].entries()) {
      // The attempt before is over once its repeat, and no longer its three seconds, is what is waited for.
      await until(() => clock.untilNext() === delay || undefined);
      clock.advance(delay);
      const again = await until(() => received[number + 1]);
      expect(again.headers).toMatchObject({
        'x-slack-retry-num': String(number + 1),
        'x-slack-retry-reason': 'http_error',
      });
      expect(again.body).toBe(first.body);
    }
    clock.advance(60 * minute);
    expect(received).toHaveLength(4);
  });

  it('is not repeated when it was taken or when the bot asks for no more', async () => {
    await mention();
    await deliveries(1);
    reply = (response) => void response.writeHead(500, { 'x-slack-no-retry': '1' }).end();
    await mention();
    await deliveries(2);
    await stateOf(emulator);
    clock.advance(60 * minute);
    expect(received).toHaveLength(2);
  });

  it('comes for every direct message, with its kind of channel', async () => {
    const dm = (await client.conversations.open({ users: requester })).channel?.id ?? '';
    await act(emulator, 'message', { channel: dm, text: 'hello' });
    const event = JSON.parse((await deliveries(1)).body) as object;
    expect(event).toMatchObject({
      type: 'event_callback',
      event: { type: 'message', channel_type: 'im', channel: dm },
    });
    expect(deploys).not.toBe(dm);
  });
});
