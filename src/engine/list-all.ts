import type { DocumentKind, DocumentStore, ListQuery, Versioned } from './ports/document-store';

/** How many documents are read at once. */
const pageSize = 200;

/**
 * All documents of a kind, or of one value of an index, by id, read in pages: one that is created, or moves to another value,
 * while this reads may be missing, and every other one comes once.
 */
export async function* listAll<T>(
  store: DocumentStore,
  kind: DocumentKind<T>,
  index: ListQuery['index'],
): AsyncGenerator<Versioned<T>> {
  const where = index === undefined ? {} : { index };
  let page: readonly Versioned<T>[] = await store.list(kind, { ...where, limit: pageSize });
  yield* page;
  for (let last = page.at(-1); last !== undefined && page.length === pageSize; last = page.at(-1)) {
    page = await store.list(kind, { ...where, after: last.id, limit: pageSize });
    yield* page;
  }
}
