import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPeopleReader } from '../../src/policy/people';
import { createPeopleDirectory } from '../../src/slack/people-directory';
import { boltLogger } from '../../src/slack/slack-logger';
import { createWebClients } from '../../src/slack/web-clients';
import { wordsOf } from '../support/command-kit';
import { startFakeWebApi, type FakeWebApi, type Fault } from '../support/fake-web-api';
import { createJudgmentBench } from '../support/judgment-kit';

const ignore = () => undefined;
const quietLogger = boltLogger({ info: ignore, warn: ignore, error: ignore });

let api: FakeWebApi;
beforeEach(async () => {
  api = await startFakeWebApi();
  api.answer('usergroups.list', { ok: true, usergroups: [{ id: 'S1', handle: 'managers', users: ['UBOB'] }] });
  api.answer('users.info', { ok: true, user: { team_id: 'T1', profile: {} } });
});
afterEach(() => api.close());

/** A judgment that is open, of people who are read from Slack at each click. */
async function asked(slackApiUrl = api.url) {
  const bench = await createJudgmentBench({ managers: ['UBOB'] });
  const failures: unknown[] = [];
  const { interactive: client } = createWebClients({ botToken: 'xoxb-1', slackApiUrl, logger: quietLogger });
  const directory = createPeopleDirectory({ client, clock: bench.clock, teamId: 'T1' });
  const { store } = bench;
  const people = createPeopleReader({
    store,
    teamId: 'T1',
    directory,
    onFailure: (error) => void failures.push(error),
  });
  const id = await bench.started();
  Object.assign(bench.world, { people });
  const click = async (name: 'approve' | 'reject' = 'approve') =>
    bench.choose(id, name, { stageId: '1', user: 'UBOB', ...(name === 'reject' ? { answer: 'no' } : {}) });
  return { bench, id, click, failures };
}

type Asked = Awaited<ReturnType<typeof asked>>;

async function expectRefused({ bench, id, failures }: Asked, click: ReturnType<Asked['click']>) {
  const { reply } = await click;
  expect(reply?.denied).toBe(true);
  expect(wordsOf(reply)).toContain('who is in which group');
  expect(wordsOf(reply)).toContain('so nobody counts');
  expect(failures).toHaveLength(1);
  expect((await bench.drive(id, 60_000)).status).toBe('RUNNING');
  expect((await bench.stage(id)).context).not.toHaveProperty('judgmentStatus');
}

const faults: readonly (readonly [string, string, Fault])[] = (
  [
    ['an error', { kind: 'error', error: 'internal_error' }],
    ['a scope that is missing', { kind: 'error', error: 'missing_scope' }],
    ['a rate limit', { kind: 'rateLimited', retryAfter: 30 }],
    ['a 503', { kind: 'status', status: 503 }],
    ['a page in place of JSON', { kind: 'html' }],
    ['a broken connection', { kind: 'lostReply' }],
  ] as const
).flatMap(([what, fault]) => ['usergroups.list', 'users.info'].map((method) => [what, method, fault] as const));

describe('a judgment whose people Slack is asked about', () => {
  it('is decided by those who are in the group now', async () => {
    const { bench, id, click } = await asked();
    expect((await click()).quiet).toBe(true);
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
  });

  it('is not decided by who left the group a moment ago, whatever was read before', async () => {
    const { bench, id, click } = await asked();
    api.answer('usergroups.list', { ok: true, usergroups: [{ id: 'S1', handle: 'managers', users: ['UCID'] }] });
    expect(wordsOf((await click()).reply)).toContain('You cannot decide here: only @managers may.');
    expect((await bench.drive(id, 60_000)).status).toBe('RUNNING');
  });

  it.each(faults)('is decided by nobody while Slack answers with %s (%s)', async (_what, method, fault) => {
    const one = await asked();
    api.fail(method, fault);
    await expectRefused(one, one.click());
    // A rate limit says how long Slack is to be left alone.
    await one.bench.clock.advance(60_000);
    expect((await one.click()).quiet).toBe(true);
  });

  it('is not rejected either', async () => {
    const one = await asked();
    api.fail('usergroups.list', { kind: 'status', status: 500 });
    await expectRefused(one, one.click('reject'));
  });

  it('is decided by nobody while Slack takes longer than three seconds', async () => {
    const called: (() => void)[] = [];
    const server = createServer(() => called.forEach((tell) => tell()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const one = await asked(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`);
    const heard = new Promise<void>((resolve) => called.push(resolve));
    const click = one.click();
    await heard;
    await one.bench.clock.advance(3000);
    await expectRefused(one, click);
    server.closeAllConnections();
    server.close();
  });

  it('is decided by nobody while Slack cannot be reached', async () => {
    const closed = await startFakeWebApi();
    await closed.close();
    const one = await asked(closed.url);
    await expectRefused(one, one.click());
  });

  it.each([
    ['a bot', { is_bot: true }, 'Bots decide nothing here.'],
    ['a deactivated account', { deleted: true }, 'This account is deactivated'],
    ['an account of another workspace', { team_id: 'T2' }, 'your account is of another'],
    ['a stranger', { is_stranger: true }, 'your account is of another'],
  ])('is not decided by %s', async (_which, fields, refusal) => {
    const { bench, id, click } = await asked();
    api.answer('users.info', { ok: true, user: { team_id: 'T1', profile: {}, ...fields } });
    const { reply } = await click();
    expect(reply?.denied).toBe(true);
    expect(wordsOf(reply)).toContain(refusal);
    expect((await bench.drive(id, 60_000)).status).toBe('RUNNING');
  });

  it('is not decided by who asked, by a second account with the same address', async () => {
    const { bench, id, click } = await asked();
    api.answer('users.info', { ok: true, user: { team_id: 'T1', profile: { email: 'ann@example.com' } } });
    expect(wordsOf((await click()).reply)).toContain('You cannot decide on your own deployment.');
    expect((await bench.drive(id, 60_000)).status).toBe('RUNNING');
  });
});
