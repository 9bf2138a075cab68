import type { DocumentStore } from '../../src/engine/ports/document-store';

/** A store that counts what is read through it: reads, each `get`, `list` and `count`, and the documents they brought. */
export function createCountingStore(store: DocumentStore) {
  const counts = { reads: 0, documents: 0 };
  const counting: DocumentStore = {
    ...store,
    get: async (...call) => {
      const found = await store.get(...call);
      counts.reads += 1;
      counts.documents += found === undefined ? 0 : 1;
      return found;
    },
    list: async (...call) => {
      const found = await store.list(...call);
      counts.reads += 1;
      counts.documents += found.length;
      return found;
    },
    count: (...call) => ((counts.reads += 1), store.count(...call)),
  };
  return { store: counting, counts };
}
