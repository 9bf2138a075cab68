import type { DocumentKind } from '../../engine/ports/document-store';
import type { AuditEntry } from '../../model/audit';
import type { ChainPlace } from './chain';

/** How many entries a page has; a page of the longest entries stays far below the size of a document. */
export const pageSize = 40;

/** The end of a chain and its newest entries; its id is the chain's name. An append is one change of it. */
export type AuditHead = ChainPlace & {
  readonly schema: 1;
  readonly teamId: string;
  /** The number that the open entries will have as a page, from 1 on each day. */
  readonly page: number;
  readonly open: readonly AuditEntry[];
  /** Nothing is appended any more until the open entries are a page. */
  readonly isClosed?: true;
};

/** Entries that are complete; written once. Its id is `chain/day/page`. */
export type AuditPage = {
  readonly schema: 1;
  readonly teamId: string;
  readonly chain: string;
  readonly day: string;
  readonly page: number;
  readonly entries: readonly AuditEntry[];
};

/** Heads; not listed by anything. */
export const auditHeadKind: DocumentKind<AuditHead> = { name: 'audit-head', indexes: () => ({}) };

/** The index under which the page that holds an event is found; its value is the chain. */
export const eventIndex = (id: string): string => `event ${id}`;

/** Pages, the first of each day listed by `first` (the chain), and all by each event in them. */
export const auditPageKind: DocumentKind<AuditPage> = {
  name: 'audit-page',
  indexes: ({ chain, page, entries }) => ({
    ...(page === 1 ? { first: chain } : {}),
    ...Object.fromEntries(entries.map(({ id }) => [eventIndex(id), chain])),
  }),
};

/** The id of a page; those of a chain stand together and sort by day and number. */
export const pageId = (chain: string, day: string, page: number): string =>
  `${chain}/${day}/${String(page).padStart(6, '0')}`;

/** The id that comes after those of all pages of a day, and before those of the next day: `0` is next to `/`. */
export const idAfterDay = (chain: string, day: string): string => `${chain}/${day}0`;

/** The id that the open entries will have as a page; those of all complete pages come before it. */
export const openPageId = ({ chain, day, page }: AuditHead): string => pageId(chain, day, page);
