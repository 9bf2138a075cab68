import type { DocumentStore } from '../../src/engine/ports/document-store';
import { auditFact, type AuditFact } from '../../src/model/audit';
import { readAuditLine, type AuditLine, type AuditRecord } from '../../src/policy/audit/audit-line';
import { exportStart, readExport, type AuditScope, type ExportCursor } from '../../src/policy/audit/read-log';
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
