import type { DocumentStore } from '../../engine/ports/document-store';
import type { AuditEntry } from '../../model/audit';
import { auditHeadKind, idAfterDay, openPageId, pageId, pageSize, type AuditHead } from './documents';
import { isIn, readPages, type DayRange } from './read-pages';

/** A place in a chain. */
type Place = { readonly day: string; readonly seq: number };

/** Which entries are wanted, and how many. `before` is a place in the chain that the newest of them stands before. */
export type LatestQuery = DayRange & {
  readonly before?: Place;
  readonly isWanted: (entry: AuditEntry) => boolean;
  readonly limit: number;
};

/** What was found, newest first. */
export type Latest = {
  readonly entries: readonly AuditEntry[];
  /** The oldest entry that was looked at, where there was more to look through than one answer looks through. */
  readonly lookedTo?: Place;
};

/** How many pages are looked through for one answer, of however many chains. */
const mostPages = 250;
/** How many pages are read at once. */
const mostAtOnce = 10;
/** A page that was closed when a day ended and the clock went back then is shorter than others: so many of a day may be. */
const shortPages = 5;

const isEarlier = ({ day, seq }: AuditEntry, before: Place | undefined): boolean =>
  before === undefined || day < before.day || (day === before.day && seq < before.seq);

/** The id that all pages come before which may hold what is asked for. */
function upperId(head: AuditHead, { to, before }: LatestQuery): string {
  const { chain } = head;
  const bounds = [openPageId(head)];
  if (to !== undefined) bounds.push(idAfterDay(chain, to));
  if (before !== undefined) bounds.push(pageId(chain, before.day, Math.ceil(before.seq / pageSize) + 1 + shortPages));
  return bounds.reduce((least, bound) => (bound < least ? bound : least));
}

/** Goes through a chain from its newest entry to its oldest. */
class BackwardWalk {
  readonly #store: DocumentStore;
  readonly #query: LatestQuery;
  readonly #chain: string;
  readonly found: AuditEntry[] = [];
  /** The oldest entry that was looked at. */
  oldest: AuditEntry | undefined;
  isOver = false;
  pages = 0;
  #after: string;

  constructor(store: DocumentStore, head: AuditHead, query: LatestQuery) {
    this.#store = store;
    this.#query = query;
    this.#chain = head.chain;
    this.#after = upperId(head, query);
    if (isIn(head.day, query)) this.#look(head.open);
  }

  /** What is not looked at yet happened before that; in the order of time only as far as it was written down in it. */
  get reachedAt(): number {
    return this.oldest?.at ?? Infinity;
  }

  /** Reads some pages, `most` at most, at first one: most of what is asked for is among the newest. */
  async step(most: number): Promise<void> {
    const limit = Math.min(mostAtOnce, most, this.pages + 1);
    const pages = await readPages(this.#store, this.#chain, { after: this.#after, newestFirst: true, limit });
    const asked = pages.filter(({ day }) => isIn(day, this.#query));
    for (const { entries } of asked) this.#look(entries);
    this.pages += pages.length;
    this.#after = pages.at(-1)?.id ?? this.#after;
    this.isOver = asked.length < limit;
  }

  #look(entries: readonly AuditEntry[]): void {
    const { before, isWanted } = this.#query;
    const earlier = entries.filter((entry) => isEarlier(entry, before));
    this.found.push(...earlier.filter(isWanted).toReversed());
    this.oldest = earlier[0] ?? this.oldest;
  }
}

/** How many of the wanted ones are sure to be newer than what is not looked at yet. */
function countSettled(walks: readonly BackwardWalk[], next: BackwardWalk): number {
  const isSettled = (walk: BackwardWalk) => (entry: AuditEntry) => walk === next || entry.at >= next.reachedAt;
  return walks.reduce((sum, walk) => sum + walk.found.filter(isSettled(walk)).length, 0);
}

const pagesRead = (walks: readonly BackwardWalk[]): number => walks.reduce((sum, { pages }) => sum + pages, 0);

/** Steps whichever chain has been followed back least, until enough was found; the chain at which it was given up. */
async function walkBack(walks: readonly BackwardWalk[], limit: number): Promise<BackwardWalk | undefined> {
  for (;;) {
    const [next] = walks
      .filter(({ isOver }) => !isOver)
      .toSorted((one, other) => (one.reachedAt === other.reachedAt ? 0 : other.reachedAt - one.reachedAt));
    if (next === undefined || countSettled(walks, next) >= limit) return undefined;
    const left = mostPages - pagesRead(walks);
    if (left <= 0) return next;
    await next.step(left);
  }
}

/**
 * The newest entries of some chains that are wanted: of one in its order, of several in that of time. At most 250 pages are
 * looked through, of all of them together.
 */
export async function readLatest(store: DocumentStore, chains: readonly string[], query: LatestQuery): Promise<Latest> {
  const heads = await Promise.all(chains.map(async (chain) => (await store.get(auditHeadKind, chain))?.document));
  const walks = heads.filter((head) => head !== undefined).map((head) => new BackwardWalk(store, head, query));
  const stopped = await walkBack(walks, query.limit);
  const found = walks.flatMap((walk) => walk.found);
  const newest = walks.length > 1 ? found.toSorted((one, other) => other.at - one.at) : found;
  const { oldest } = stopped ?? {};
  return {
    entries: newest.slice(0, query.limit),
    ...(oldest === undefined ? {} : { lookedTo: { day: oldest.day, seq: oldest.seq } }),
  };
}
