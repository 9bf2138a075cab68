import {
  mostDocumentBytes,
  type DocumentKind,
  type ListQuery,
  type StoredDocument,
  type UpdateOptions,
  type Versioned,
} from '../engine/ports/document-store';
import { upgradeDocument } from '../engine/upgrade-document';
import { CoxswainError } from '../model/errors';
import type { DocumentCache } from './document-cache';
import type { Outcome } from './group-commit';
import type { SqliteStatements } from './sqlite-statements';
import type { UnreadableDocuments } from './unreadable-documents';

/** A row's identity and version, without its body. */
export type Row = { readonly serial: number; readonly version: number; readonly due: number | null };

/** A row that is read as one of its kind. */
type KnownRow = Pick<Row, 'serial' | 'version'> & { readonly id: string; readonly body?: string };

/**
 * Parses a row's body and brings it to the schema of this build, or takes what the cache holds for it. Throws
 * DOCUMENT_TOO_NEW, and INTERNAL where an upgrade fails.
 */
export type ParseRow = <T>(kind: DocumentKind<T>, row: KnownRow) => T;

/** A document's values in its indexes. */
type IndexValues = Readonly<Record<string, string>>;

/** Parses rows, reading a body only when the cache cannot answer. */
export function createParseRow(sql: SqliteStatements, cache: DocumentCache): ParseRow {
  return <T>(kind: DocumentKind<T>, { serial, version, id, body }: KnownRow): T => {
    const cached = cache.get(serial, version);
    if (cached !== undefined) return cached as T;
    const found = body ?? (sql.body.get(serial) as { readonly body: string }).body;
    const document = upgradeDocument(kind, id, JSON.parse(found) as StoredDocument);
    cache.put({ serial, version, document });
    return document;
  };
}

/** What every id comes after, by the order of a list: SQLite compares UTF-8, in which no character is above the last of Unicode. */
const beforeAll = { oldestFirst: '', newestFirst: '\u{10FFFF}' } as const;

/** The reads, as plain synchronous steps. */
export function createDocumentReads(sql: SqliteStatements, parse: ParseRow, unreadable: UnreadableDocuments) {
  const rowsOf = (kind: string, { index, newestFirst = false, after }: ListQuery, limit: number) => {
    const order = newestFirst ? 'newestFirst' : 'oldestFirst';
    const from = after ?? beforeAll[order];
    return (
      index === undefined
        ? sql.listAll[order].all(kind, from, limit)
        : sql.listIndexed[order].all(kind, index.name, index.value, from, limit)
    ) as (Row & { readonly id: string; readonly body: string })[];
  };
  return {
    get<T>(kind: DocumentKind<T>, id: string): Versioned<T> | undefined {
      const row = sql.find.get(kind.name, id) as Row | undefined;
      return row === undefined ? undefined : { id, version: row.version, document: parse(kind, { ...row, id }) };
    },

    list<T>(kind: DocumentKind<T>, query: ListQuery): readonly Versioned<T>[] {
      const { limit = 100 } = query;
      const known = unreadable.count();
      const found: Versioned<T>[] = [];
      for (const row of rowsOf(kind.name, query, limit + known)) {
        if (found.length === limit) break;
        const read = unreadable.tryRead(row, () => parse(kind, row));
        if (read !== undefined) found.push({ id: row.id, version: row.version, document: read.document });
      }
      // What was found unreadable only now took the place of others.
      return found.length < limit && unreadable.count() > known ? this.list(kind, query) : found;
    },

    count(kind: string, index: ListQuery['index']): number {
      const row = index === undefined ? sql.countAll.get(kind) : sql.countIndexed.get(kind, index.name, index.value);
      return (row as { readonly total: number }).total;
    },
  };
}

/** The writes, as plain synchronous steps inside a transaction that they may share. */
export function createDocumentWrites(sql: SqliteStatements, parse: ParseRow, cache: DocumentCache) {
  const writeIndexes = (kind: string, id: string, wanted: IndexValues): void => {
    const found = sql.indexesOf.all(kind, id) as { readonly name: string; readonly value: string }[];
    const current = new Map(found.map(({ name, value }) => [name, value]));
    for (const [name, value] of current) if (wanted[name] !== value) sql.deleteIndex.run(kind, name, value, id);
    for (const [name, value] of Object.entries(wanted)) {
      if (current.get(name) !== value) sql.insertIndex.run(kind, name, value, id);
    }
  };

  return {
    create<T>(kind: DocumentKind<T>, id: string, document: T, due: number | null): Outcome<boolean> {
      const prepared = attempt(() => ({
        body: toBody(kind.name, id, document),
        indexes: kind.indexes(document),
        due: wholeOrNull(due),
      }));
      if ('refused' in prepared) return prepared;
      const { changes } = sql.insert.run(kind.name, id, prepared.value.body, prepared.value.due);
      if (changes === 0) return { value: false };
      writeIndexes(kind.name, id, prepared.value.indexes);
      return { value: true };
    },

    update<T>(
      kind: DocumentKind<T>,
      id: string,
      change: (document: T) => T,
      options: UpdateOptions<T>,
    ): Outcome<Versioned<T> | undefined> {
      const row = sql.find.get(kind.name, id) as Row | undefined;
      if (row === undefined) return { value: undefined };
      // All that can be refused is worked out before anything is written: others share this transaction.
      const planned = attempt(() => {
        const before = parse(kind, { ...row, id });
        const document = change(before);
        const due = options.due === undefined ? row.due : wholeOrNull(options.due(document));
        const release = releaseOf(options, document);
        if (document === before) return { document, due, release };
        const body = toBody(kind.name, id, document, options.maxBytes?.(document));
        return { document, due, release, body, indexes: kind.indexes(document) };
      });
      if ('refused' in planned) return planned;
      const { document, due, release, body, indexes } = planned.value;
      if (body === undefined) {
        if (due !== row.due || release !== null) sql.move.run(due, release, row.serial);
        return { value: { id, version: row.version, document } };
      }
      const version = row.version + 1;
      sql.change.run(due, release, row.serial, version, body);
      writeIndexes(kind.name, id, indexes);
      cache.put({ serial: row.serial, version, document });
      return { value: { id, version, document } };
    },

    delete(kind: string, id: string, version?: number): Outcome<boolean> {
      const row = sql.find.get(kind, id) as Row | undefined;
      if (row === undefined || (version !== undefined && row.version !== version)) return { value: false };
      sql.deleteIndexes.run(kind, id);
      return { value: sql.deleteDocument.run(kind, id).changes > 0 };
    },
  };
}

const releaseOf = <T>({ release }: UpdateOptions<T>, document: T): string | null =>
  (typeof release === 'function' ? release(document) : release) ?? null;

/** Runs what may throw, before anything is written. */
export function attempt<T>(action: () => T): Outcome<T> {
  try {
    return { value: action() };
  } catch (error) {
    return { refused: error };
  }
}

function toBody(kind: string, id: string, document: unknown, maxBytes = mostDocumentBytes): string {
  // `undefined` for what JSON cannot hold at all, whatever the declared type says.
  const body = JSON.stringify(document) as string | undefined;
  if (body === undefined) {
    throw new CoxswainError('INTERNAL', { message: `The ${kind} ${id} is no JSON document.`, fields: { kind, id } });
  }
  const bytes = Buffer.byteLength(body);
  if (bytes <= Math.min(maxBytes, mostDocumentBytes)) return body;
  throw new CoxswainError('DOCUMENT_TOO_LARGE', {
    message:
      `Cannot store ${kind} ${id}: it has ${bytes} bytes, and a document stays within ${maxBytes}. ` +
      'Shorten it, or keep its large values in documents of their own.',
    fields: { kind, id, bytes, maxBytes },
  });
}

/** A time the database can hold; rounded up, so that nothing is due before it should be. */
export function wholeMs(at: number): number {
  if (Number.isFinite(at)) return Math.ceil(at);
  throw new CoxswainError('INTERNAL', { message: `A due time must be a number of milliseconds or null, not ${at}.` });
}

const wholeOrNull = (due: number | null): number | null => (due === null ? null : wholeMs(due));
