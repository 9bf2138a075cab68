import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { act, approver, clientOf, deploys, requester, startEmulator, stateOf, until } from './rig';

it('streams to each person what they may see', async () => {
  const emulator = await startEmulator();
  const listen = async (user: string) => {
    const abort = new AbortController();
    const response = await fetch(`${emulator.url}/chat/api/events?user=${user}`, { signal: abort.signal });
    const heard = { text: '', stop: () => abort.abort() };
    const read = async () => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) heard.text += decoder.decode(chunk as Uint8Array);
    };
    read().catch(() => undefined);
    return heard;
  };
  const [mine, theirs] = [await listen(requester), await listen(approver)];
  const client = clientOf(emulator);
  const { ts } = await client.chat.postMessage({ channel: deploys, text: 'public' });
  await client.chat.postEphemeral({ channel: deploys, user: requester, text: 'private' });
  await client.chat.update({ channel: deploys, ts: ts ?? '', text: 'changed' });
  await client.chat.delete({ channel: deploys, ts: ts ?? '' });
  for (const heard of [mine, theirs])
    await until(() => (heard.text.includes('event: message_deleted') ? true : undefined));
  expect(mine.text).toContain('private');
  expect(theirs.text).not.toContain('private');
  expect(theirs.text).toMatch(/event: message\ndata: \{.*"text":"public"[\s\S]*event: message_changed/);
  mine.stop();
  theirs.stop();
  await emulator.close();
});

it('leads to the page, keeps files outside it to itself and knows only the given people', async () => {
  const emulator = await startEmulator();
  const status = async (path: string) => (await fetch(`${emulator.url}${path}`, { redirect: 'manual' })).status;
  expect(await status('/')).toBe(302);
  expect(await status('/chat/..%2fstart-slack-emulator.ts')).toBe(404);
  expect(await status('/chat/../index.ts')).toBe(404);
  expect(await status('/chat/api/state?user=U0NONE')).toBe(404);
  expect(await status('/chat/api/message')).toBe(405);
  expect(await act(emulator, 'message', { user: 'U0NONE', text: 'x' })).toMatchObject({ error: 'user_not_found' });
  expect((await stateOf(emulator)).channels.map((channel) => channel.id)).toContain('D0REQUESTER');
  await emulator.close();
});

it('keeps one person out of another’s direct messages', async () => {
  const emulator = await startEmulator();
  const reply = await act(emulator, 'message', { user: approver, channel: 'D0REQUESTER', text: 'x' });
  expect(reply).toEqual({ ok: false, error: 'channel_not_found' });
  const command = { user: approver, channel: 'D0REQUESTER', command: '/deploy', text: '' };
  expect(await act(emulator, 'command', command)).toEqual({ ok: false, error: 'channel_not_found' });
  await emulator.close();
});

describe('with a data file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slack-emulator-'));
  const dataFile = join(folder, 'slack.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('messages, their keys and new ids survive a restart', async () => {
    const before = await startEmulator({ dataFile });
    const posted = await clientOf(before).chat.postMessage({
      channel: deploys,
      text: 'kept',
      blocks: [{ type: 'divider' }],
    });
    const { messages } = await stateOf(before);
    await before.close();
    const after = await startEmulator({ dataFile });
    expect((await stateOf(after)).messages).toEqual(messages);
    const client = clientOf(after);
    await client.chat.update({ channel: deploys, ts: posted.ts ?? '', text: 'edited' });
    const next = await client.chat.postMessage({ channel: deploys, text: 'new', blocks: [{ type: 'divider' }] });
    expect(Number(next.ts)).toBeGreaterThan(Number(posted.ts));
    const ids = (await stateOf(after)).messages.map((message) => message.blocks[0]?.block_id);
    expect(new Set(ids).size).toBe(2);
    await after.close();
  });

  it('saves without being closed', async () => {
    const emulator = await startEmulator({ dataFile });
    await clientOf(emulator).chat.postMessage({ channel: deploys, text: 'soon on disk' });
    const saved = () => (readFileSync(dataFile, 'utf8').includes('soon on disk') ? true : undefined);
    expect(await until(saved)).toBe(true);
    await emulator.close();
  });

  it('refuses a file that is not its own', async () => {
    const foreign = join(folder, 'other.json');
    writeFileSync(foreign, '{}');
    await expect(startEmulator({ dataFile: foreign })).rejects.toThrow('not a data file of this Slack emulator');
  });
});
