import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { systemClock } from '../../src/engine/clock';
import type { DocumentKind } from '../../src/engine/ports/document-store';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { describeDocumentStore } from '../contracts/document-store.contract';
import { createManualClock } from '../support/manual-clock';
import { createTemporaryFolder } from '../support/temporary-folder';

type Note = { readonly text: string };
const notes: DocumentKind<Note> = { name: 'note', indexes: () => ({}) };

describeDocumentStore('SQLite', () => {
  const folder = createTemporaryFolder();
  return {
    open: (onUnreadable) =>
      openSqliteStore({ file: join(folder.path, 'data/coxswain.db'), clock: systemClock, onUnreadable }),
    remove: folder.remove,
  };
});

describe('openSqliteStore', () => {
  const folder = createTemporaryFolder();
  afterAll(folder.remove);

  it('refuses a file written by a newer version and says which', () => {
    const file = join(folder.path, 'newer.db');
    const newer = new Database(file);
    newer.pragma('user_version = 99');
    newer.close();
    expect(() => openSqliteStore({ file, clock: systemClock })).toThrow(/newer\.db.*schema 99.*newer version/);
  });

  it('leaves an empty write-ahead log behind', async () => {
    const file = join(folder.path, 'closed.db');
    const store = openSqliteStore({ file, clock: systemClock });
    await store.create(notes, 'a', { text: 'kept' });
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    await store.close();
    await store.close();
    expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
  });

  it('commits what was asked before the close and refuses what comes after', async () => {
    const file = join(folder.path, 'closing.db');
    const store = openSqliteStore({ file, clock: systemClock });
    const written = store.create(notes, 'a', { text: 'in time' });
    const closed = store.close();
    await expect(store.create(notes, 'b', { text: 'too late' })).rejects.toThrow('The store is closed');
    await expect(store.get(notes, 'a')).rejects.toThrow('The store is closed');
    await closed;
    expect(await written).toBe(true);
  });

  it('frees what a dead owner held, for those kinds only', async () => {
    const store = openSqliteStore({ file: join(folder.path, 'freed.db'), clock: systemClock });
    const others: DocumentKind<Note> = { name: 'other', indexes: () => ({}) };
    await store.create(notes, 'a', { text: 'held' }, { due: 1 });
    await store.create(others, 'b', { text: 'held' }, { due: 1 });
    const claim = (kind: DocumentKind<Note>, owner: string) =>
      store.claimDue({ kinds: [kind], owner, now: 1_000, leaseMs: 10_000, limit: 5 });
    await claim(notes, 'dead');
    await claim(others, 'dead');
    expect(await claim(notes, 'heir')).toEqual([]);
    await store.freeLeases(['note']);
    expect((await claim(notes, 'heir')).map(({ id }) => id)).toEqual(['a']);
    expect(await claim(others, 'heir')).toEqual([]);
    expect(await store.renew('note', 'a', 'dead', 20_000)).toBe(false);
    await store.close();
  });

  it('waits for another connection that holds the file, without losing the write', async () => {
    const file = join(folder.path, 'held.db');
    const store = openSqliteStore({ file, clock: systemClock, busyTimeoutMs: 1 });
    const holder = new Database(file);
    holder.exec('BEGIN IMMEDIATE');
    const written = store.create(notes, 'a', { text: 'patient' });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await store.get(notes, 'a')).toBeUndefined();
    holder.exec('COMMIT');
    expect(await written).toBe(true);
    holder.close();
    await store.close();
  });

  it('gives up after five seconds and says what to look for', async () => {
    const file = join(folder.path, 'stuck.db');
    const clock = createManualClock();
    const store = openSqliteStore({ file, clock, busyTimeoutMs: 0 });
    const holder = new Database(file);
    holder.exec('BEGIN IMMEDIATE');
    const written = store.create(notes, 'a', { text: 'refused' });
    const refused = expect(written).rejects.toThrow(/held by another connection for 5000 ms/);
    await clock.advance(0);
    await clock.advance(5_000);
    await refused;
    holder.exec('ROLLBACK');
    expect(await store.create(notes, 'a', { text: 'accepted' })).toBe(true);
    holder.close();
    await store.close();
  });
});
