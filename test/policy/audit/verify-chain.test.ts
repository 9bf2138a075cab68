import type { AuditEntry } from '../../../src/model/audit';
import { isEntry, parseAuditLine, type AuditRecord } from '../../../src/policy/audit/audit-line';
import { hashOf } from '../../../src/policy/audit/chain';
import { createAuditLog } from '../../../src/policy/audit/audit-log';
import { createVerifier } from '../../../src/policy/audit/verify-chain';
import { exportAll, factOf, verifyRecords } from '../../support/audit-kit';
import { createManualClock } from '../../support/manual-clock';
import { createMemoryStore } from '../../support/memory-store';
import { createRandom } from '../../support/random';

/** A log of 204 entries of three days, with the end of its chain behind it. */
async function fill(): Promise<readonly AuditRecord[]> {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const log = createAuditLog({ store, clock, teamId: 'T1' });
  for (const [day, count] of [120, 1, 83].entries()) {
    for (let index = 0; index < count; index += 1) {
      const why = index % 3 === 0 ? { why: 'because' } : {};
      const place = { environment: 'prod', executionId: `N${index}`, outcome: 'done' };
      await log.record([factOf(`${day}-${index}`, { ...why, ...place, at: clock.now() })]);
    }
    await clock.advance(24 * 3_600_000);
  }
  return exportAll(store, { chains: ['foo'] });
}

const placeOf = (record: AuditRecord | undefined) =>
  record === undefined || !isEntry(record) ? undefined : { day: record.day, seq: record.seq };

function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value !== 'string') return { surface: 'coxswain' };
  if (/^[0-9a-f]{64}$/.test(value)) return `${value.startsWith('0') ? '1' : '0'}${value.slice(1)}`;
  return /^\d{4}-\d\d-\d\d$/.test(value) ? `1${value.slice(1)}` : `${value}x`;
}

const rehashed = (entry: AuditEntry): AuditEntry => ({ ...entry, hash: hashOf(entry) });
const without = <T>(list: readonly T[], index: number): readonly T[] => list.toSpliced(index, 1);

describe('verifying a log of 204 entries', () => {
  let records: readonly AuditRecord[] = [];
  let entries: readonly AuditEntry[] = [];
  beforeAll(async () => {
    records = await fill();
    entries = records.filter(isEntry);
  });

  const at = (index: number): AuditEntry => {
    const entry = entries[index];
    if (entry === undefined) throw new Error(`There is no entry ${index}.`);
    return entry;
  };

  /** Every index at which the change is not found at the entry that it says. */
  const missed = (
    change: (index: number) => readonly object[],
    expected = (index: number) => placeOf(records[index]),
  ) =>
    entries.flatMap((_entry, index) => {
      const [problem] = verifyRecords(change(index)).problems;
      const wanted = expected(index);
      return problem?.at?.day === wanted?.day && problem?.at?.seq === wanted?.seq && problem !== undefined
        ? []
        : [{ index, problem }];
    });

  it('finds nothing wrong with it as it was written', () => {
    expect(verifyRecords(records)).toEqual({ chains: [{ chain: 'foo', entries: 204 }], problems: [] });
  });

  it('names the entry any field of which was changed', () => {
    const fields = [...new Set(entries.flatMap((entry) => Object.keys(entry)))] as (keyof AuditEntry)[];
    expect(fields).toHaveLength(19);
    for (const field of fields) {
      const change = (index: number) =>
        records.with(index, { ...entries[index], [field]: otherThan(entries[index]?.[field]) } as AuditEntry);
      expect({ field, missed: missed(change) }).toEqual({ field, missed: [] });
    }
  });

  it('names the entry a field of which is gone, or new', () => {
    for (const field of ['why', 'who', 'hash', 'previous', 'seq']) {
      const { ...bare } = { [field]: undefined };
      const change = (index: number) =>
        field in (entries[index] ?? {}) ? records.with(index, { ...entries[index], ...bare } as AuditEntry) : [];
      const all = missed(change).filter(({ index }) => field in (entries[index] ?? {}));
      expect({ field, all }).toEqual({ field, all: [] });
    }
    expect(missed((index) => records.with(index, { ...entries[index], extra: 1 } as unknown as AuditEntry))).toEqual(
      [],
    );
  });

  it('names the entry that was changed and hashed anew', () => {
    const fields = ['at', 'kind', 'action', 'who', 'what', 'from', 'outcome', 'id', 'previous', 'seq', 'day', 'chain'];
    for (const field of fields) {
      const change = (index: number) => {
        const entry = entries[index];
        if (entry === undefined) return records;
        const value = field === 'kind' ? 'lock' : otherThan(entry[field as keyof AuditEntry]);
        return records.with(index, rehashed({ ...entry, [field]: value }));
      };
      expect({ field, missed: missed(change) }).toEqual({ field, missed: [] });
    }
  });

  it('names the entry that was deleted', () => {
    expect(missed((index) => without(records, index))).toEqual([]);
  });

  it('names the entry that two were swapped at, and calls it reordered', () => {
    const random = createRandom(1);
    const swap = (one: number, other: number): readonly AuditRecord[] =>
      records.with(one, at(other)).with(other, at(one));
    const last = entries.length - 1;
    for (let index = 0; index < last; index += 1) {
      for (const other of [index + 1, index + 1 + Math.floor(random() * (last - index))]) {
        const { problems } = verifyRecords(swap(index, other));
        expect({ index, other, problems }).toEqual({
          index,
          other,
          problems: [{ chain: 'foo', kind: 'reordered', at: placeOf(records[index]) }],
        });
      }
    }
  });

  it('names the entry beside which another was put in', () => {
    const copy = (index: number) => records.toSpliced(index, 0, at(index));
    expect(missed(copy)).toEqual([]);
    const broken = (index: number) => records.toSpliced(index, 0, { ...entries[index], who: 'UEVE' } as AuditEntry);
    expect(missed(broken)).toEqual([]);
    const forged = (index: number) =>
      records.toSpliced(index, 0, rehashed({ ...at(index), who: 'UEVE', id: 'forged' }));
    expect(missed(forged)).toEqual([]);
  });

  it('names the first entry that is missing from the end, with and without the end of the chain', () => {
    const cut = (index: number) => [...entries.slice(0, index), ...records.slice(-1)];
    // That a day was complete shows only in the next one.
    const isFirstOfDay = (index: number) => at(index).seq === 1;
    expect(missed(cut).filter(({ index }) => !isFirstOfDay(index))).toEqual([]);
    for (const index of [0, 120, 121]) {
      expect(verifyRecords(cut(index)).problems).toMatchObject([{ kind: 'cut' }]);
      if (index > 0) expect(verifyRecords(cut(index)).problems[0]?.at?.seq).toBe(at(index - 1).seq + 1);
    }
    const { problems } = verifyRecords(entries);
    expect(problems).toEqual([{ chain: 'foo', kind: 'cut', at: { ...placeOf(entries.at(-1)), seq: 84 } }]);
    expect(verifyRecords(entries.slice(0, 50)).problems).toMatchObject([{ kind: 'cut', at: { seq: 51 } }]);
  });

  it('shows that an end was replaced', () => {
    const end = { ...records.at(-1), hash: 'a'.repeat(64) };
    expect(verifyRecords([...entries, end]).problems).toMatchObject([{ kind: 'tampered', at: { seq: 83 } }]);
    const early = { ...records.at(-1), seq: 20 };
    expect(verifyRecords([...entries, early]).problems).toMatchObject([{ kind: 'inserted', at: { seq: 83 } }]);
  });

  it('takes lines of text, and names the entry that one which is no JSON stands for', () => {
    const verifier = createVerifier();
    const lines = records.map((record) => JSON.stringify(record)).with(9, '{"schema":1,');
    for (const line of lines) verifier.take(parseAuditLine(line));
    expect(verifier.end().problems).toEqual([{ chain: 'foo', kind: 'tampered', at: placeOf(records[9]) }]);
  });

  it('goes on with the chains behind one that is not as it was', () => {
    const bar = entries.map((entry) => ({ ...entry }));
    const two = [...without(records, 3), ...bar.map((entry) => ({ ...entry, who: 'x' }))];
    const { problems, chains } = verifyRecords([...without(records, 3), ...records.map((record) => record)]);
    expect(chains).toHaveLength(2);
    expect(problems).toHaveLength(1);
    expect(verifyRecords(two).problems[0]).toMatchObject({ kind: 'cut', at: placeOf(records[3]) });
  });
});
