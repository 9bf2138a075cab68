import type { Policy } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { createPeopleReader } from '../../src/policy/people';
import { may, type Action } from '../../src/policy/permissions';
import { createPeopleDirectory } from '../../src/slack/people-directory';
import { createWebClients } from '../../src/slack/web-clients';
import { startFakeWebApi, type FakeWebApi } from '../support/fake-web-api';
import { createManualClock, type ManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';

let api: FakeWebApi;
let clock: ManualClock;

beforeEach(async () => {
  api = await startFakeWebApi();
  clock = createManualClock();
  api.answer('users.info', { ok: true, user: { id: 'UBOB', team_id: 'T1', profile: {} } });
});
afterEach(() => api.close());

const members = (...users: readonly string[]) =>
  api.answer('usergroups.list', { ok: true, usergroups: [{ id: 'S1', handle: 'managers', users }] });

function createDirectory() {
  const { interactive: client } = createWebClients({ botToken: 'xoxb-1', slackApiUrl: api.url });
  return createPeopleDirectory({ client, clock, teamId: 'T1' });
}

function createReader() {
  const store = createMemoryStore(() => clock.now());
  const directory = createDirectory();
  return createPeopleReader({ store, teamId: 'T1', directory, onFailure: () => undefined });
}

const asked = () => api.callsOf('usergroups.list').length;
const managers = { groups: ['managers'], count: 1, excludeRequester: true };
const policy: Policy = {
  deployers: [],
  approvers: managers,
  breakGlass: { groups: ['managers'], reviewWithinMs: 1 },
};

describe('asking Slack who somebody is', () => {
  it('is one call for each account within a second', async () => {
    members('UBOB');
    const read = createReader();
    await Promise.all(Array.from({ length: 30 }, () => read(['UBOB', 'UANN'])));
    expect(api.callsOf('users.info').length).toBe(2);
    await clock.advance(1000);
    api.answer('users.info', { ok: true, user: { id: 'UBOB', team_id: 'T1', deleted: true } });
    expect((await read(['UBOB'])).refusalOf('UBOB')).toBe('gone');
  });
});

describe('asking Slack for all groups', () => {
  it('is one call for thirty who ask at the same time', async () => {
    members('UBOB');
    const read = createReader();
    const all = await Promise.all(Array.from({ length: 30 }, () => read(['UBOB'])));
    expect(all.every((people) => people.isInAny('UBOB', ['managers']))).toBe(true);
    expect(asked()).toBe(1);
  });

  it('uses an answer for less than a second, so that whoever left then has left', async () => {
    members('UBOB');
    const read = createReader();
    expect((await read(['UBOB'])).isInAny('UBOB', ['managers'])).toBe(true);
    members();
    await clock.advance(999);
    expect((await read(['UBOB'])).isInAny('UBOB', ['managers'])).toBe(true);
    expect(asked()).toBe(1);
    await clock.advance(1);
    expect((await read(['UBOB'])).isInAny('UBOB', ['managers'])).toBe(false);
    expect(asked()).toBe(2);
  });

  it('keeps no failure', async () => {
    members('UBOB');
    const read = createReader();
    api.fail('usergroups.list', { kind: 'error', error: 'internal_error' });
    expect((await read(['UBOB'])).isStale).toBe(true);
    const people = await read(['UBOB']);
    expect([people.isStale, people.isInAny('UBOB', ['managers'])]).toEqual([false, true]);
  });

  it.each(['usergroups.list', 'users.info'])('is left for as long as Slack wants after a 429 of %s', async (method) => {
    members('UBOB');
    const directory = createDirectory();
    api.fail(method, { kind: 'rateLimited', retryAfter: 30 });
    await expect(directory.read(['UBOB'])).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    const before = api.callsOf(method).length;
    await clock.advance(29_999);
    await expect(directory.read(['UBOB'])).rejects.toMatchObject({ fields: { retryAfterMs: 1 } });
    expect(api.callsOf(method).length).toBe(before);
    await clock.advance(1);
    expect((await directory.read(['UBOB'])).groups.get('managers')).toEqual(['UBOB']);
  });
});

describe('while Slack wants not to be asked', () => {
  it.each<Action>(['approve', 'override', 'startNow', 'breakGlass'])(
    'nobody may %s, and is told when',
    async (action) => {
      members('UBOB');
      const read = createReader();
      await read(['UBOB']);
      await clock.advance(1000);
      api.fail('usergroups.list', { kind: 'rateLimited', retryAfter: 30 });
      const answer = may(action, policy, await read(['UBOB']), { user: 'UBOB', where: 'foo prod' });
      expect(answer.allowed ? '' : plainText(answer.reason)).toContain(
        'Slack was asked too often who is in which group, so nobody counts. Try again in 30 seconds.',
      );
    },
  );
});
