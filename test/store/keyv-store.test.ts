import { join } from 'node:path';
import { Keyv } from 'keyv';
import { systemClock } from '../../src/engine/clock';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { createKeyvStore, settingKind } from '../../src/store/keyv-store';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { createUserSettings } from '../../src/store/user-settings';
import { createManualClock, type ManualClock } from '../support/manual-clock';
import { createTemporaryFolder } from '../support/temporary-folder';

let folder: ReturnType<typeof createTemporaryFolder>;
let store: DocumentStore;
let clock: ManualClock;
const open = () => openSqliteStore({ file: join(folder.path, 'settings.db'), clock: systemClock });

beforeEach(() => {
  folder = createTemporaryFolder();
  store = open();
  // Keyv itself looks at the machine's clock, so ours starts there.
  clock = createManualClock(Date.now());
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

describe('createKeyvStore', () => {
  const createKeyv = (namespace = 'links') => new Keyv({ store: createKeyvStore(store, clock), namespace });

  it.each([
    ['text', 'hello'],
    ['a number', 7],
    ['false', false],
    ['an object', { nested: [1, { deep: true }] }],
  ])('gives back %s', async (_, value) => {
    const keyv = createKeyv();
    await keyv.set('key', value);
    expect(await keyv.get('key')).toEqual(value);
  });

  it('has nothing under an unknown key', async () => {
    const keyv = createKeyv();
    expect(await keyv.get('key')).toBeUndefined();
    expect(await keyv.has('key')).toBe(false);
    expect(await keyv.delete('key')).toBe(false);
  });

  it('replaces and deletes values', async () => {
    const keyv = createKeyv();
    await keyv.set('key', 'old');
    await keyv.set('key', 'new');
    expect(await keyv.get('key')).toBe('new');
    expect(await keyv.has('key')).toBe(true);
    expect(await keyv.delete('key')).toBe(true);
    expect(await keyv.get('key')).toBeUndefined();
  });

  it('gives back many at once, in the order asked', async () => {
    const keyv = createKeyv();
    await keyv.set('a', 1);
    await keyv.set('b', 2);
    expect(await keyv.get(['b', 'absent', 'a'])).toEqual([2, undefined, 1]);
  });

  it('forgets a value when its time is over, and removes it when it is looked for', async () => {
    const keyv = createKeyv();
    await keyv.set('key', 'brief', 60_000);
    await clock.advance(59_999);
    expect(await keyv.get('key')).toBe('brief');
    await clock.advance(1);
    expect(await keyv.has('key')).toBe(false);
    expect(await store.count(settingKind)).toBe(1);
    expect(await keyv.get('key')).toBeUndefined();
    expect(await store.count(settingKind)).toBe(0);
  });

  it('keeps a value for good that is set anew without a time', async () => {
    const keyv = createKeyv();
    await keyv.set('key', 'brief', 1_000);
    await keyv.set('key', 'lasting');
    await clock.advance(1_000_000);
    expect(await keyv.get('key')).toBe('lasting');
  });

  it('keeps namespaces apart, also when one is cleared', async () => {
    const [links, caches] = [createKeyv('links'), createKeyv('caches')];
    await Promise.all(Array.from({ length: 150 }, (_, number) => links.set(`key-${number}`, number)));
    await caches.set('key-1', 'kept');
    await links.clear();
    expect(await links.get('key-1')).toBeUndefined();
    expect(await caches.get('key-1')).toBe('kept');
    expect(await store.count(settingKind)).toBe(1);
  });

  it('iterates over the live values of its namespace', async () => {
    const [links, caches] = [createKeyv('links'), createKeyv('caches')];
    await links.set('a', 1);
    await links.set('b', 2, 1_000);
    await links.set('c', { three: 3 });
    await caches.set('d', 4);
    await clock.advance(1_000);
    const found: unknown[] = [];
    for await (const entry of links.iterator?.({}) ?? []) found.push(entry);
    expect(found).toEqual([
      ['a', 1],
      ['c', { three: 3 }],
    ]);
  });

  it('still has its values after the file is opened again', async () => {
    await createKeyv().set('key', 'kept');
    await store.close();
    store = open();
    expect(await createKeyv().get('key')).toBe('kept');
  });

  it('survives two writers of one new key', async () => {
    const keyv = createKeyv();
    await Promise.all([keyv.set('key', 'one'), keyv.set('key', 'two')]);
    expect(['one', 'two']).toContain(await keyv.get('key'));
  });
});

describe('createUserSettings', () => {
  const anna = { teamId: 'T1', userId: 'U1' };
  const createSettings = () => createUserSettings(createKeyvStore(store, clock));

  it('has nothing for somebody who set nothing', async () => expect(await createSettings().get(anna)).toEqual({}));

  it('keeps what each person set, by workspace', async () => {
    const settings = createSettings();
    await settings.set(anna, 'directMessages', 'failures');
    await settings.set({ ...anna, userId: 'U2' }, 'directMessages', 'none');
    await settings.set({ ...anna, teamId: 'T2' }, 'directMessages', 'all');
    expect(await settings.get(anna)).toEqual({ directMessages: 'failures' });
    expect(await settings.get({ ...anna, userId: 'U2' })).toEqual({ directMessages: 'none' });
    expect(await settings.get({ ...anna, teamId: 'T2' })).toEqual({ directMessages: 'all' });
  });

  it('loses neither of two people’s settings changed at once from two places', async () => {
    const other = { ...anna, userId: 'U3' };
    await Promise.all([
      createSettings().set(anna, 'directMessages', 'all'),
      createSettings().set(other, 'directMessages', 'none'),
    ]);
    expect(await createSettings().get(anna)).toEqual({ directMessages: 'all' });
    expect(await createSettings().get(other)).toEqual({ directMessages: 'none' });
  });

  it('goes back to the default', async () => {
    const settings = createSettings();
    await settings.set(anna, 'directMessages', 'all');
    expect(await settings.reset(anna, 'directMessages')).toBe(true);
    expect(await settings.reset(anna, 'directMessages')).toBe(false);
    expect(await settings.get(anna)).toEqual({});
  });

  it('says so when a setting could not be stored', async () => {
    const broken: DocumentStore = { ...store, create: () => Promise.reject(new Error('disk is full')) };
    const settings = createUserSettings(createKeyvStore(broken, clock));
    await expect(settings.set(anna, 'directMessages', 'all')).rejects.toThrow('disk is full');
  });
});
