import type { DocumentStore } from '../../engine/ports/document-store';
import type { AuditEntry } from '../../model/audit';
import type { AuditEnd, AuditRecord } from './audit-line';
import { noHash } from './chain';
import { auditHeadKind, auditPageKind, dayValue, pageId, type AuditHead } from './documents';

/** Days, both of them included; absent is without a bound. */
export type DayRange = { readonly from?: string; readonly to?: string };

/** Which chains of the log, in their order, and which days of them. */
export type AuditScope = DayRange & { readonly chains: readonly string[] };

/** Where an export goes on: the chain by its place in the scope, the day from which, and the page of that day. */
export type ExportCursor = { readonly chain: number; readonly day: string; readonly page: number };

/** Some records of an export in their order, and where the next are; absent after the last. */
export type ExportPart = { readonly records: readonly AuditRecord[]; readonly next?: ExportCursor };

const mostDays = 100_000;
/** Pages read for one part of an export. */
const pagesPerPart = 10;

const isIn = (day: string, { from, to }: DayRange): boolean =>
  (from === undefined || day >= from) && (to === undefined || day <= to);

/** The days of a chain that have complete pages, oldest first. */
async function daysWithPages(store: DocumentStore, chain: string): Promise<readonly string[]> {
  const first = await store.list(auditPageKind, { index: { name: 'first', value: chain }, limit: mostDays });
  return first.map(({ document }) => document.day);
}

async function daysOf(store: DocumentStore, head: AuditHead): Promise<readonly string[]> {
  const days = await daysWithPages(store, head.chain);
  return days.includes(head.day) ? days : [...days, head.day];
}

async function lastPageOf(store: DocumentStore, head: AuditHead, day: string): Promise<number> {
  if (day === head.day) return head.page - 1;
  const index = { name: 'day', value: dayValue(head.chain, day) };
  const [last] = await store.list(auditPageKind, { index, newestFirst: true, limit: 1 });
  return last?.document.page ?? 0;
}

/** The entries of a page; none where it is gone, which shows in the count. */
async function readPage(
  store: DocumentStore,
  chain: string,
  day: string,
  page: number,
): Promise<readonly AuditEntry[]> {
  return (await store.get(auditPageKind, pageId(chain, day, page)))?.document.entries ?? [];
}

/** The last entry before a day, as the entry after it says; the head's own where no day follows. */
async function endOf(store: DocumentStore, head: AuditHead, { from, to }: DayRange): Promise<AuditEnd> {
  const base = { type: 'end' as const, chain: head.chain, ...(from === undefined ? {} : { from }) };
  const at = (place: { readonly day: string; readonly seq: number } | undefined, hash: string): AuditEnd =>
    place === undefined ? { ...base, seq: 0, hash: noHash } : { ...base, day: place.day, seq: place.seq, hash };
  const later = to === undefined ? undefined : (await daysOf(store, head)).find((day) => day > to);
  const isOpen = later === undefined || later === head.day;
  const [first] = later === undefined ? [] : await readPage(store, head.chain, later, 1);
  const next = first ?? (isOpen && later !== undefined ? head.open[0] : undefined);
  if (next !== undefined) return at(next.follows, next.previous);
  return at(head.seq === 0 ? head.follows : head, head.hash);
}

async function partOfDay(
  store: DocumentStore,
  head: AuditHead,
  { day, page }: ExportCursor,
): Promise<{ readonly entries: readonly AuditEntry[]; readonly nextPage?: number }> {
  const last = await lastPageOf(store, head, day);
  const end = Math.min(last, page + pagesPerPart - 1);
  const entries: AuditEntry[] = [];
  for (let number = page; number <= end; number += 1) entries.push(...(await readPage(store, head.chain, day, number)));
  if (end < last) return { entries, nextPage: end + 1 };
  return { entries: day === head.day ? [...entries, ...head.open] : entries };
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
  const following = { chain: cursor.chain + 1, day: '', page: 1 };
  const goOn = following.chain < scope.chains.length ? { next: following } : {};
  // Read before the pages: those before its own are complete then.
  const head = (await store.get(auditHeadKind, chain))?.document;
  if (head === undefined) return { records: [], ...goOn };
  const days = (await daysOf(store, head)).filter((day) => isIn(day, scope) && day >= cursor.day);
  const [day, later] = days;
  if (day === undefined) return { records: [await endOf(store, head, scope)], ...goOn };
  const part = await partOfDay(store, head, { ...cursor, day, page: day === cursor.day ? cursor.page : 1 });
  if (part.nextPage !== undefined)
    return { records: part.entries, next: { chain: cursor.chain, day, page: part.nextPage } };
  if (later !== undefined) return { records: part.entries, next: { chain: cursor.chain, day: later, page: 1 } };
  return { records: [...part.entries, await endOf(store, head, scope)], ...goOn };
}

/** Which entries are wanted, and how many. `before` is a place in the chain that the newest of them stands before. */
export type LatestQuery = DayRange & {
  readonly before?: { readonly day: string; readonly seq: number };
  readonly isWanted: (entry: AuditEntry) => boolean;
  readonly limit: number;
};

/** How many pages are looked through for one answer. */
const mostPages = 250;

async function* pagesBackwards(store: DocumentStore, head: AuditHead, query: LatestQuery) {
  const days = (await daysOf(store, head)).filter(
    (day) => isIn(day, query) && (query.before === undefined || day <= query.before.day),
  );
  for (const day of days.toReversed()) {
    if (day === head.day) yield head.open;
    for (let page = await lastPageOf(store, head, day); page > 0; page -= 1)
      yield await readPage(store, head.chain, day, page);
  }
}

/** The newest entries of a chain that are wanted, newest first; at most 250 pages are looked through. */
export async function readLatest(
  store: DocumentStore,
  chain: string,
  query: LatestQuery,
): Promise<readonly AuditEntry[]> {
  const head = (await store.get(auditHeadKind, chain))?.document;
  if (head === undefined) return [];
  const { before, isWanted, limit } = query;
  const isEarlier = ({ day, seq }: AuditEntry) =>
    before === undefined || day < before.day || (day === before.day && seq < before.seq);
  const found: AuditEntry[] = [];
  let pages = 0;
  for await (const page of pagesBackwards(store, head, query)) {
    found.push(...page.filter((entry) => isEarlier(entry) && isWanted(entry)).toReversed());
    pages += 1;
    if (found.length >= limit || pages >= mostPages) break;
  }
  return found.slice(0, limit);
}
