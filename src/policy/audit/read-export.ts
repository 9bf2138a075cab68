import type { DocumentStore } from '../../engine/ports/document-store';
import type { AuditEntry } from '../../model/audit';
import type { AuditEnd, AuditRecord } from './audit-line';
import { noHash } from './chain';
import { auditHeadKind, auditPageKind, idAfterDay, openPageId, pageId, type AuditHead } from './documents';
import { isIn, readPages, type DayRange, type PlacedPage } from './read-pages';

/** Which chains of the log, in their order, and which days of them. */
export type AuditScope = DayRange & { readonly chains: readonly string[] };

/** Where an export goes on: the chain by its place in the scope, the day from which, and the page of that day. */
export type ExportCursor = { readonly chain: number; readonly day: string; readonly page: number };

/** Some records of an export in their order, and where the next are; absent after the last. */
export type ExportPart = { readonly records: readonly AuditRecord[]; readonly next?: ExportCursor };

/** Pages read for one part of an export. */
const pagesPerPart = 10;

const entriesOf = (pages: readonly PlacedPage[]): readonly AuditEntry[] => pages.flatMap(({ entries }) => entries);

/** The place before an entry, as it says itself; undefined for the first of all. */
const placeBefore = ({ day, seq, follows }: AuditEntry) => (seq > 1 ? { day, seq: seq - 1 } : follows);

/** The first entry after a day; undefined where there is none. */
async function firstAfter(store: DocumentStore, head: AuditHead, day: string): Promise<AuditEntry | undefined> {
  const index = { name: 'first', value: head.chain };
  const [page] = await store.list(auditPageKind, { index, after: idAfterDay(head.chain, day), limit: 1 });
  return page?.document.entries[0] ?? (head.day > day ? head.open[0] : undefined);
}

/** The last entry before the days that were not asked for, as the entry after it says; the head's own where none follows. */
async function endOf(store: DocumentStore, head: AuditHead, { from, to }: DayRange): Promise<AuditEnd> {
  const base = { type: 'end' as const, chain: head.chain, ...(from === undefined ? {} : { from }) };
  const at = (place: { readonly day: string; readonly seq: number } | undefined, hash: string): AuditEnd =>
    place === undefined ? { ...base, seq: 0, hash: noHash } : { ...base, day: place.day, seq: place.seq, hash };
  const next = to === undefined ? undefined : await firstAfter(store, head, to);
  if (next !== undefined) return at(placeBefore(next), next.previous);
  return at(head.seq === 0 ? head.follows : head, head.hash);
}

/** Pages where the head has not been. What it completed since it was read is no such page: the next export has it. */
async function strayPages(
  store: DocumentStore,
  head: AuditHead,
  pages: readonly PlacedPage[],
): Promise<readonly PlacedPage[]> {
  const beyond = pages.filter(({ id }) => id > openPageId(head));
  const last = beyond.at(-1);
  if (last === undefined) return [];
  const now = (await store.get(auditHeadKind, head.chain))?.document ?? head;
  return openPageId(now) >= last.id ? [] : beyond;
}

/** The last records of a chain. Without its head it has no end, which shows that it was cut. */
async function endPart(
  store: DocumentStore,
  {
    head,
    pages,
    scope,
  }: { readonly head: AuditHead | undefined; readonly pages: readonly PlacedPage[]; scope: DayRange },
): Promise<readonly AuditRecord[]> {
  if (head === undefined) return entriesOf(pages);
  // The open entries may stand in a page already, while the head is about to go on without them.
  const complete = pages.filter(({ id }) => id < openPageId(head));
  const open = isIn(head.day, scope) ? head.open : [];
  const stray = await strayPages(store, head, pages);
  return [...entriesOf(complete), ...open, ...entriesOf(stray), await endOf(store, head, scope)];
}

/** The first part of an export. */
export const exportStart: ExportCursor = { chain: 0, day: '', page: 1 };

/**
 * Reads the next part of an export: entries of one chain, oldest first, and with the last of them the end of the chain. What is
 * appended meanwhile is read where its turn comes later, and not otherwise.
 */
export async function readExport(store: DocumentStore, scope: AuditScope, cursor: ExportCursor): Promise<ExportPart> {
  const chain = scope.chains[cursor.chain];
  if (chain === undefined) return { records: [] };
  // Read before the pages: those before its own are complete then.
  const head = (await store.get(auditHeadKind, chain))?.document;
  const { from = '' } = scope;
  const start = cursor.day < from ? pageId(chain, from, 0) : pageId(chain, cursor.day, cursor.page - 1);
  const found = await readPages(store, chain, { after: start, limit: pagesPerPart });
  const pages = found.filter(({ day }) => isIn(day, scope));
  const last = pages.at(-1);
  if (pages.length === pagesPerPart && last !== undefined)
    return { records: entriesOf(pages), next: { chain: cursor.chain, day: last.day, page: last.page + 1 } };
  const records = await endPart(store, { head, pages, scope });
  const following = cursor.chain + 1;
  return following < scope.chains.length ? { records, next: { ...exportStart, chain: following } } : { records };
}
