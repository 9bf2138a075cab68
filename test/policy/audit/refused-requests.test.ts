import { hashToken, tokenKind } from '../../../src/api/login-token';
import { commandKind } from '../../../src/engine/document-kinds';
import { createRefusedRequests } from '../../../src/policy/audit/refused-requests';
import { createSlackApp } from '../../../src/slack/bolt-app';
import { createWebClients } from '../../../src/slack/web-clients';
import { askApi, startApiFixture } from '../../support/api-fixture';
import { startFakeWebApi } from '../../support/fake-web-api';
import { createManualClock } from '../../support/manual-clock';
import { cast, createPermissionBench, lasting, reachState } from '../../support/permission-kit';
import { slackHeaders } from '../../support/slack-signing';

const id = {
  requester: cast.requester.id,
  deployer: cast.deployer.id,
  approver: cast.approver.id,
  both: cast.both.id,
  outsider: cast.outsider.id,
} as const;
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

const secret = 'signing-secret';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The chat's listener and the local API over one bench whose judgment is open; `refused` writes down what they refuse. */
async function startListeners() {
  const { bench, cli, id: executionId } = await reachState('asks');
  const clock = createManualClock();
  const refused = createRefusedRequests({
    clock,
    newId: bench.world.newId,
    record: bench.world.record,
    onError: (error) => {
      throw error;
    },
  });
  const web = await startFakeWebApi();
  const { interactive: client } = createWebClients({ botToken: 'xoxb-1', slackApiUrl: web.url });
  const app = createSlackApp({
    config: { botToken: 'xoxb-1', signingSecret: secret, slackApiUrl: web.url, port: 0, host: '127.0.0.1' },
    store: bench.store,
    // Bolt compares with the machine's own clock.
    clock: { now: () => Date.now(), after: () => () => undefined },
    onCommand: () => undefined,
    onRefused: refused.note,
    logger: silent,
    client,
  });
  await app.start();
  const { api, url } = await startApiFixture({ store: bench.store, clock: bench.clock, onRefused: refused.note });
  closing.push(cli.stop, app.stop, api.stop, web.close);
  const seconds = () => Math.floor(Date.now() / 1000);
  const post = (body: string, headers: Readonly<Record<string, string>>) =>
    fetch(`${app.url() ?? ''}/slack/events`, { method: 'POST', body, headers });
  return {
    bench,
    clock,
    refused,
    api: url,
    executionId,
    post,
    /** Sends it as Slack does; what differs is what is forged. */
    send: (body: string, { timestamp = seconds(), signedWith = secret, contentType = '' } = {}) =>
      post(body, {
        ...slackHeaders({ secret: signedWith, body, timestamp, ...(contentType === '' ? {} : { contentType }) }),
      }),
    seconds,
    /** The entries that were written since, once what was counted is written. */
    since: async (act: () => Promise<unknown>) => {
      const known = new Set((await bench.entries()).map((entry) => entry.id));
      await act();
      await refused.flush();
      return (await bench.entries()).filter((entry) => !known.has(entry.id) && entry.kind === 'refusal');
    },
    commandIds: async () => (await bench.store.list(commandKind, { limit: 1000 })).map((found) => found.id),
  };
}

type Listeners = Awaited<ReturnType<typeof startListeners>>;

const form = (payload: object) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
const slash = (trigger: string) =>
  new URLSearchParams({
    command: '/cox',
    text: 'stop',
    team_id: 'T1',
    channel_id: 'C1',
    user_id: id.deployer,
    trigger_id: trigger,
    response_url: 'http://127.0.0.1:9/never',
  }).toString();

type Clicking = { readonly user: string; readonly team?: string; readonly value: string; readonly trigger: string };
const click = ({ user, team = 'T1', value, trigger }: Clicking) =>
  form({
    type: 'block_actions',
    team: { id: team },
    user: { id: user, team_id: team },
    container: { type: 'message', message_ts: '1.2', channel_id: 'C1' },
    channel: { id: 'C1' },
    trigger_id: trigger,
    actions: [{ type: 'button', block_id: 'b', action_id: 'choice:approve', value }],
  });
const submission = (user: string, metadata: string, trigger: string) =>
  form({
    type: 'view_submission',
    team: { id: 'T1' },
    user: { id: user, team_id: 'T1' },
    trigger_id: trigger,
    view: {
      id: 'V1',
      callback_id: 'choice-answer',
      type: 'modal',
      private_metadata: metadata,
      state: { values: { answer: { answer: { type: 'plain_text_input', value: 'too slow' } } } },
    },
  });

const forged = 'Its signature is not of Slack';
const untimely = 'Its time is not within five minutes';

type Request = {
  readonly tried: string;
  readonly who: string;
  readonly why: string;
  readonly action: string;
  readonly act: (listeners: Listeners) => Promise<unknown>;
};

const requests: readonly Request[] = [
  {
    tried: 'a signature made with another secret',
    who: 'unknown',
    why: forged,
    action: 'forgedRequest',
    act: ({ send }) => send(slash('t1'), { signedWith: 'another' }),
  },
  {
    tried: 'the signature of another body',
    who: 'unknown',
    why: forged,
    action: 'forgedRequest',
    act: ({ post, seconds }) => post(slash('t2'), slackHeaders({ secret, body: slash('t1'), timestamp: seconds() })),
  },
  {
    tried: 'no signature',
    who: 'unknown',
    why: untimely,
    action: 'untimelyRequest',
    act: ({ post }) => post(slash('t3'), { 'content-type': 'application/x-www-form-urlencoded' }),
  },
  {
    tried: 'an old time',
    who: 'unknown',
    why: untimely,
    action: 'untimelyRequest',
    act: ({ send, seconds }) => send(slash('t4'), { timestamp: seconds() - 400 }),
  },
  {
    tried: 'a time to come',
    who: 'unknown',
    why: untimely,
    action: 'untimelyRequest',
    act: ({ send, seconds }) => send(slash('t5'), { timestamp: seconds() + 400 }),
  },
  {
    tried: 'a button that says nothing we know',
    who: id.approver,
    why: 'too old, or it was changed',
    action: 'staleButton',
    act: ({ send }) => send(click({ user: id.approver, value: '{"n":"approve"}', trigger: 't6' })),
  },
  {
    tried: 'a form whose metadata says nothing we know',
    who: id.approver,
    why: 'too old, or it was changed',
    action: 'staleButton',
    act: ({ send }) => send(submission(id.approver, '{"n":"reject"}', 't7')),
  },
  {
    tried: 'no token',
    who: 'unknown',
    why: 'It has no token',
    action: 'unknownToken',
    act: ({ api }) => askApi(api, '/api/commands', { text: 'stop' }, null),
  },
  {
    tried: 'a token of nobody',
    who: 'unknown',
    why: 'Its token is not known',
    action: 'unknownToken',
    act: ({ api }) => askApi(api, '/api/commands', { text: 'stop' }, 'a-token-of-nobody'),
  },
  {
    tried: 'a token that was revoked',
    who: 'unknown',
    why: 'Its token is not known',
    action: 'unknownToken',
    act: async ({ api, bench }) => {
      await bench.store.delete(tokenKind, hashToken(`token-${id.outsider}`));
      await askApi(api, '/api/commands', { text: 'stop' }, `token-${id.outsider}`);
    },
  },
  {
    tried: 'a token of another workspace',
    who: 'unknown',
    why: 'Its token is not known',
    action: 'unknownToken',
    act: async ({ api, bench }) => {
      const token = { schema: 1, teamId: 'T2', code: 'T2', createdAt: 0, state: 'active', user: 'U1' } as const;
      await bench.store.create(tokenKind, hashToken('of-t2'), { ...token, activatedAt: 0 });
      await askApi(api, '/api/commands', { text: 'stop' }, 'of-t2');
    },
  },
  {
    tried: "a choice of another's answer",
    who: id.deployer,
    why: 'You have no command',
    action: 'refusedRequest',
    act: async ({ api, bench }) => {
      const { id: commandId } = await bench.say('resize foo prod 3', id.requester);
      await askApi(api, `/api/commands/${commandId}/choices`, { name: 'confirm' }, `token-${id.deployer}`);
    },
  },
  {
    tried: "another's export of the audit log",
    who: id.deployer,
    why: 'You have no export',
    action: 'refusedRequest',
    act: async ({ api, bench }) => {
      const { id: commandId } = await bench.say('audit export foo', id.requester);
      await askApi(api, `/api/commands/${commandId}/audit`, undefined, `token-${id.deployer}`);
    },
  },
  {
    tried: 'a choice that is not on offer',
    who: id.approver,
    why: 'is not on offer',
    action: 'refusedRequest',
    act: ({ api, executionId }) =>
      askApi(
        api,
        `/api/executions/${executionId}/choices`,
        { name: 'override', answer: 'foo: x' },
        `token-${id.approver}`,
      ),
  },
];

describe('requests that are no commands', () => {
  let listeners: Listeners;
  beforeAll(async () => {
    listeners = await startListeners();
  });

  it.each(requests)('$tried', async ({ who, why, action, act }) => {
    const was = await lasting(listeners.bench);
    const entries = await listeners.since(() => act(listeners));
    expect(entries).toMatchObject([{ chain: '@coxswain', action, who, why: expect.stringContaining(why) as string }]);
    expect(await lasting(listeners.bench)).toEqual(was);
    expect((await listeners.commandIds()).filter((commandId) => /^t\d$/.test(commandId))).toEqual([]);
    expect(JSON.stringify(entries)).not.toMatch(/token-U|a-token-of-nobody|of-t2|v0=/);
  });

  it('the same signed request again: it is one command, and the second is written down', async () => {
    const body = slash('replayed');
    const timestamp = listeners.seconds();
    const entries = await listeners.since(async () => {
      expect((await listeners.send(body, { timestamp })).status).toBe(200);
      expect((await listeners.send(body, { timestamp })).status).toBe(401);
    });
    expect(entries).toMatchObject([{ action: 'replayedRequest', why: 'The same signed request was here before.' }]);
    expect((await listeners.commandIds()).filter((commandId) => commandId === 'replayed')).toHaveLength(1);
  });

  it('the same click signed anew is the same command', async () => {
    const { send, executionId, bench } = listeners;
    const target = { kind: 'execution', id: executionId, stageId: '1' };
    const value = JSON.stringify({ n: 'approve', t: target });
    await send(click({ user: id.outsider, value, trigger: 'again' }));
    await bench.handle('again');
    await send(click({ user: id.both, value, trigger: 'again' }), { timestamp: listeners.seconds() - 1 });
    expect((await bench.command('again')).source.user).toBe(id.outsider);
    expect((await bench.stored(executionId)).stages[0]?.context.judgmentStatus).toBeUndefined();
  });

  it('a click from another workspace is refused to who made it', async () => {
    const { send, executionId, bench } = listeners;
    const value = JSON.stringify({ n: 'approve', t: { kind: 'execution', id: executionId, stageId: '1' } });
    const entries = await listeners.since(async () => {
      await send(click({ user: id.approver, team: 'T2', value, trigger: 'elsewhere' }));
      await bench.handle('elsewhere');
    });
    expect(entries).toMatchObject([{ who: id.approver, why: expect.stringContaining('Only members') as string }]);
    expect((await bench.stored(executionId)).stages[0]?.context.judgmentStatus).toBeUndefined();
  });

  it('a form whose metadata names another execution decides nothing', async () => {
    const { send, bench } = listeners;
    const metadata = JSON.stringify({ n: 'reject', t: { kind: 'execution', id: 'E9', stageId: '1' }, c: 'C1' });
    const entries = await listeners.since(async () => {
      await send(submission(id.approver, metadata, 'form'));
      await bench.handle('form');
    });
    expect(entries).toMatchObject([{ who: id.approver, why: expect.stringContaining('no longer exists') as string }]);
  });

  it('an answer in the thread is no decision', async () => {
    const { send, bench, executionId, commandIds } = listeners;
    const before = await commandIds();
    const event = { type: 'message', channel: 'C1', user: id.both, text: 'approve', thread_ts: '1.2', ts: '1.3' };
    const body = JSON.stringify({ type: 'event_callback', team_id: 'T1', event });
    await send(body, { contentType: 'application/json' });
    expect(await commandIds()).toEqual(before);
    expect((await bench.stored(executionId)).stages[0]?.context.judgmentStatus).toBeUndefined();
  });
});

describe('many refused requests', () => {
  const request = (address: string) =>
    ({
      action: 'forgedRequest',
      address,
      what: 'A request',
      why: 'forged',
      from: { surface: 'webhook', source: address },
    }) as const;

  async function counting() {
    const bench = await createPermissionBench();
    const clock = createManualClock();
    const errors: unknown[] = [];
    const { record, newId } = bench.world;
    const refused = createRefusedRequests({ clock, newId, record, onError: (error) => void errors.push(error) });
    return { bench, clock, refused, errors };
  }

  it('of one source are one entry a minute, which says how many', async () => {
    const { bench, clock, refused } = await counting();
    const first = clock.now();
    for (let second = 0; second < 60; second += 1) {
      refused.note(request('10.0.0.1'));
      await clock.advance(1000);
    }
    for (let turn = 0; turn < 1000; turn += 1) refused.note(request('10.0.0.1'));
    await clock.advance(60_000);
    expect((await bench.entries()).map(({ what, at }) => [what, at - first])).toEqual([
      ['A request from 10.0.0.1, 60 times within a minute', 0],
      ['A request from 10.0.0.1, 1000 times within a minute', 60_000],
    ]);
  });

  it('of many sources are few entries', async () => {
    const { bench, clock, refused } = await counting();
    for (let host = 0; host < 5000; host += 1) refused.note(request(`10.0.${Math.floor(host / 250)}.${host % 250}`));
    await clock.advance(60_000);
    const entries = await bench.entries();
    expect(entries).toHaveLength(21);
    expect(entries.at(-1)).toMatchObject({
      who: 'unknown',
      what: 'A request from many addresses, 4980 times within a minute',
      from: { surface: 'webhook', source: 'many addresses' },
    });
  });

  it('are told of when they cannot be written down, and the next ones are', async () => {
    const { bench, clock, refused, errors } = await counting();
    bench.store.failNext(1);
    refused.note(request('10.0.0.1'));
    await clock.advance(60_000);
    expect([errors.length, (await bench.entries()).length]).toEqual([1, 0]);
    refused.note(request('10.0.0.1'));
    await clock.advance(60_000);
    expect(await bench.entries()).toHaveLength(1);
  });
});
