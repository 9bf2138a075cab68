import type { ModalView } from '@slack/types';
import type { Clock } from '../../src/engine/clock';
import { commandKind } from '../../src/engine/document-kinds';
import type { Command } from '../../src/model/command';
import { createSlackApp, type SlackApp } from '../../src/slack/bolt-app';
import { slashCommandText } from '../../src/slack/listen-for-commands';
import { validateBlocks } from '../../src/slack/validate-blocks';
import { createWebClients } from '../../src/slack/web-clients';
import { startFakeWebApi, type FakeWebApi } from '../support/fake-web-api';
import { createMemoryStore, type MemoryStore } from '../support/memory-store';
import { slackHeaders } from '../support/slack-signing';

const secret = 'signing-secret';
const clock: Clock = { now: () => Date.now(), after: () => () => undefined };
const warnings: string[] = [];
const logger = {
  info: () => undefined,
  warn: (_data: unknown, message: string) => void warnings.push(message),
  error: () => undefined,
};

let api: FakeWebApi;
let store: MemoryStore;
let app: SlackApp;
let wakes: number;
let groupChanges: number;

beforeEach(async () => {
  api = await startFakeWebApi();
  store = createMemoryStore(() => Date.now());
  wakes = 0;
  groupChanges = 0;
  app = createSlackApp({
    config: { botToken: 'xoxb-1', signingSecret: secret, slackApiUrl: api.url, port: 0, host: '127.0.0.1' },
    store,
    clock,
    onCommand: () => void (wakes += 1),
    onGroupsChanged: () => void (groupChanges += 1),
    logger,
    client: createWebClients({ botToken: 'xoxb-1', slackApiUrl: api.url }).interactive,
    customRoutes: [{ path: '/hello', method: 'GET', handler: (_request, response) => void response.end('hi') }],
  });
  await app.start();
});
afterEach(async () => {
  await app.stop();
  await api.close();
});

const seconds = () => Math.floor(Date.now() / 1000);
type Sending = { timestamp?: number; signWith?: string; contentType?: string; headers?: Record<string, string> };
const send = (body: string, options: Sending = {}) =>
  fetch(`${app.url()}/slack/events`, {
    method: 'POST',
    body,
    headers: {
      ...slackHeaders({
        secret: options.signWith ?? secret,
        body,
        timestamp: options.timestamp ?? seconds(),
        ...(options.contentType === undefined ? {} : { contentType: options.contentType }),
      }),
      ...options.headers,
    },
  });
const slash = (command: string, text: string, trigger = 'trigger-1') =>
  new URLSearchParams({
    command,
    text,
    team_id: 'T1',
    channel_id: 'C1',
    user_id: 'U1',
    trigger_id: trigger,
    response_url: api.url.replace('/api/', '/hook'),
  }).toString();
const form = (payload: object) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
const click = (action: object, trigger = 'trigger-2', container: object = {}) =>
  form({
    type: 'block_actions',
    team: { id: 'T1' },
    user: { id: 'U1', team_id: 'T1' },
    container: { type: 'message', message_ts: '1.2', channel_id: 'C1', ...container },
    channel: { id: 'C1' },
    trigger_id: trigger,
    response_url: api.url.replace('/api/', '/hook'),
    actions: [{ type: 'button', block_id: 'b', ...action }],
  });
const command = async (id: string): Promise<Command | undefined> => (await store.get(commandKind, id))?.document;
const approve = { n: 'approve', t: { kind: 'execution', id: 'E1', stageId: 'S1' } };
const question = { title: 'Why?', label: 'Reason', submit: 'Reject', required: true };

describe('slash commands', () => {
  it('are stored, due at once, before an empty acknowledgement', async () => {
    const answer = await send(slash('/deploy', 'foo prod 1.9.1 reason=“fix &amp; go”'));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(await command('trigger-1')).toMatchObject({
      teamId: 'T1',
      source: { surface: 'slack', user: 'U1', channel: 'C1', responseUrl: api.url.replace('/api/', '/hook') },
      request: { type: 'text', text: 'deploy foo prod 1.9.1 reason="fix & go"' },
      state: 'received',
    });
    expect(await store.nextDue(['command'], Date.now())).toBeLessThanOrEqual(Date.now());
    expect(wakes).toBe(1);
    expect(api.calls).toEqual([]);
  });

  it('say that nothing was started when the store fails', async () => {
    store.failNext(1);
    const answer = (await (await send(slash('/deploy', 'foo prod'))).json()) as { response_type: string; text: string };
    expect(answer.response_type).toBe('ephemeral');
    expect(answer.text).toContain('nothing was started');
    expect(await command('trigger-1')).toBeUndefined();
    expect(wakes).toBe(0);
  });

  it.each([
    ['/cox', 'status foo', 'status foo'],
    ['/cox', '  ', 'help'],
    ['/status', 'foo', 'status foo'],
    ['/rollback', 'foo prod —yes', 'rollback foo prod --yes'],
    ['/cox', 'lock foo <@U12|ana> <#C1|general> <!subteam^S1|@sre> ‘x’ 1–2', "lock foo @U12 #general @sre 'x' 1-2"],
    ['/cox', 'a &amp;lt; b <https://x.example/y|x>', 'a &lt; b https://x.example/y'],
  ])('%s %s is understood as typed', (name, text, expected) => {
    expect(slashCommandText(name, text)).toBe(expected);
  });
});

describe('signatures', () => {
  it('refuses forged, stale and future-dated requests', async () => {
    const statuses = [
      await send(slash('/deploy', 'foo'), { signWith: 'other' }),
      await send(slash('/deploy', 'foo'), { timestamp: seconds() - 400 }),
      await send(slash('/deploy', 'foo'), { timestamp: seconds() + 400 }),
      await fetch(`${app.url()}/slack/events`, { method: 'POST', body: slash('/deploy', 'foo') }),
    ].map((answer) => answer.status);
    expect(statuses).toEqual([401, 401, 401, 401]);
    expect(await command('trigger-1')).toBeUndefined();
  });

  it('refuses the same signed request twice', async () => {
    const timestamp = seconds();
    const first = await send(slash('/deploy', 'foo'), { timestamp });
    const second = await send(slash('/deploy', 'foo'), { timestamp });
    const forgedRetry = await send(slash('/deploy', 'foo'), { timestamp, headers: { 'x-slack-retry-num': '1' } });
    expect([first.status, second.status, forgedRetry.status]).toEqual([200, 401, 401]);
    expect(wakes).toBe(1);
  });

  it('lets a request through whose signature somebody has tried before with other words', async () => {
    const timestamp = seconds();
    const headers = slackHeaders({ secret, body: slash('/deploy', 'foo'), timestamp });
    const forged = await send(slash('/deploy', 'other'), { headers });
    const genuine = await send(slash('/deploy', 'foo'), { headers });
    expect([forged.status, genuine.status, wakes]).toEqual([401, 200, 1]);
  });

  it('lets Slack’s own retry of an event through', async () => {
    const body = JSON.stringify({
      type: 'event_callback',
      team_id: 'T1',
      event: { type: 'subteam_updated', subteam: { id: 'S1' } },
    });
    const options = { timestamp: seconds(), contentType: 'application/json' };
    const first = await send(body, options);
    const retry = await send(body, { ...options, headers: { 'x-slack-retry-num': '1' } });
    expect([first.status, retry.status, groupChanges]).toEqual([200, 200, 2]);
  });

  it('serves further routes without a signature', async () => {
    expect(await (await fetch(`${app.url()}/hello`)).text()).toBe('hi');
  });
});

describe('buttons', () => {
  it('become a command at once', async () => {
    const answer = await send(click({ action_id: 'choice:approve', value: JSON.stringify(approve) }));
    expect(answer.status).toBe(200);
    expect(await command('trigger-2')).toMatchObject({
      source: { user: 'U1', channel: 'C1', responseUrl: api.url.replace('/api/', '/hook') },
      request: { type: 'choice', name: 'approve', target: approve.t },
    });
  });

  it('say whether the message they stand on is private', async () => {
    const value = JSON.stringify(approve);
    await send(click({ action_id: 'choice:approve', value }, 'trigger-p', { is_ephemeral: true }));
    await send(click({ action_id: 'choice:approve', value }, 'trigger-c', { is_ephemeral: false }));
    const seen = [(await command('trigger-p'))?.source, (await command('trigger-c'))?.source];
    expect(seen).toMatchObject([{ onPrivateMessage: true }, { surface: 'slack' }]);
    expect(seen[1]).not.toHaveProperty('onPrivateMessage');
  });

  it('open a form when they ask something; its answer becomes the command', async () => {
    const value = JSON.stringify({ ...approve, n: 'reject', q: question });
    expect((await send(click({ action_id: 'choice:reject', value }))).status).toBe(200);
    await untilCalled('views.open');
    expect(await command('trigger-2')).toBeUndefined();
    const opened = api.callsOf('views.open')[0]!.args;
    const view = opened.view as { private_metadata: string; callback_id: string };
    expect(opened.trigger_id).toBe('trigger-2');
    const submission = form({
      type: 'view_submission',
      team: { id: 'T1' },
      user: { id: 'U2', team_id: 'T1' },
      trigger_id: 'trigger-3',
      view: { ...view, id: 'V1', state: { values: { answer: { answer: { type: 'x', value: ' too slow ' } } } } },
    });
    expect((await send(submission)).status).toBe(200);
    expect(await command('trigger-3')).toMatchObject({
      source: { user: 'U2', channel: 'C1', responseUrl: api.url.replace('/api/', '/hook') },
      request: { type: 'choice', name: 'reject', target: approve.t, answer: 'too slow' },
    });
  });

  it('offer what may be answered as a menu; what is picked becomes the answer', async () => {
    const options = ['continue', 'rollback'];
    const value = JSON.stringify({ ...approve, q: { ...question, options } });
    await send(click({ action_id: 'choice:approve', value }));
    await untilCalled('views.open');
    const view = api.callsOf('views.open')[0]!.args.view as ModalView;
    expect(validateBlocks('modal', view.blocks)).toEqual([]);
    expect(view.blocks).toMatchObject([
      { element: { type: 'static_select', options: options.map((it) => ({ value: it })) } },
    ]);
    const picked = { type: 'static_select', selected_option: { value: 'rollback' } };
    const submission = form({
      type: 'view_submission',
      team: { id: 'T1' },
      user: { id: 'U2', team_id: 'T1' },
      trigger_id: 'trigger-3',
      view: { ...view, id: 'V1', state: { values: { answer: { answer: picked } } } },
    });
    expect((await send(submission)).status).toBe(200);
    expect((await command('trigger-3'))?.request).toMatchObject({ name: 'approve', answer: 'rollback' });
  });

  it('ask for what is picked and why in one form', async () => {
    const picks = { label: 'Which answer?', options: ['keep', 'undo'] };
    const value = JSON.stringify({ ...approve, n: 'breakGlass', q: { ...question, picks } });
    await send(click({ action_id: 'choice:breakGlass', value }));
    await untilCalled('views.open');
    const view = api.callsOf('views.open')[0]!.args.view as ModalView;
    expect(validateBlocks('modal', view.blocks)).toEqual([]);
    expect(view.blocks).toMatchObject([
      { optional: false, element: { type: 'static_select', options: [{ value: 'keep' }, { value: 'undo' }] } },
      { element: { type: 'plain_text_input' } },
    ]);
    const values = {
      picked: { picked: { type: 'static_select', selected_option: { value: 'undo' } } },
      answer: { answer: { type: 'plain_text_input', value: 'login is down' } },
    };
    const submission = form({
      type: 'view_submission',
      team: { id: 'T1' },
      user: { id: 'U2', team_id: 'T1' },
      trigger_id: 'trigger-3',
      view: { ...view, id: 'V1', state: { values } },
    });
    expect((await send(submission)).status).toBe(200);
    expect((await command('trigger-3'))?.request).toEqual({
      type: 'choice',
      name: 'breakGlass',
      target: approve.t,
      answer: 'login is down',
      picked: 'undo',
    });
  });

  it('tell the person when the form cannot be opened', async () => {
    api.fail('views.open', { kind: 'error', error: 'expired_trigger_id' });
    await send(click({ action_id: 'choice:reject', value: JSON.stringify({ ...approve, q: question }) }));
    await untilCalled('hook');
    expect(api.callsOf('hook')[0]?.args.text).toContain('nothing was started');
  });

  it('tell the person when the store fails', async () => {
    store.failNext(1);
    await send(click({ action_id: 'choice:approve', value: JSON.stringify(approve) }));
    expect(api.callsOf('hook')[0]?.args).toMatchObject({ response_type: 'ephemeral', replace_original: false });
  });

  it('of other kinds are acknowledged and left alone', async () => {
    expect((await send(click({ action_id: 'open-logs', url: 'https://x.example' }))).status).toBe(200);
    expect((await send(click({ action_id: 'choice:old', value: '{"v":0}' }, 'trigger-9'))).status).toBe(200);
    expect(wakes).toBe(0);
  });
});

/** The form opens beside the acknowledgement, so its call may arrive a moment later. */
async function untilCalled(method: string): Promise<void> {
  for (let turn = 0; turn < 200 && api.callsOf(method).length === 0; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('starting', () => {
  const options = () => ({
    store,
    clock,
    onCommand: () => undefined,
    logger,
    client: createWebClients({ botToken: 'xoxb-1', slackApiUrl: api.url }).interactive,
  });

  it('calls Slack for nothing', () => expect(api.calls).toEqual([]));

  it('does not crash in Socket Mode when Slack refuses, and stops cleanly', async () => {
    api.fail('apps.connections.open', { kind: 'error', error: 'invalid_auth' });
    const config = { botToken: 'xoxb-1', signingSecret: '', appToken: 'xapp-1', slackApiUrl: api.url, port: 0 };
    const socket = createSlackApp({ ...options(), config });
    warnings.length = 0;
    await socket.start();
    for (let turn = 0; turn < 200 && warnings.length === 0; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(warnings).toContain('Socket Mode could not connect; trying again');
    await socket.stop();
  });
});
