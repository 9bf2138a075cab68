import type { DocumentStore, ListQuery } from '../../engine/ports/document-store';
import type { AuditEntry } from '../../model/audit';
import { auditPageKind } from './documents';

/** Days, both of them included; absent is without a bound. */
export type DayRange = { readonly from?: string; readonly to?: string };

/** Whether a day is one of a range. */
export const isIn = (day: string, { from, to }: DayRange): boolean =>
  (from === undefined || day >= from) && (to === undefined || day <= to);

/** A page where it stands, which its id tells whatever was written into it. */
export type PlacedPage = {
  readonly id: string;
  readonly day: string;
  readonly page: number;
  readonly entries: readonly AuditEntry[];
};

/**
 * The pages of a chain that come after an id, in the order asked for: `limit` of them, and fewer only where there are no more.
 * One read of the store, whatever the days.
 */
export async function readPages(
  store: DocumentStore,
  chain: string,
  query: Required<Pick<ListQuery, 'after' | 'limit'>> & Pick<ListQuery, 'newestFirst'>,
): Promise<readonly PlacedPage[]> {
  const found = await store.list(auditPageKind, query);
  // What belongs to other chains stands before or behind all pages of this one.
  const own = found.filter(({ id }) => id.startsWith(`${chain}/`));
  return own.map(({ id, document: { entries } }) => {
    const [day = '', page = ''] = id.slice(chain.length + 1).split('/');
    return { id, day, page: Number(page), entries };
  });
}
