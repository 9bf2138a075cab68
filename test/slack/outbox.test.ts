import type { Clock } from '../../src/engine/clock';
import { messageKind } from '../../src/engine/document-kinds';
import type { Message, MessageTarget } from '../../src/model/message';
import type { View } from '../../src/model/view';
import { createOutbox, type Outbox } from '../../src/slack/outbox';
import { putMessage } from '../../src/engine/messages';
import type { Defect } from '../../src/slack/render-guarded';
import { createWebClients } from '../../src/slack/web-clients';
import { startFakeWebApi, type FakeWebApi } from '../support/fake-web-api';
import { createMemoryStore, type MemoryStore } from '../support/memory-store';

const view = (headline: string): View => ({ headline, tone: 'running' });
const channel: MessageTarget = { kind: 'channel', channel: 'foo-deploys' };
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  setName: () => undefined,
};
const logger = { ...silent, getLevel: () => 'error' as never };

let api: FakeWebApi;
let now: number;
let store: MemoryStore;
let outbox: Outbox;
let defects: Defect[];
const clock: Clock = { now: () => now, after: () => () => undefined };

const start = () => {
  const clients = createWebClients({ botToken: 'xoxb-test', slackApiUrl: api.url, logger });
  outbox = createOutbox({
    store,
    clock,
    client: clients.interactive,
    background: clients.background,
    onDefect: (defect) => void defects.push(defect),
  });
};

beforeEach(async () => {
  api = await startFakeWebApi();
  now = 1_000_000;
  defects = [];
  store = createMemoryStore(() => now);
  start();
});
afterEach(() => api.close());

const put = (id: string, headline: string, fields: { target?: MessageTarget; urgent?: boolean } = {}) =>
  putMessage(store, { teamId: 'T1', id, target: channel, view: view(headline), now, ...fields });
const get = async (id: string): Promise<Message> => (await store.get(messageKind, id))!.document;
/** Handles everything due, moving the clock from due time to due time, at most `forMs` ahead. */
const run = async (forMs = 0): Promise<void> => {
  const end = now + forMs;
  for (let turn = 0; turn < 200; turn += 1) {
    const claimed = await store.claimDue({ kinds: [messageKind], owner: 'w1', now, leaseMs: 10_000, limit: 16 });
    for (const each of claimed) await outbox.handler(each, 'w1');
    if (claimed.length > 0) continue;
    const next = await store.nextDue(['message'], now);
    if (next === undefined || next > end) break;
    now = Math.max(now, next);
  }
  now = end;
};
const texts = () => api.messages.map((message) => message.args.text);

describe('outbox: first post', () => {
  it('posts at once, with metadata that finds it again, and is then at rest', async () => {
    await put('m1', 'Deploying');
    await run();
    expect(api.messages[0]).toMatchObject({
      args: {
        channel: 'foo-deploys',
        text: 'Deploying',
        metadata: { event_type: 'coxswain_message', event_payload: { id: 'm1', revision: 1 } },
      },
    });
    expect(await get('m1')).toMatchObject({ sent: { channelId: 'C_foo-deploys', ts: '1000.000001', revision: 1 } });
    expect((await get('m1')).intent).toBeUndefined();
    expect(await store.nextDue(['message'], now)).toBeUndefined();
  });

  it('ignores the same view put twice', async () => {
    await put('m1', 'Deploying');
    await put('m1', 'Deploying');
    await run(10_000);
    expect((await get('m1')).revision).toBe(1);
    expect(api.calls).toHaveLength(1);
  });

  it('opens the conversation before a direct message', async () => {
    await put('m1', 'Hello', { target: { kind: 'direct', user: 'U1' } });
    await run();
    expect(api.messages[0]?.args.channel).toBe('D_U1');
  });

  it('holds a reply back until its parent is sent', async () => {
    await put('reply', 'Failed', { target: { kind: 'thread', parentId: 'parent', broadcast: true } });
    await run(2000);
    expect(api.messages).toHaveLength(0);
    await put('parent', 'Deploying');
    await run(1000);
    expect(api.messages[1]?.args).toMatchObject({ thread_ts: '1000.000001', channel: 'C_foo-deploys' });
    expect(String(api.messages[1]?.args.reply_broadcast)).toBe('true');
  });

  it('spreads many posts to one channel over time and loses none', async () => {
    for (let index = 0; index < 6; index += 1) await put(`m${index}`, `Message ${index}`);
    await run();
    expect(api.messages).toHaveLength(3);
    await run(3000);
    expect(api.messages).toHaveLength(6);
  });
});

describe('outbox: crashes and lost replies', () => {
  it('finds its message after a crash between posting and saving, and does not post again', async () => {
    await put('m1', 'Deploying');
    const [claimed] = await store.claimDue({ kinds: [messageKind], owner: 'w0', now, leaseMs: 10_000, limit: 1 });
    const dying = { ...store, update: dieAfter(1) };
    const clients = createWebClients({ botToken: 'xoxb-test', slackApiUrl: api.url, logger });
    await createOutbox({ store: dying, clock, client: clients.interactive }).handler(claimed!, 'w0');
    expect(api.messages).toHaveLength(1);
    expect((await get('m1')).sent).toBeUndefined();
    await run(10_900);
    expect(api.callsOf('conversations.history')).toHaveLength(0);
    await run(1000);
    expect(api.callsOf('chat.postMessage')).toHaveLength(1);
    expect((await get('m1')).sent).toMatchObject({ channelId: 'C_foo-deploys', ts: '1000.000001', revision: 1 });
  });

  it('posts again when the crash came before the post', async () => {
    await put('m1', 'Deploying');
    await store.update(messageKind, 'm1', (m) => ({ ...m, intent: { at: now, revision: 1 } }));
    await run(12_000);
    expect(api.callsOf('conversations.history')).toHaveLength(1);
    expect(texts()).toEqual(['Deploying']);
  });

  it('adopts a message whose reply was lost, then edits it to the newest view', async () => {
    api.fail('chat.postMessage', { kind: 'lostReply' });
    await put('m1', 'Deploying');
    await run();
    await put('m1', 'Deployed');
    await run(10_000);
    expect(texts()).toEqual(['Deployed']);
    expect(api.callsOf('chat.postMessage')).toHaveLength(1);
  });

  it('tries again after a 5xx and after a page that is not Slack’s', async () => {
    api.fail('chat.postMessage', { kind: 'status', status: 503 });
    api.fail('chat.postMessage', { kind: 'html' });
    await put('m1', 'Deploying');
    await run(10_000);
    expect(texts()).toEqual(['Deploying']);
    expect(await get('m1')).toMatchObject({ attempts: 0 });
  });

  it('waits while Slack is unreachable, and never throws', async () => {
    await api.close();
    await put('m1', 'Deploying');
    await run(5000);
    expect(await get('m1')).toMatchObject({ attempts: 3 });
    expect((await get('m1')).failure).toBeUndefined();
  });

  it('survives a store that is away', async () => {
    await put('m1', 'Deploying');
    const [claimed] = await store.claimDue({ kinds: [messageKind], owner: 'w1', now, leaseMs: 10_000, limit: 1 });
    store.failNext(5);
    await expect(outbox.handler(claimed!, 'w1')).resolves.toBeUndefined();
    expect(api.messages).toHaveLength(0);
    store.failNext(0);
    await run(60_000);
    expect(texts()).toEqual(['Deploying']);
  });
});

/** The store's update, which works `times` times; then the process is gone. */
function dieAfter(times: number): MemoryStore['update'] {
  let left = times;
  return (kind, id, change, options) => {
    left -= 1;
    if (left < 0) throw new Error('The process is gone.');
    return store.update(kind, id, change, options);
  };
}

describe('outbox: edits', () => {
  it('makes one edit of many views within three seconds, showing the last', async () => {
    await put('m1', 'one');
    await run();
    for (const headline of ['two', 'three', 'four']) {
      await put('m1', headline);
      await run(500);
    }
    expect(api.callsOf('chat.update')).toHaveLength(0);
    await run(3000);
    expect(api.callsOf('chat.update').map((call) => call.args.text)).toEqual(['four']);
  });

  it('makes an urgent edit at once', async () => {
    await put('m1', 'one');
    await run();
    await put('m1', 'failed', { urgent: true });
    await run();
    expect(texts()).toEqual(['failed']);
  });

  it('skips an edit that would show what is shown already', async () => {
    await put('m1', 'one');
    await run(4000);
    await put('m1', 'two');
    await run(4000);
    await putMessage(store, { teamId: 'T1', id: 'm1', target: channel, view: { ...view('two'), lines: [] }, now });
    await run(4000);
    expect(api.callsOf('chat.update')).toHaveLength(1);
    expect(await get('m1')).toMatchObject({ revision: 3, sent: { revision: 3 } });
  });

  it('keeps the edits of a workspace below Slack’s rate', async () => {
    for (let index = 0; index < 30; index += 1) await put(`m${index}`, 'one');
    await run(60_000);
    for (let index = 0; index < 30; index += 1) await put(`m${index}`, 'two');
    await run();
    expect(api.callsOf('chat.update')).toHaveLength(10);
    await run(30_000);
    expect(api.callsOf('chat.update')).toHaveLength(30);
  });

  it('pauses edits for a 429, but not posts', async () => {
    await put('m1', 'one');
    await run(4000);
    api.fail('chat.update', { kind: 'rateLimited', retryAfter: 20 });
    await put('m1', 'two');
    await run();
    await put('m2', 'new');
    await run(19_000);
    expect(texts()).toEqual(['one', 'new']);
    await run(1000);
    expect(texts()).toEqual(['two', 'new']);
  });

  it('pauses one channel for a 429 on a post, but not another', async () => {
    api.fail('chat.postMessage', { kind: 'rateLimited', retryAfter: 20 });
    await put('m1', 'one');
    await run();
    await put('m2', 'same channel');
    await put('m3', 'elsewhere', { target: { kind: 'channel', channel: 'other' } });
    await run(10_000);
    expect(texts()).toEqual(['elsewhere']);
    await run(11_000);
    expect(texts().sort()).toEqual(['elsewhere', 'one', 'same channel']);
  });

  it('posts anew when the message is gone', async () => {
    await put('m1', 'one');
    await run(4000);
    api.fail('chat.update', { kind: 'error', error: 'message_not_found' });
    await put('m1', 'two');
    await run();
    expect(texts()).toEqual(['one', 'two']);
  });
});

describe('outbox: what cannot be sent', () => {
  it('gives up with the reason, and tries again with the next view', async () => {
    api.fail('chat.postMessage', { kind: 'error', error: 'not_in_channel' });
    await put('m1', 'one');
    await run(60_000);
    expect(await get('m1')).toMatchObject({ failure: { error: 'not_in_channel' } });
    expect(api.calls).toHaveLength(1);
    await put('m1', 'two');
    await run();
    expect(texts()).toEqual(['two']);
    expect((await get('m1')).failure).toBeUndefined();
  });

  it('waits out an outage of hours, but gives up on an error nobody knows', async () => {
    for (let index = 0; index < 12; index += 1) {
      api.fail('chat.postMessage', { kind: 'status', status: 500 });
      api.fail('conversations.history', { kind: 'status', status: 500 });
    }
    await put('m1', 'one');
    await run(3 * 3_600_000);
    expect(texts()).toEqual(['one']);
    for (let index = 0; index < 12; index += 1) api.fail('chat.postMessage', { kind: 'error', error: 'odd_new_error' });
    await put('m2', 'two');
    await run(3_600_000);
    expect(await get('m2')).toMatchObject({ failure: { error: 'odd_new_error' } });
  });

  it('falls back to the text alone when Slack refuses the blocks, and reports it', async () => {
    api.fail('chat.postMessage', { kind: 'error', error: 'invalid_blocks' });
    await put('m1', 'one');
    await run();
    expect(api.messages[0]?.args).toMatchObject({ text: 'one', blocks: [] });
    expect(defects).toEqual([{ message: 'Slack refused our blocks', messageId: 'm1', details: ['invalid_blocks'] }]);
  });
});

describe('outbox: private answers', () => {
  const target = (fields: object = {}): MessageTarget => ({
    kind: 'private',
    user: 'U1',
    channel: 'C1',
    responseUrl: api.url.replace('/api/', '/hook'),
    ...fields,
  });

  it('uses the response URL, replacing the original when asked', async () => {
    await put('m1', 'plan', { target: target({ replaceOriginal: true }) });
    await run();
    expect(api.callsOf('hook')[0]?.args).toMatchObject({ replace_original: true, text: 'plan' });
    expect(api.callsOf('chat.postEphemeral')).toHaveLength(0);
  });

  it('falls back to an ephemeral message when the URL is dead or expired', async () => {
    api.fail('hook', { kind: 'status', status: 404 });
    await put('m1', 'plan', { target: target() });
    await run();
    await store.create(messageKind, 'm2', {
      ...(await get('m1')),
      id: 'm2',
      revision: 2,
      createdAt: now - 31 * 60_000,
    });
    await store.touch(messageKind, 'm2', now);
    await run();
    expect(api.callsOf('hook')).toHaveLength(1);
    expect(api.callsOf('chat.postEphemeral').map((call) => call.args.user)).toEqual(['U1', 'U1']);
  });

  it('answers directly where the bot is not in the channel', async () => {
    api.fail('chat.postEphemeral', { kind: 'error', error: 'user_not_in_channel' });
    await put('m1', 'plan', { target: { kind: 'private', user: 'U1', channel: 'C1' } });
    await run();
    expect(api.messages[0]?.args).toMatchObject({ channel: 'D_U1', text: 'plan' });
  });
});
