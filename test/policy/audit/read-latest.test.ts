import { createAuditLog } from '../../../src/policy/audit/audit-log';
import { dayOf } from '../../../src/policy/audit/chain';
import { pageSize } from '../../../src/policy/audit/documents';
import { readLatest, type LatestQuery } from '../../../src/policy/audit/read-latest';
import type { AuditEntry } from '../../../src/model/audit';
import { factOf, fillChain } from '../../support/audit-kit';
import { createCountingStore } from '../../support/counting-store';
import { createManualClock } from '../../support/manual-clock';
import { createMemoryStore } from '../../support/memory-store';

const dayMs = 24 * 3_600_000;
const anything = (): boolean => true;
const nothing = (): boolean => false;

function bench() {
  const clock = createManualClock();
  const memory = createMemoryStore(() => clock.now());
  const { store, counts } = createCountingStore(memory);
  const latest = async (chains: readonly string[], over: Partial<LatestQuery> = {}) => {
    counts.documents = 0;
    const { entries, lookedTo } = await readLatest(store, chains, { isWanted: anything, limit: 21, ...over });
    return { ids: entries.map(({ id }) => id), lookedTo, documents: counts.documents };
  };
  return { clock, memory, latest, log: createAuditLog({ store: memory, clock, teamId: 'T1' }) };
}

describe('the newest entries of a log', () => {
  it('are found with a few reads however many days there are', async () => {
    const { clock, log, latest } = bench();
    for (let day = 0; day < 60; day += 1) {
      await log.record([factOf(`d${day}a`, { at: clock.now() }), factOf(`d${day}b`, { at: clock.now() })]);
      await clock.advance(dayMs);
    }
    const { ids, documents } = await latest(['foo'], { limit: 5 });
    expect(ids).toEqual(['d59b', 'd59a', 'd58b', 'd58a', 'd57b']);
    expect(documents).toBeLessThanOrEqual(5);
  });

  it('are asked for page by page without those before being read again', async () => {
    const { clock, log, latest } = bench();
    await log.record(Array.from({ length: pageSize * 30 }, (_, index) => factOf(`e${index + 1}`)));
    expect((await latest(['foo'], { limit: 3 })).ids).toEqual(['e1200', 'e1199', 'e1198']);
    const before = { day: dayOf(clock.now()), seq: 42 };
    const { ids, documents } = await latest(['foo'], { limit: 3, before });
    expect(ids).toEqual(['e41', 'e40', 'e39']);
    expect(documents).toBeLessThanOrEqual(10);
  });

  it('of several logs are those of all in the order of time, and no log is read further than that takes', async () => {
    const own = bench();
    for (const [chain, count] of Object.entries({ bar: 40, foo: 40, old: 2 }))
      await fillChain(own.memory, chain, count);
    const { ids, documents } = await own.latest(['bar', 'foo', 'old'], { limit: 6 });
    expect(ids.map((id) => id.replace(/^\w+-/, ''))).toEqual(['40', '40', '39', '39', '38', '38']);
    // Three heads, and the pages of both that are newer.
    expect(documents).toBeLessThanOrEqual(3 + 16);
  });

  it('are looked for in 250 pages of all logs together, which it tells', async () => {
    const own = bench();
    const chains = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
    for (const chain of chains) await fillChain(own.memory, chain, 60);
    const { ids, lookedTo, documents } = await own.latest(chains, { isWanted: nothing });
    expect(ids).toEqual([]);
    expect(lookedTo).toBeDefined();
    expect(documents).toBe(chains.length + 250);
  });

  it('are looked for from where the answer before ended', async () => {
    const own = bench();
    await fillChain(own.memory, 'foo', 300);
    const isWanted = ({ seq }: AuditEntry): boolean => seq === 3;
    const first = await own.latest(['foo'], { isWanted });
    expect(first.ids).toEqual([]);
    expect(first.lookedTo).toEqual({ day: '2026-01-01', seq: 51 });
  });

  it('end with the first of all, of which it tells nothing more', async () => {
    const own = bench();
    await fillChain(own.memory, 'foo', 12);
    await fillChain(own.memory, 'foo-two', 12);
    await fillChain(own.memory, 'fo', 12);
    const { ids, lookedTo } = await own.latest(['foo'], { limit: 100 });
    expect(ids).toEqual(Array.from({ length: 12 }, (_, index) => `foo-${12 - index}`));
    expect(lookedTo).toBeUndefined();
  });
});
