import type { DocumentStore } from './engine/ports/document-store';

/** A store that tells after each write of certain kinds, so that whoever handles them looks at once. */
export function hintingStore(store: DocumentStore, hints: Readonly<Record<string, () => void>>): DocumentStore {
  const tell = (kind: string) => hints[kind]?.();
  return {
    create: async (kind, id, document, options) => {
      const created = await store.create(kind, id, document, options);
      if (created && options?.due !== undefined) tell(kind.name);
      return created;
    },
    get: (kind, id) => store.get(kind, id),
    update: async (kind, id, change, options) => {
      const updated = await store.update(kind, id, change, options);
      if (options?.due !== undefined) tell(kind.name);
      return updated;
    },
    delete: (kind, id, options) => store.delete(kind, id, options),
    list: (kind, query) => store.list(kind, query),
    count: (kind, index) => store.count(kind, index),
    touch: async (kind, id, at) => {
      await store.touch(kind, id, at);
      tell(kind.name);
    },
    claimDue: (query) => store.claimDue(query),
    renew: (kind, id, owner, until) => store.renew(kind, id, owner, until),
    nextDue: (kinds, now) => store.nextDue(kinds, now),
    close: () => store.close(),
  };
}
