import type { DocumentStore } from '../../src/engine/ports/document-store';
import { auditFact, type AuditEntry, type AuditFact } from '../../src/model/audit';
import { readAuditLine, type AuditLine, type AuditRecord } from '../../src/policy/audit/audit-line';
import { noHash, seal, type ChainPlace } from '../../src/policy/audit/chain';
import { auditHeadKind, auditPageKind, pageId } from '../../src/policy/audit/documents';
import { exportStart, readExport, type AuditScope, type ExportCursor } from '../../src/policy/audit/read-export';
import { createVerifier, type Verification } from '../../src/policy/audit/verify-chain';

/** A fact of `foo`; `fields` replaces what matters to a test. */
export const factOf = (id: string, fields: Partial<AuditFact> = {}): AuditFact =>
  auditFact({
    id,
    at: 0,
    kind: 'command',
    action: 'deploy',
    who: 'UANN',
    what: `deploy foo (${id})`,
    from: { surface: 'slack', channel: 'CH1' },
    application: 'foo',
    ...fields,
  });

/** Writes the pages of a chain, all of one day: with one entry each, unless told, whose ids are `foo-1` and so on. */
export async function fillChain(store: DocumentStore, chain: string, pages: number, pageLength = 1): Promise<void> {
  const day = '2026-01-01';
  let last: ChainPlace = { chain, day, seq: 0, hash: noHash };
  const append = (at: number): AuditEntry => {
    const entry = seal(factOf(`${chain}-${at}`, { application: chain, at }), last);
    last = { chain, day, seq: entry.seq, hash: entry.hash };
    return entry;
  };
  for (let page = 1; page <= pages; page += 1) {
    const entries = Array.from({ length: pageLength }, (_, index) => append((page - 1) * pageLength + index + 1));
    const fields = { schema: 1 as const, teamId: 'T1', chain, day, page };
    await store.create(auditPageKind, pageId(chain, day, page), { ...fields, entries });
  }
  await store.create(auditHeadKind, chain, { schema: 1, teamId: 'T1', ...last, page: pages + 1, open: [] });
}

/** A whole export. */
export async function exportAll(store: DocumentStore, scope: AuditScope): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  let cursor: ExportCursor | undefined = exportStart;
  while (cursor !== undefined) {
    const part = await readExport(store, scope, cursor);
    records.push(...part.records);
    cursor = part.next;
  }
  return records;
}

// Tests verify the same records again and again with one of them changed.
const linesRead = new WeakMap<object, AuditLine>();

function lineOf(record: object): AuditLine {
  const line = linesRead.get(record) ?? readAuditLine(record);
  linesRead.set(record, line);
  return line;
}

/** What a verification of these lines says. */
export function verifyRecords(records: readonly object[]): Verification {
  const verifier = createVerifier();
  for (const record of records) verifier.take(lineOf(record));
  return verifier.end();
}
