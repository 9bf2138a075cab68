import type { Clock } from '../../engine/clock';
import type { DocumentStore } from '../../engine/ports/document-store';
import { redactJson } from '../../http-client/redact';
import type { AuditEntry, AuditFact } from '../../model/audit';
import { chainOf, dayOf, noHash, seal } from './chain';
import { auditHeadKind, auditPageKind, eventIndex, pageId, pageSize, type AuditHead } from './documents';

/** Where what happens is written down. */
export type AuditLog = {
  /**
   * Appends facts in their order, each once however often it is told: the id of its event decides. When it resolves they are
   * safe; whoever tells of an event forgets it only then.
   */
  readonly record: (facts: readonly AuditFact[]) => Promise<void>;
};

/** What a log needs; `secrets` are values that must not get into it, wherever they come from. */
export type AuditLogParts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly teamId: string;
  /** @default none */
  readonly secrets?: readonly string[];
};

/** Another writer was faster that often in a row: there are no more than a few. */
const mostTries = 100;

const isSamePage = (one: AuditHead, other: AuditHead): boolean => one.day === other.day && one.page === other.page;

const has = ({ open }: AuditHead, { id }: AuditFact): boolean => open.some((entry) => entry.id === id);

/** The head with as many of the facts as have room, those left out that are in it. Pure. */
function extendHead(head: AuditHead, facts: readonly AuditFact[]): AuditHead {
  if (head.isClosed === true) return head;
  let next = head;
  for (const fact of facts) {
    if (next.open.length >= pageSize || has(next, fact)) continue;
    const entry: AuditEntry = seal(fact, next);
    next = { ...next, seq: entry.seq, hash: entry.hash, open: [...next.open, entry] };
  }
  return next;
}

/** The head after its open entries became a page. Pure. */
function turnHead({ follows, isClosed: _isClosed, ...head }: AuditHead, today: string): AuditHead {
  const { day, seq } = head;
  if (today <= day) return { ...head, ...(follows === undefined ? {} : { follows }), page: head.page + 1, open: [] };
  const last = seq === 0 ? follows : { day, seq };
  return { ...head, day: today, seq: 0, page: 1, open: [], ...(last === undefined ? {} : { follows: last }) };
}

/**
 * A chain is a head and pages. An append is one compare-and-set of the head, so that no crash can leave half of it and no two
 * writers can go on from one entry. Open entries become a page in three steps, each of which may be done again: the head is
 * closed, so that the entries stay as they are; they are written as a page; the head goes on without them.
 */
class ChainWriter {
  readonly #parts: AuditLogParts;
  readonly #chain: string;

  constructor(parts: AuditLogParts, chain: string) {
    this.#parts = parts;
    this.#chain = chain;
  }

  async append(facts: readonly AuditFact[]): Promise<void> {
    let left = facts;
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries >= mostTries) throw new Error(`The audit log of ${this.#chain} could not be written.`);
      const head = await this.#head();
      if (head.isClosed === true || head.open.length >= pageSize || this.#today() > head.day) await this.#turn(head);
      else left = await this.#extend(head, left);
    }
  }

  // A clock that goes back leaves the chain on its day.
  #today(): string {
    return dayOf(this.#parts.clock.now());
  }

  async #head(): Promise<AuditHead> {
    const { store, teamId } = this.#parts;
    const found = await store.get(auditHeadKind, this.#chain);
    if (found !== undefined) return found.document;
    const place = { chain: this.#chain, day: this.#today(), seq: 0, hash: noHash };
    const head: AuditHead = { schema: 1, teamId, ...place, page: 1, open: [] };
    await store.create(auditHeadKind, this.#chain, head);
    return (await store.get(auditHeadKind, this.#chain))?.document ?? head;
  }

  /** Appends what is new; answers what is still to be appended. */
  async #extend(head: AuditHead, facts: readonly AuditFact[]): Promise<readonly AuditFact[]> {
    const { store } = this.#parts;
    // The pages before this one were there when the head was read; the change below counts for that page only.
    const isKnown = await Promise.all(facts.map(async (fact) => has(head, fact) || (await this.#isInPage(fact))));
    const fresh = facts.filter((_fact, index) => isKnown[index] === false);
    if (fresh.length === 0) return [];
    const saved = await store.update(auditHeadKind, this.#chain, (current) =>
      isSamePage(current, head) ? extendHead(current, fresh) : current,
    );
    const after = saved?.document;
    return after === undefined || !isSamePage(after, head) ? fresh : fresh.filter((fact) => !has(after, fact));
  }

  async #isInPage({ id }: AuditFact): Promise<boolean> {
    const index = { name: eventIndex(id), value: this.#chain };
    return (await this.#parts.store.count(auditPageKind, index)) > 0;
  }

  async #turn(head: AuditHead): Promise<void> {
    const { store, teamId } = this.#parts;
    const close = (current: AuditHead): AuditHead =>
      isSamePage(current, head) && current.isClosed !== true ? { ...current, isClosed: true } : current;
    const closed = (await store.update(auditHeadKind, this.#chain, close))?.document;
    if (closed?.isClosed !== true || !isSamePage(closed, head)) return;
    const { chain, day, page, open: entries } = closed;
    if (entries.length > 0)
      await store.create(auditPageKind, pageId(chain, day, page), { schema: 1, teamId, chain, day, page, entries });
    const today = this.#today();
    await store.update(auditHeadKind, this.#chain, (current) =>
      isSamePage(current, closed) && current.isClosed === true ? turnHead(current, today) : current,
    );
  }
}

/** Opens the log for writing. Several may write at once; those of one process wait for one another. */
export function createAuditLog(parts: AuditLogParts): AuditLog {
  const { secrets = [] } = parts;
  const busy = new Map<string, Promise<void>>();
  const append = (chain: string, facts: readonly AuditFact[]): Promise<void> => {
    const before = busy.get(chain) ?? Promise.resolve();
    const work = () => new ChainWriter(parts, chain).append(facts);
    const own: Promise<void> = before.then(work, work).finally(() => {
      if (busy.get(chain) === own) busy.delete(chain);
    });
    busy.set(chain, own);
    return own;
  };
  return {
    record: async (facts) => {
      const clean = (fact: AuditFact) => ({ ...(redactJson(fact, secrets) as AuditFact), id: fact.id });
      const ofChain = (chain: string) => facts.filter((fact) => chainOf(fact) === chain).map(clean);
      await Promise.all([...new Set(facts.map(chainOf))].map((chain) => append(chain, ofChain(chain))));
    },
  };
}
