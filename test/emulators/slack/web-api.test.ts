import type { WebClient } from '@slack/web-api';
import type { SlackEmulator } from '../../../src/emulators/slack';
import { methods } from '../../../src/emulators/slack';
import { act, approver, clientOf, deploys, errorOf, requester, startEmulator, stateOf } from './rig';

let emulator: SlackEmulator;
let client: WebClient;

beforeEach(async () => {
  emulator = await startEmulator();
  client = clientOf(emulator);
});
afterEach(() => emulator.close());

const post = async (text: string, more: object = {}) => {
  const { ts } = await client.chat.postMessage({ channel: deploys, text, ...more });
  if (ts === undefined) throw new Error('The message has no ts.');
  return ts;
};
const divider = { type: 'divider', block_id: 'line' };

describe('methods', () => {
  it('are exactly the ones promised', () => {
    expect(Object.keys(methods).sort()).toEqual([
      'api.test',
      'apps.connections.open',
      'auth.test',
      'chat.delete',
      'chat.getPermalink',
      'chat.postEphemeral',
      'chat.postMessage',
      'chat.update',
      'conversations.history',
      'conversations.info',
      'conversations.list',
      'conversations.open',
      'conversations.replies',
      'reactions.add',
      'usergroups.list',
      'usergroups.users.list',
      'users.info',
      'users.list',
      'users.lookupByEmail',
      'views.open',
      'views.publish',
      'views.push',
      'views.update',
    ]);
  });

  it.each(Object.keys(methods))('%s is routed, by POST and by GET', async (method) => {
    for (const init of [{ method: 'POST' }, { method: 'GET' }]) {
      const response = await fetch(`${emulator.slackApiUrl}${method}`, init);
      expect(await response.json()).toMatchObject(method === 'api.test' ? { ok: true } : { error: 'not_authed' });
    }
  });

  it('other than these do not exist, nor do names inherited from Object', async () => {
    expect(await errorOf(client.apiCall('pins.add'))).toBe('unknown_method');
    expect(await errorOf(client.apiCall('toString'))).toBe('unknown_method');
  });

  it('want the right token', async () => {
    expect(await errorOf(clientOf(emulator, 'xoxb-other').auth.test())).toBe('invalid_auth');
    expect(await errorOf(client.apps.connections.open())).toBe('not_allowed_token_type');
    expect(await client.auth.test()).toMatchObject({ ok: true, user_id: 'U0BOT' });
  });

  it('take JSON as well as forms', async () => {
    const response = await fetch(`${emulator.slackApiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: 'Bearer xoxb-test', 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ channel: 'deploys', text: '{"not":"parsed"}', blocks: [divider] }),
    });
    expect(await response.json()).toMatchObject({ ok: true, message: { text: '{"not":"parsed"}', blocks: [divider] } });
  });

  it('are logged without tokens', async () => {
    await post('hello');
    const log = await (await fetch(`${emulator.url}/emulator/requests`)).text();
    expect(JSON.parse(log)).toMatchObject({ requests: [{ method: 'chat.postMessage', outcome: 'ok' }] });
    expect(log).not.toContain('xoxb');
  });
});

describe('messages', () => {
  it('can be posted by channel id, name, #name and user', async () => {
    for (const channel of [deploys, 'deploys', '#deploys'])
      expect((await client.chat.postMessage({ channel, text: 'x' })).channel).toBe(deploys);
    const direct = await client.chat.postMessage({ channel: requester, text: 'between us' });
    const opened = await client.conversations.open({ users: requester });
    expect(direct.channel).toBe(opened.channel?.id);
    expect((await stateOf(emulator)).messages.at(-1)?.text).toBe('between us');
    expect((await stateOf(emulator, approver)).messages.map((each) => each.text)).not.toContain('between us');
  });

  it('are refused without a channel, without content and in threads that do not exist', async () => {
    expect(await errorOf(client.chat.postMessage({ channel: 'C0NONE', text: 'x' }))).toBe('channel_not_found');
    expect(await errorOf(client.chat.postMessage({ channel: deploys, text: '' }))).toBe('no_text');
    const lost = client.chat.postMessage({ channel: deploys, text: 'x', thread_ts: '1.000001' });
    expect(await errorOf(lost)).toBe('cannot_reply_to_message');
  });

  it('have increasing keys', async () => {
    const keys = [await post('1'), await post('2'), await post('3')];
    expect([...new Set(keys)].sort()).toEqual(keys);
  });

  it('stay in their thread unless they are broadcast', async () => {
    const parent = await post('parent');
    const quiet = await post('quiet', { thread_ts: parent });
    const loud = await post('loud', { thread_ts: parent, reply_broadcast: true });
    const history = await client.conversations.history({ channel: deploys });
    expect(history.messages?.map((message) => message.ts)).toEqual([loud, parent]);
    const replies = await client.conversations.replies({ channel: deploys, ts: parent });
    expect(replies.messages?.map((message) => message.ts)).toEqual([parent, quiet, loud]);
    expect(replies.messages?.[0]).toMatchObject({ reply_count: 2, thread_ts: parent });
  });

  it('keep their metadata and show it to those who ask', async () => {
    const metadata = { event_type: 'execution', event_payload: { id: 'x1' } };
    await post('run', { metadata });
    const shown = await client.conversations.history({ channel: deploys, include_all_metadata: true });
    expect(shown.messages?.[0]?.metadata).toEqual(metadata);
    const hidden = await client.conversations.history({ channel: deploys });
    expect(hidden.messages?.[0]?.metadata).toBeUndefined();
    expect(await errorOf(post('run', { metadata: { event_type: 'x' } }))).toBe('invalid_metadata_format');
  });

  it('are updated in place; omitted blocks stay, an empty list clears', async () => {
    const ts = await post('one', { blocks: [divider] });
    const kept = await client.chat.update({ channel: deploys, ts, text: 'two' });
    expect(kept.message).toMatchObject({ text: 'two', blocks: [divider], edited: { user: 'U0BOT' } });
    const cleared = await client.chat.update({ channel: deploys, ts, text: 'three', blocks: [] });
    expect(cleared.message).not.toHaveProperty('blocks');
    expect((await stateOf(emulator)).messages).toMatchObject([{ ts, text: 'three', edited: true, bot: 'U0BOT' }]);
  });

  it('are updated only when they are the bot’s, present, short enough and named by channel id', async () => {
    const ts = await post('mine');
    await act(emulator, 'message', { text: 'yours' });
    const theirs = (await stateOf(emulator)).messages.at(-1)?.ts ?? '';
    const update = (more: object) => errorOf(client.chat.update({ channel: deploys, ts, text: 'x', ...more }));
    expect(await update({ ts: theirs })).toBe('cant_update_message');
    expect(await update({ ts: '1.000001' })).toBe('message_not_found');
    expect(await update({ text: 'x'.repeat(4001) })).toBe('msg_too_long');
    expect(await update({ channel: 'deploys' })).toBe('channel_not_found');
    expect(await errorOf(client.chat.delete({ channel: deploys, ts: theirs }))).toBe('cant_delete_message');
  });

  it('can be deleted', async () => {
    const ts = await post('mine');
    await client.chat.delete({ channel: deploys, ts });
    expect(await errorOf(client.chat.delete({ channel: deploys, ts }))).toBe('message_not_found');
    expect((await stateOf(emulator)).messages).toEqual([]);
  });

  it('that are ephemeral have no history and cannot be updated', async () => {
    const posted = await client.chat.postEphemeral({ channel: deploys, user: requester, text: 'psst' });
    expect((await client.conversations.history({ channel: deploys })).messages).toEqual([]);
    const update = client.chat.update({ channel: deploys, ts: posted.message_ts ?? '', text: 'x' });
    expect(await errorOf(update)).toBe('message_not_found');
    expect((await stateOf(emulator)).messages).toMatchObject([{ text: 'psst', ephemeral: true }]);
    expect((await stateOf(emulator, approver)).messages).toEqual([]);
  });

  it('with invalid blocks are refused with the reason; so are too much text and blocks that are no list', async () => {
    const wrong = client.chat.postMessage({ channel: deploys, text: 'x', blocks: [{ type: 'header' }] as never });
    await expect(wrong).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        response_metadata: { messages: ['[ERROR] missing required field: text [json-pointer:/blocks/0]'] },
      },
    });
    const section = { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3000) } };
    expect(await errorOf(post('x', { blocks: Array(5).fill(section) }))).toBe('msg_blocks_too_long');
    expect(await errorOf(post('x', { blocks: 'no list' }))).toBe('invalid_blocks_format');
    expect((await stateOf(emulator)).messages).toEqual([]);
  });

  it('take reactions and have links', async () => {
    const ts = await post('mine');
    await client.reactions.add({ channel: deploys, timestamp: ts, name: 'eyes' });
    expect(await errorOf(client.reactions.add({ channel: deploys, timestamp: ts, name: 'eyes' }))).toBe(
      'already_reacted',
    );
    const history = await client.conversations.history({ channel: deploys });
    expect(history.messages?.[0]?.reactions).toEqual([{ name: 'eyes', users: ['U0BOT'], count: 1 }]);
    const { permalink } = await client.chat.getPermalink({ channel: deploys, message_ts: ts });
    expect(permalink).toContain(emulator.url);
  });

  it('are read page by page', async () => {
    for (const text of ['1', '2', '3']) await post(text);
    const first = await client.conversations.history({ channel: deploys, limit: 2 });
    expect(first.messages?.map((message) => message.text)).toEqual(['3', '2']);
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await client.conversations.history({ channel: deploys, limit: 2, cursor });
    expect(second.messages?.map((message) => message.text)).toEqual(['1']);
    expect(second.has_more).toBe(false);
  });
});

describe('people and channels', () => {
  it('are the ones given by the caller', async () => {
    const { members } = await client.users.list({});
    expect(members?.map((member) => member.id)).toEqual([requester, approver, 'U0BOT']);
    const { user } = await client.users.info({ user: approver });
    expect(user?.real_name).toBe('The Approver');
    const found = await client.users.lookupByEmail({ email: user?.profile?.email ?? '' });
    expect(found.user?.id).toBe(approver);
    expect(await errorOf(client.users.info({ user: 'U0NONE' }))).toBe('user_not_found');
    const { channels } = await client.conversations.list({});
    expect(channels?.map((channel) => channel.name)).toEqual(['deploys', 'other']);
    expect((await client.conversations.info({ channel: deploys })).channel?.name).toBe('deploys');
  });

  it('form groups', async () => {
    const { usergroups } = await client.usergroups.list({ include_users: true });
    expect(usergroups).toMatchObject([{ id: 'S0APPROVERS', handle: 'approvers', users: [approver] }]);
    expect((await client.usergroups.users.list({ usergroup: 'S0APPROVERS' })).users).toEqual([approver]);
    expect(await errorOf(client.usergroups.users.list({ usergroup: 'S0NONE' }))).toBe('no_such_subteam');
  });
});

describe('the Home tab', () => {
  it('is published per person, with a hash that guards against overtaking', async () => {
    const view = { type: 'home' as const, blocks: [divider as { type: 'divider' }] };
    const first = await client.views.publish({ user_id: requester, view });
    await client.views.publish({ user_id: requester, view, hash: first.view?.hash ?? '' });
    const late = client.views.publish({ user_id: requester, view, hash: first.view?.hash ?? '' });
    expect(await errorOf(late)).toBe('hash_conflict');
    expect((await stateOf(emulator)).homeView?.id).toBe(first.view?.id);
    expect((await stateOf(emulator, approver)).homeView).toBeUndefined();
  });
});
