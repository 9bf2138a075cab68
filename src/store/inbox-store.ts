import type { Clock } from '../engine/clock';
import type { DocumentStore } from '../engine/ports/document-store';
import { openSqliteStore, type SqliteStore } from './sqlite-store';

/** The main store, the inbox in a file of its own, and the names of the kinds that arrive through it. */
export type InboxStoreOptions = {
  readonly store: DocumentStore;
  readonly inbox: DocumentStore;
  readonly kinds: readonly string[];
};

/**
 * The store as those see it who take requests in. New documents of the inbox's kinds go into a file that nobody else
 * writes at length, so that a request is durable without waiting for the executor's commits; the inbox mover brings them
 * into the main store. Until then `get` finds them in the inbox. `create` may answer true for an id that the main store
 * has already: the mover keeps the earlier one.
 */
export function createInboxStore({ store, inbox, kinds }: InboxStoreOptions): DocumentStore {
  const isIncoming = (name: string): boolean => kinds.includes(name);
  return {
    ...store,
    create: (kind, id, document, options) =>
      (isIncoming(kind.name) ? inbox : store).create(kind, id, document, options),
    get: async (kind, id) => {
      const found = await store.get(kind, id);
      if (found !== undefined || !isIncoming(kind.name)) return found;
      // Asked in this order, a document that is moved meanwhile is not missed: it is in the main store before it leaves.
      return (await inbox.get(kind, id)) ?? (await store.get(kind, id));
    },
  };
}

/** Opens the inbox for the one who fills it: what arrives waits for no rest, as nobody else writes there at length. */
export const openInbox = (file: string, clock: Clock): SqliteStore =>
  openSqliteStore({ file, clock, checkpoints: false, groupCommit: { max: 64, pauseMs: 0 } });
