import { auditHeadKind, auditPageKind, pageId, pageSize } from '../../../src/policy/audit/documents';
import { createAuditLog } from '../../../src/policy/audit/audit-log';
import { isEntry, type AuditRecord } from '../../../src/policy/audit/audit-line';
import { seal } from '../../../src/policy/audit/chain';
import { exportAll, factOf, verifyRecords } from '../../support/audit-kit';
import { createCountingStore } from '../../support/counting-store';
import { createCrashPoints } from '../../support/crash-points';
import { createManualClock } from '../../support/manual-clock';
import { createMemoryStore } from '../../support/memory-store';
import { createRandom } from '../../support/random';

const dayMs = 24 * 3_600_000;
const nextDay = (day: string): string => new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);
const fooScope = { chains: ['foo'] };

function bench() {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  return { clock, store, log: createAuditLog({ store, clock, teamId: 'T1' }) };
}

const entriesOf = (records: readonly AuditRecord[]) => records.filter(isEntry);
const idsOf = (records: readonly AuditRecord[]) => entriesOf(records).map(({ id }) => id);
const names = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `e${from + index}`);

describe('the audit log', () => {
  it('keeps what is told in its order, and its chain verifies', async () => {
    const { store, log } = bench();
    await log.record([factOf('one'), factOf('two')]);
    await log.record([factOf('three')]);
    const records = await exportAll(store, fooScope);
    expect(entriesOf(records).map(({ id, seq }) => `${id} ${seq}`)).toEqual(['one 1', 'two 2', 'three 3']);
    expect(verifyRecords(records)).toEqual({ chains: [{ chain: 'foo', entries: 3 }], problems: [] });
  });

  it('writes an event once however often it is told, also when its page is complete', async () => {
    const { store, log } = bench();
    const facts = names(pageSize * 2 + 5).map((id) => factOf(id));
    await log.record(facts);
    await log.record(facts);
    for (const fact of facts.toReversed()) await log.record([fact]);
    expect(idsOf(await exportAll(store, fooScope))).toEqual(facts.map(({ id }) => id));
  });

  it('begins a new chain each day that takes up the day before', async () => {
    const { clock, store, log } = bench();
    await log.record(names(3).map((id) => factOf(id)));
    await clock.advance(3 * dayMs);
    await log.record([factOf('later')]);
    const entries = entriesOf(await exportAll(store, fooScope));
    const [last, first] = entries.slice(-2);
    expect(first).toMatchObject({ seq: 1, previous: last?.hash, follows: { day: last?.day, seq: 3 } });
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 1]);
  });

  it('keeps to the newest day when the clock goes back', async () => {
    const { clock, store, log } = bench();
    await clock.advance(dayMs);
    await log.record([factOf('one')]);
    const earlier = createAuditLog({ store, clock: { ...clock, now: () => clock.now() - dayMs }, teamId: 'T1' });
    await earlier.record([factOf('two')]);
    const days = entriesOf(await exportAll(store, fooScope)).map(({ day }) => day);
    expect(new Set(days).size).toBe(1);
  });

  it('keeps one chain for each application, and one for what names none', async () => {
    const { store, log } = bench();
    const { application: _application, ...nowhere } = factOf('help');
    await log.record([factOf('one'), nowhere, factOf('other', { application: 'bar' })]);
    const records = await exportAll(store, { chains: ['@coxswain', 'bar', 'foo'] });
    expect(entriesOf(records).map(({ chain, id }) => `${chain} ${id}`)).toEqual([
      '@coxswain help',
      'bar other',
      'foo one',
    ]);
    expect(verifyRecords(records).problems).toEqual([]);
  });

  it('appends by one change of a small document', async () => {
    const { store, clock } = bench();
    let writes = 0;
    const counted = {
      ...store,
      create: (...call: Parameters<typeof store.create>) => ((writes += 1), store.create(...call)),
      update: (...call: Parameters<typeof store.update>) => ((writes += 1), store.update(...call)),
    } as typeof store;
    const log = createAuditLog({ store: counted, clock, teamId: 'T1' });
    await log.record([factOf('first')]);
    writes = 0;
    await log.record([factOf('a'), factOf('b'), factOf('c')]);
    expect(writes).toBe(1);
    writes = 0;
    await log.record([factOf('b')]);
    expect(writes).toBe(0);
  });

  it('exports the days that are asked for, and says where they end', async () => {
    const { clock, store, log } = bench();
    const days: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      days.push(new Date(clock.now()).toISOString().slice(0, 10));
      await log.record(names(pageSize + 3, index * 100).map((id) => factOf(id)));
      await clock.advance(dayMs);
    }
    const [, from = '', to = ''] = days;
    const records = await exportAll(store, { chains: ['foo'], from, to });
    expect([...new Set(entriesOf(records).map(({ day }) => day))]).toEqual([from, to]);
    expect(records.at(-1)).toMatchObject({ type: 'end', from, day: to, seq: pageSize + 3 });
    expect(verifyRecords(records).problems).toEqual([]);
    const none = await exportAll(store, { chains: ['foo'], from: '2100-01-01' });
    expect(none).toHaveLength(1);
    expect(verifyRecords(none).problems).toEqual([]);
  });

  it('is exported with a few reads however many days it has, and with each page once', async () => {
    const { clock, store, log } = bench();
    for (let index = 0; index < 60; index += 1) {
      await log.record(names(2, index * 10).map((id) => factOf(id)));
      await clock.advance(dayMs);
    }
    const { store: counting, counts } = createCountingStore(store);
    const records = await exportAll(counting, fooScope);
    expect(entriesOf(records)).toHaveLength(120);
    expect(verifyRecords(records).problems).toEqual([]);
    // 59 pages, and the head once for each ten of them.
    expect(counts.documents).toBeLessThanOrEqual(59 + 6);
    expect(counts.reads).toBeLessThanOrEqual(2 * 6);
  });

  it('takes out the values of known secrets', async () => {
    const { store, clock } = bench();
    const log = createAuditLog({ store, clock, teamId: 'T1', secrets: ['hunter-two-hunter'] });
    await log.record([factOf('one', { why: 'it is hunter-two-hunter indeed' })]);
    expect(JSON.stringify(await exportAll(store, fooScope))).not.toContain('hunter-two-hunter');
    expect(entriesOf(await exportAll(store, fooScope))[0]?.why).toBe('it is [secret] indeed');
  });

  it('has every event once and in order whatever stops its writers, and however many there are', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = createRandom(seed);
      const clock = createManualClock();
      const store = createMemoryStore(() => clock.now());
      const crashes = createCrashPoints(new Set(Array.from({ length: 25 }, () => Math.ceil(random() * 200))));
      const open = () => createAuditLog({ store: crashes.wrap(store), clock, teamId: 'T1' });
      const queues = ['a', 'b', 'c'].map((name) => names(40).map((id) => factOf(`${name}-${id}`)));
      const work = async (queue: (typeof queues)[number]) => {
        let log = open();
        for (let at = 0; at < queue.length;) {
          const size = 1 + Math.floor(random() * 4);
          const told = await log.record(queue.slice(at, at + size)).then(
            () => true,
            () => false,
          );
          if (told) at += Math.floor(random() * (size + 1)) || (random() < 0.5 ? 1 : 0);
          if (random() < 0.02) await clock.advance(dayMs);
          if (told) continue;
          crashes.boot();
          log = open();
        }
      };
      await Promise.all(queues.map(work));
      const records = await exportAll(store, fooScope);
      expect({ seed, problems: verifyRecords(records).problems }).toEqual({ seed, problems: [] });
      for (const queue of queues) {
        const own = idsOf(records).filter((id) => id.startsWith((queue[0]?.id ?? '').slice(0, 2)));
        expect({ seed, own }).toEqual({ seed, own: queue.map(({ id }) => id) });
      }
    }
  });
});

describe('a log in the store that somebody has changed', () => {
  async function filled() {
    const { clock, store, log } = bench();
    for (let index = 0; index < 3; index += 1) {
      await log.record(names(pageSize * 2 + 5, index * 1000).map((id) => factOf(id)));
      await clock.advance(dayMs);
    }
    const [first] = entriesOf(await exportAll(store, fooScope));
    return { store, day: first?.day ?? '' };
  }

  it('shows a page that was deleted', async () => {
    const { store, day } = await filled();
    await store.delete(auditPageKind, pageId('foo', day, 2));
    const { problems } = verifyRecords(await exportAll(store, fooScope));
    expect(problems).toEqual([{ chain: 'foo', kind: 'cut', at: { day, seq: pageSize + 1 } }]);
  });

  it('shows a whole day that was deleted', async () => {
    const { store, day } = await filled();
    for (const page of [1, 2, 3]) await store.delete(auditPageKind, pageId('foo', day, page));
    const { problems } = verifyRecords(await exportAll(store, fooScope));
    expect(problems).toEqual([{ chain: 'foo', kind: 'cut', at: { day, seq: pageSize * 2 + 5 } }]);
  });

  it('shows the first page of a day that was deleted, at its first entry', async () => {
    const { store, day } = await filled();
    const second = nextDay(day);
    await store.delete(auditPageKind, pageId('foo', second, 1));
    const { problems } = verifyRecords(await exportAll(store, fooScope));
    expect(problems).toEqual([{ chain: 'foo', kind: 'cut', at: { day: second, seq: 1 } }]);
  });

  it('shows two pages that changed places', async () => {
    const { store, day } = await filled();
    const [one, two] = [pageId('foo', day, 1), pageId('foo', day, 2)];
    const entries = (await store.get(auditPageKind, one))?.document.entries ?? [];
    const others = (await store.get(auditPageKind, two))?.document.entries ?? [];
    await store.update(auditPageKind, one, (page) => ({ ...page, entries: others }));
    await store.update(auditPageKind, two, (page) => ({ ...page, entries }));
    const { problems } = verifyRecords(await exportAll(store, fooScope));
    expect(problems).toEqual([{ chain: 'foo', kind: 'reordered', at: { day, seq: 1 } }]);
  });

  it('shows a page that was put in behind the newest entries', async () => {
    const { store, day } = await filled();
    const page = (await store.get(auditPageKind, pageId('foo', day, 1)))?.document;
    const [first] = page?.entries ?? [];
    if (page === undefined || first === undefined) throw new Error('There is no page.');
    const later = seal(factOf('forged'), { ...first, day: '2100-01-01', seq: 0 });
    const id = pageId('foo', later.day, 1);
    await store.create(auditPageKind, id, { ...page, day: later.day, page: 1, entries: [later] });
    const { problems } = verifyRecords(await exportAll(store, fooScope));
    expect(problems).toMatchObject([{ chain: 'foo', at: { day: later.day, seq: 1 } }]);
  });

  it('shows a chain whose head was deleted', async () => {
    const { store, day } = await filled();
    await store.delete(auditHeadKind, 'foo');
    const { chains, problems } = verifyRecords(await exportAll(store, fooScope));
    expect(chains).toEqual([{ chain: 'foo', entries: 2 * (pageSize * 2 + 5) + pageSize * 2 }]);
    expect(problems).toEqual([
      { chain: 'foo', kind: 'cut', at: { day: nextDay(nextDay(day)), seq: pageSize * 2 + 1 } },
    ]);
  });

  it('shows that the newest entries are gone', async () => {
    const { store } = await filled();
    await store.update(auditHeadKind, 'foo', (head) => ({ ...head, open: head.open.slice(0, -2) }));
    const { problems } = verifyRecords(await exportAll(store, fooScope));
    expect(problems).toMatchObject([{ chain: 'foo', kind: 'cut', at: { seq: pageSize * 2 + 4 } }]);
  });

  it('shows the entry of a page that was changed', async () => {
    const { store, day } = await filled();
    await store.update(auditPageKind, pageId('foo', day, 1), (page) => ({
      ...page,
      entries: page.entries.map((entry) => (entry.seq === 7 ? { ...entry, who: 'UEVE' } : entry)),
    }));
    const { problems } = verifyRecords(await exportAll(store, fooScope));
    expect(problems).toEqual([{ chain: 'foo', kind: 'tampered', at: { day, seq: 7 } }]);
  });
});
