import { upgradeDocument } from '../../src/engine/upgrade-document';
import type { StoredDocument, DocumentKind, DocumentStore, Versioned } from '../../src/engine/ports/document-store';

type Stored = { version: number; text: string; indexes: Readonly<Record<string, string>> };

const unsupported = (): Promise<never> => Promise.reject(new Error('The store of these tests keeps no due times.'));

/** Documents in memory, as JSON, so that nothing is shared by accident. `texts` shows everything kept. */
export function createApiStore(): DocumentStore & { readonly texts: () => readonly string[] } {
  const kinds = new Map<string, Map<string, Stored>>();
  const documentsOf = (name: string) => {
    const found = kinds.get(name) ?? new Map<string, Stored>();
    kinds.set(name, found);
    return found;
  };
  const read = <T>(kind: DocumentKind<T>, id: string, stored: Stored): Versioned<T> => ({
    id,
    version: stored.version,
    document: upgradeDocument(kind, id, JSON.parse(stored.text) as StoredDocument),
  });
  const put = <T>(kind: DocumentKind<T>, id: string, document: T, version: number) =>
    documentsOf(kind.name).set(id, { version, text: JSON.stringify(document), indexes: kind.indexes(document) });
  const matching = (name: string, index?: { name: string; value: string }) =>
    [...documentsOf(name)]
      .filter(([, stored]) => index === undefined || stored.indexes[index.name] === index.value)
      .sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    create: (kind, id, document) => {
      if (documentsOf(kind.name).has(id)) return Promise.resolve(false);
      put(kind, id, document, 1);
      return Promise.resolve(true);
    },
    get: async (kind, id) => {
      const stored = documentsOf(kind.name).get(id);
      return Promise.resolve(stored === undefined ? undefined : read(kind, id, stored));
    },
    update: (kind, id, change) => {
      const stored = documentsOf(kind.name).get(id);
      if (stored === undefined) return Promise.resolve(undefined);
      const before = read(kind, id, stored);
      const after = change(before.document);
      const version = after === before.document ? stored.version : stored.version + 1;
      put(kind, id, after, version);
      return Promise.resolve({ id, version, document: after });
    },
    delete: (kind, id) => Promise.resolve(documentsOf(kind.name).delete(id)),
    list: <T>(kind: DocumentKind<T>, query: { index?: { name: string; value: string }; limit?: number } = {}) =>
      Promise.resolve(
        matching(kind.name, query.index)
          .slice(0, query.limit ?? 100)
          .map(([id, stored]) => read(kind, id, stored)),
      ),
    count: (kind, index) => Promise.resolve(matching(kind.name, index).length),
    touch: () => Promise.resolve(),
    claimDue: unsupported,
    renew: unsupported,
    nextDue: unsupported,
    close: () => Promise.resolve(),
    texts: () => [...kinds.values()].flatMap((documents) => [...documents.values()].map(({ text }) => text)),
  };
}
