import { join } from 'node:path';
import { systemClock } from '../../src/engine/clock';
import type { DocumentKind } from '../../src/engine/ports/document-store';
import { createInboxMover, type InboxMover } from '../../src/queue/inbox-mover';
import { createInboxStore } from '../../src/store/inbox-store';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite-store';
import { createManualClock, type ManualClock } from '../support/manual-clock';
import { createTemporaryFolder } from '../support/temporary-folder';

type Order = { readonly text: string };
const orders: DocumentKind<Order> = { name: 'order', indexes: () => ({}) };
const notes: DocumentKind<Order> = { name: 'note', indexes: () => ({}) };

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 5_000; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('It did not come to that.');
}

describe('the inbox', () => {
  let folder: ReturnType<typeof createTemporaryFolder>;
  let clock: ManualClock;
  let main: SqliteStore;
  let inbox: SqliteStore;
  let mover: InboxMover | undefined;
  let moves = 0;
  const errors: unknown[] = [];
  const intake = () => createInboxStore({ store: main, inbox, kinds: ['order'] });
  const startMover = (store: SqliteStore = main): InboxMover => {
    mover = createInboxMover({
      store,
      inbox,
      kinds: [orders],
      clock,
      onMoved: () => (moves += 1),
      onError: (error) => void errors.push(error),
    });
    return mover;
  };
  const isMoved = async (id: string) =>
    (await main.get(orders, id)) !== undefined && (await inbox.get(orders, id)) === undefined;

  beforeEach(() => {
    folder = createTemporaryFolder();
    clock = createManualClock();
    main = openSqliteStore({ file: join(folder.path, 'main.db'), clock: systemClock, checkpoints: false });
    inbox = openSqliteStore({ file: join(folder.path, 'inbox.db'), clock: systemClock, survivesPowerLoss: false });
    moves = 0;
    errors.length = 0;
  });
  afterEach(async () => {
    await mover?.stop();
    mover = undefined;
    await Promise.all([main.close(), inbox.close()]);
    folder.remove();
  });

  it('takes its own kinds in, and leaves all others to the main store', async () => {
    await intake().create(orders, 'a', { text: 'deploy' });
    await intake().create(notes, 'b', { text: 'note' });
    expect(await main.get(orders, 'a')).toBeUndefined();
    expect((await main.get(notes, 'b'))?.document).toEqual({ text: 'note' });
    expect((await intake().get(orders, 'a'))?.document).toEqual({ text: 'deploy' });
    expect(await intake().get(orders, 'unknown')).toBeUndefined();
  });

  it('leaves in the inbox what a newer build stored there, however much it is, and moves the rest', async () => {
    const newer: DocumentKind<object> = { name: 'order', indexes: () => ({}) };
    for (let n = 0; n < 70; n += 1) await inbox.create(newer, `0-${n}`, { schema: 2, text: 'newer' });
    await intake().create(orders, 'a', { text: 'deploy' });
    startMover();
    await until(() => isMoved('a'));
    expect(await main.count(orders)).toBe(1);
    expect(await inbox.count(orders)).toBe(70);
    expect(errors).toEqual([]);
  });

  it('moves what waited at the start and what a hint tells of, due at once', async () => {
    await intake().create(orders, 'a', { text: 'before the start' });
    const { hint } = startMover();
    await until(() => isMoved('a'));
    await intake().create(orders, 'b', { text: 'after' });
    hint();
    await until(() => isMoved('b'));
    const due = await main.claimDue({ kinds: [orders], owner: 'me', now: clock.now(), leaseMs: 1, limit: 9 });
    expect(due.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(moves).toBe(2);
  });

  it('finds what a lost hint left, at the next sweep', async () => {
    startMover();
    await intake().create(orders, 'a', { text: 'unheard' });
    expect(await main.get(orders, 'a')).toBeUndefined();
    await clock.advance(2_000);
    await until(() => isMoved('a'));
  });

  it('moves more than one batch', async () => {
    const ids = Array.from({ length: 150 }, (_, index) => `order-${String(index).padStart(3, '0')}`);
    await Promise.all(ids.map((id) => intake().create(orders, id, { text: id })));
    startMover();
    await until(async () => (await main.count(orders)) === 150 && (await inbox.count(orders)) === 0);
  });

  it('changes nothing when a crash moves the same document again, or a person clicks twice', async () => {
    await main.create(orders, 'a', { text: 'first' });
    await main.update(orders, 'a', () => ({ text: 'answered' }), { due: () => null });
    await intake().create(orders, 'a', { text: 'again' });
    startMover();
    await until(async () => (await inbox.count(orders)) === 0);
    expect((await main.get(orders, 'a'))?.document).toEqual({ text: 'answered' });
    const due = await main.claimDue({ kinds: [orders], owner: 'me', now: clock.now(), leaseMs: 1, limit: 9 });
    expect(due).toEqual([]);
  });

  it('keeps everything while the main store fails, and goes on later', async () => {
    await intake().create(orders, 'a', { text: 'kept' });
    const broken: SqliteStore = { ...main, create: () => Promise.reject(new Error('disk full')) };
    const { stop } = startMover(broken);
    await until(() => errors.length > 0);
    await stop();
    expect(String(errors[0])).toContain('disk full');
    expect((await inbox.get(orders, 'a'))?.document).toEqual({ text: 'kept' });
    startMover();
    await until(() => isMoved('a'));
  });

  it('looks no more after its stop', async () => {
    const { hint, stop } = startMover();
    await stop();
    await intake().create(orders, 'a', { text: 'late' });
    hint();
    await clock.advance(60_000);
    expect(await main.get(orders, 'a')).toBeUndefined();
  });
});
