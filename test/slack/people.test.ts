import type { Clock } from '../../src/engine/clock';
import { peopleKind } from '../../src/engine/document-kinds';
import { createPeopleSync, type PeopleSync } from '../../src/slack/people';
import { createWebClients } from '../../src/slack/web-clients';
import { startFakeWebApi, type FakeWebApi } from '../support/fake-web-api';
import { createMemoryStore, type MemoryStore } from '../support/memory-store';

let api: FakeWebApi;
let store: MemoryStore;
let people: PeopleSync;
let timers: { readonly delayMs: number; readonly callback: () => void }[];
let failures: number;
const clock: Clock = {
  now: () => 5000,
  after: (delayMs, callback) => {
    timers.push({ delayMs, callback });
    return () => void (timers = []);
  },
};

beforeEach(async () => {
  api = await startFakeWebApi();
  store = createMemoryStore(() => 5000);
  timers = [];
  failures = 0;
  const { interactive: client } = createWebClients({ botToken: 'xoxb-1', slackApiUrl: api.url });
  const onFailure = () => void (failures += 1);
  people = createPeopleSync({ store, client, clock, teamId: 'T1', intervalMs: 60_000, onFailure });
  api.answer('usergroups.list', { ok: true, usergroups: [{ id: 'S1', handle: 'release-managers' }] });
  api.answer('usergroups.users.list', { ok: true, users: ['U1', 'U2'] });
});
afterEach(() => api.close());

const groups = async () => (await store.get(peopleKind, 'T1'))?.document;

describe('createPeopleSync', () => {
  it('copies handles and members into the store, and knows the groups’ ids', async () => {
    expect(people.groupId('release-managers')).toBeUndefined();
    expect(await people.refresh()).toBe(true);
    expect(await groups()).toEqual({
      schema: 1,
      teamId: 'T1',
      readAt: 5000,
      groups: { 'release-managers': ['U1', 'U2'] },
    });
    expect(people.groupId('release-managers')).toBe('S1');
  });

  it('keeps the old groups when a reading fails half way', async () => {
    await people.refresh();
    api.answer('usergroups.list', { ok: true, usergroups: [] });
    api.fail('usergroups.list', { kind: 'rateLimited', retryAfter: 30 });
    expect(await people.refresh()).toBe(false);
    api.answer('usergroups.list', { ok: true, usergroups: [{ id: 'S1', handle: 'release-managers' }] });
    api.fail('usergroups.users.list', { kind: 'error', error: 'no_such_subteam' });
    expect(await people.refresh()).toBe(false);
    expect((await groups())?.groups).toEqual({ 'release-managers': ['U1', 'U2'] });
    expect(failures).toBe(2);
  });

  it('reads once more, not five times, when asked five times during a reading', async () => {
    await Promise.all([1, 2, 3, 4, 5].map(() => people.refresh()));
    expect(api.callsOf('usergroups.list')).toHaveLength(2);
  });

  it('reads again after each interval until stopped', async () => {
    people.start();
    await people.refresh();
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([60_000]);
    people.stop();
    expect(timers).toEqual([]);
  });

  it('reads again soon after a reading that failed, as nobody may decide before', async () => {
    api.fail('usergroups.list', { kind: 'error', error: 'internal_error' });
    people.start();
    await people.refresh();
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([5_000]);
    expect(failures).toBe(1);
  });
});
