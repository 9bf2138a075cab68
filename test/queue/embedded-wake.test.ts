import { join } from 'node:path';
import { systemClock } from '../../src/engine/clock';
import type { Claimed, DocumentKind, DocumentStore } from '../../src/engine/ports/document-store';
import type { DueHandler, Wake } from '../../src/engine/ports/wake';
import { createEmbeddedWake, type EmbeddedWakeOptions } from '../../src/queue/embedded-wake';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { createManualClock, type ManualClock } from '../support/manual-clock';
import { createTemporaryFolder } from '../support/temporary-folder';

type Job = { readonly runs: number };
const jobs: DocumentKind<Job> = { name: 'job', indexes: () => ({}) };

/** Lets the store and the wake run until something holds; fails after a bounded number of turns. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000 && !holds(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(holds()).toBe(true);
}

const quiet = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

function createGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('createEmbeddedWake', () => {
  let folder: ReturnType<typeof createTemporaryFolder>;
  let clock: ManualClock;
  let store: DocumentStore;
  let handled: string[];
  const wakes: Wake[] = [];
  const errors: unknown[] = [];

  const createWake = (more: Partial<EmbeddedWakeOptions> = {}): Wake => {
    const onError = (error: unknown) => void errors.push(error);
    const wake = createEmbeddedWake({ store, clock, kinds: [jobs], owner: 'one', onError, ...more });
    wakes.push(wake);
    return wake;
  };
  const finish = (claimed: Claimed, owner: string, due: number | null = null) =>
    store.update(jobs, claimed.id, ({ runs }) => ({ runs: runs + 1 }), { release: owner, due: () => due });
  const handle: DueHandler = async (claimed, owner) => {
    handled.push(claimed.id);
    await finish(claimed, owner);
  };
  const inMs = (ms: number) => clock.now() + ms;

  beforeEach(() => {
    folder = createTemporaryFolder();
    clock = createManualClock();
    store = openSqliteStore({ file: join(folder.path, 'wake.db'), clock: systemClock });
    handled = [];
    errors.length = 0;
  });
  afterEach(async () => {
    for (const wake of wakes.splice(0)) {
      const stopped = wake.stop(100);
      await clock.advance(100);
      await stopped;
    }
    await store.close();
    folder.remove();
  });

  it('handles what was due before it started', async () => {
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    createWake().start({ job: handle });
    await until(() => handled.length === 1);
    await quiet();
    expect(await store.get(jobs, 'a')).toMatchObject({ document: { runs: 1 } });
    expect(handled).toEqual(['a']);
  });

  it('handles a new document at a hint', async () => {
    const wake = createWake();
    wake.start({ job: handle });
    await quiet();
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    await quiet();
    expect(handled).toEqual([]);
    wake.hint();
    await until(() => handled.length === 1);
  });

  it('handles a document once, however many hints come', async () => {
    const wake = createWake();
    wake.start({ job: handle });
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    for (let time = 0; time < 20; time += 1) wake.hint();
    await until(() => handled.length === 1);
    for (let time = 0; time < 20; time += 1) wake.hint();
    await quiet();
    expect(handled).toEqual(['a']);
  });

  it('wakes by itself at the next due time', async () => {
    await store.create(jobs, 'a', { runs: 0 }, { due: inMs(4_000) });
    createWake().start({ job: handle });
    await quiet();
    await clock.advance(3_999);
    await quiet();
    expect(handled).toEqual([]);
    await clock.advance(1);
    await until(() => handled.length === 1);
  });

  it('wakes again when a handler asks for a later time', async () => {
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    createWake().start({
      job: async (claimed, owner) => {
        handled.push(claimed.id);
        await finish(claimed, owner, handled.length === 1 ? inMs(700) : null);
      },
    });
    await until(() => handled.length === 1);
    await quiet();
    await clock.advance(699);
    await quiet();
    expect(handled).toHaveLength(1);
    await clock.advance(1);
    await until(() => handled.length === 2);
  });

  it('finds work whose hint was lost at the next sweep', async () => {
    createWake().start({ job: handle });
    await quiet();
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    await clock.advance(29_999);
    await quiet();
    expect(handled).toEqual([]);
    await clock.advance(1);
    await until(() => handled.length === 1);
  });

  it('leaves kinds without a handler alone', async () => {
    await store.create({ name: 'other', indexes: () => ({}) }, 'a', {}, { due: clock.now() });
    createWake().start({ job: handle });
    await quiet();
    expect(handled).toEqual([]);
    expect(await store.nextDue(['other'], clock.now())).toBe(clock.now());
  });

  it('handles many at once, but no more than its concurrency, and all in the end', async () => {
    const gate = createGate();
    let [now, most] = [0, 0];
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => store.create(jobs, `job-${n}`, { runs: 0 }, { due: clock.now() })),
    );
    createWake({ concurrency: 24 }).start({
      job: async (claimed, owner) => {
        now += 1;
        most = Math.max(most, now);
        await gate.opened;
        now -= 1;
        await handle(claimed, owner);
      },
    });
    await until(() => now === 24);
    await quiet();
    expect(most).toBe(24);
    gate.open();
    await until(() => handled.length === 60);
    expect(new Set(handled).size).toBe(60);
    expect(most).toBe(24);
  });

  it('never lets two wakes on one store handle the same lease at once', async () => {
    const inHand = new Set<string>();
    const overlaps: string[] = [];
    let runs = 0;
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => store.create(jobs, `job-${n}`, { runs: 0 }, { due: clock.now() })),
    );
    const other = openSqliteStore({ file: join(folder.path, 'wake.db'), clock: systemClock });
    const job: DueHandler = async (claimed, owner) => {
      if (inHand.has(claimed.id)) overlaps.push(claimed.id);
      inHand.add(claimed.id);
      await quiet();
      runs += 1;
      inHand.delete(claimed.id);
      await finish(claimed, owner, (claimed.document as Job).runs < 2 ? clock.now() : null);
    };
    const [first, second] = [createWake({ owner: 'one' }), createWake({ owner: 'two', store: other })];
    first.start({ job });
    second.start({ job });
    for (let round = 0; round < 400 && runs < 90; round += 1) {
      first.hint();
      second.hint();
      await quiet();
    }
    await Promise.all([first.stop(1_000), second.stop(1_000)]);
    expect(overlaps).toEqual([]);
    expect(runs).toBe(90);
    const all = await store.list(jobs);
    expect(all.map(({ document }) => document.runs)).toEqual(all.map(() => 3));
    await other.close();
  });

  it('renews the lease while a handler runs, so that nobody else gets the document', async () => {
    const gate = createGate();
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    createWake({ owner: 'slow' }).start({
      job: async (claimed, owner) => {
        handled.push(claimed.id);
        await gate.opened;
        await finish(claimed, owner);
      },
    });
    await until(() => handled.length === 1);
    for (let round = 0; round < 10; round += 1) {
      await clock.advance(3_000);
      await quiet();
    }
    const claim = { kinds: [jobs], owner: 'other', now: clock.now(), leaseMs: 1, limit: 1 };
    expect(await store.claimDue(claim)).toEqual([]);
    gate.open();
    await quiet();
    expect(await store.nextDue(['job'], clock.now())).toBeUndefined();
  });

  it('reports a handler that throws, and hands the document out again when its lease is over', async () => {
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    createWake().start({
      job: async (claimed, owner) => {
        handled.push(claimed.id);
        if (handled.length === 1) throw new Error('defect');
        await finish(claimed, owner);
      },
    });
    await until(() => errors.length === 1);
    expect(errors[0]).toMatchObject({ message: 'defect' });
    await quiet();
    await clock.advance(9_999);
    await quiet();
    expect(handled).toHaveLength(1);
    await clock.advance(1);
    await until(() => handled.length === 2);
  });

  it('leaves alone what a newer build wrote, looks no more often for it, and handles the others', async () => {
    await store.create({ name: 'job', indexes: () => ({}) }, 'newer', { schema: 2 }, { due: clock.now() });
    await store.create(jobs, 'a', { runs: 0 }, { due: inMs(60_000) });
    let claims = 0;
    const counting: DocumentStore = {
      ...store,
      claimDue: (query) => {
        claims += 1;
        return store.claimDue(query);
      },
    };
    createWake({ store: counting }).start({ job: handle });
    await quiet();
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1_000);
      await quiet();
    }
    expect(handled).toEqual(['a']);
    expect(errors).toEqual([]);
    expect(claims).toBeLessThan(8);
  });

  it('refuses handlers of other kinds than it claims', () => {
    expect(() => createWake().start({ jbo: handle })).toThrow('claims job, and has handlers of jbo');
  });

  it('looks again a second after the store failed', async () => {
    let failing = true;
    const shaky: DocumentStore = {
      ...store,
      claimDue: (query) => (failing ? Promise.reject(new Error('disk is full')) : store.claimDue(query)),
    };
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    createWake({ store: shaky }).start({ job: handle });
    await until(() => errors.length === 1);
    failing = false;
    await clock.advance(1_000);
    await until(() => handled.length === 1);
  });

  it('waits for running handlers when it stops, and starts no more', async () => {
    const gate = createGate();
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    const wake = createWake();
    wake.start({
      job: async (claimed, owner) => {
        await gate.opened;
        await handle(claimed, owner);
      },
    });
    await quiet();
    const stopped = wake.stop(5_000);
    await store.create(jobs, 'b', { runs: 0 }, { due: clock.now() });
    wake.hint();
    gate.open();
    await stopped;
    expect(handled).toEqual(['a']);
    await clock.advance(60_000);
    expect(handled).toEqual(['a']);
  });

  it('stops at its deadline though a handler never ends', async () => {
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    const wake = createWake();
    wake.start({ job: () => new Promise(() => undefined) });
    await quiet();
    let stopped = false;
    const stopping = wake.stop(2_000).then(() => {
      stopped = true;
    });
    await clock.advance(1_999);
    expect(stopped).toBe(false);
    await clock.advance(1);
    await stopping;
    expect(stopped).toBe(true);
  });

  it('leaves what it claimed while stopping to the next owner at once', async () => {
    await store.create(jobs, 'a', { runs: 0 }, { due: clock.now() });
    const wake = createWake();
    wake.start({ job: handle });
    await wake.stop(1_000);
    expect(handled).toEqual([]);
    const claimed = await store.claimDue({
      kinds: [jobs],
      owner: 'next',
      now: clock.now(),
      leaseMs: 1_000,
      limit: 1,
    });
    expect(claimed.map(({ id }) => id)).toEqual(['a']);
  });

  it('stops without having been started', async () => {
    await expect(createWake().stop(10)).resolves.toBeUndefined();
  });
});
