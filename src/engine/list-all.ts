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
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: readonly Versioned<T>[] = await store.list(kind, { ...where, after, limit: pageSize });
    yield* page;
    after = page.length < pageSize ? undefined : page.at(-1)?.id;
  }
}
