import { upgradeDocument } from '../../src/engine/upgrade-document';
import { CoxswainError } from '../../src/model/errors';
import { createUnreadableDocuments } from '../../src/store/unreadable-documents';
import {
  mostDocumentBytes,
  type Claimed,
  type DocumentKind,
  type DocumentStore,
  type ListQuery,
  type StoredDocument,
  type UpdateOptions,
  type Versioned,
} from '../../src/engine/ports/document-store';

type Row = {
  readonly serial: number;
  readonly kind: string;
  readonly id: string;
  json: string;
  version: number;
  indexes: Readonly<Record<string, string>>;
  due: number | null;
  /** A touch after the claim survives the handler's update. */
  touched: number | null;
  lease: { readonly owner: string; readonly until: number } | undefined;
};

/** A store in memory for tests of what stands above it; `failNext` makes the next writes fail. */
export type MemoryStore = DocumentStore & { failNext(times: number): void };

function toJson(kind: string, id: string, document: unknown, maxBytes = mostDocumentBytes): string {
  const json = JSON.stringify(document);
  const bytes = Buffer.byteLength(json);
  if (bytes <= maxBytes) return json;
  throw new CoxswainError('DOCUMENT_TOO_LARGE', { message: `Cannot store ${kind} ${id}: it has ${bytes} bytes.` });
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  // Parsed JSON has no keys but its own; a list of them would cost as much as the rest.
  for (const key in value) freeze((value as Readonly<Record<string, unknown>>)[key]);
}

/** The rows of several stores that share them, as several connections share a file. */
export type MemoryRows = Map<string, Row>;

let serials = 0;
const nextSerial = () => (serials += 1);

/** Implements the port with a map; `now` decides whether a lease still holds. */
export function createMemoryStore(
  now: () => number,
  onUnreadable: (error: CoxswainError) => void = () => undefined,
  rows: MemoryRows = new Map(),
): MemoryStore {
  const parsed = new WeakMap<Row, { readonly version: number; readonly document: unknown }>();
  const documentOf = <T>(kind: DocumentKind<T>, row: Row): T => {
    const known = parsed.get(row);
    if (known?.version === row.version) return known.document as T;
    const document = upgradeDocument(kind, row.id, JSON.parse(row.json) as StoredDocument);
    freeze(document);
    parsed.set(row, { version: row.version, document });
    return document;
  };
  const read = <T>(kind: DocumentKind<T>, row: Row): Versioned<T> => ({
    id: row.id,
    version: row.version,
    document: documentOf(kind, row),
  });
  const unreadable = createUnreadableDocuments(onUnreadable);
  const isReadable = (kind: DocumentKind<never>, row: Row) =>
    unreadable.tryRead(row, () => documentOf(kind, row)) !== undefined;
  let failures = 0;
  const find = (kind: string, id: string) => rows.get(`${kind}/${id}`);
  const isLeased = (row: Row, at: number) => row.lease !== undefined && row.lease.until > at;
  const mayFail = () => {
    if (failures === 0) return;
    failures -= 1;
    throw new Error('The store is away.');
  };
  const change = <T>(
    row: Row,
    kind: DocumentKind<T>,
    work: (document: T) => T,
    maxBytes: UpdateOptions<T>['maxBytes'],
  ): T => {
    const before = documentOf(kind, row);
    const after = work(before);
    if (after !== before) {
      row.json = toJson(kind.name, row.id, after, maxBytes?.(after));
      row.version += 1;
      row.indexes = kind.indexes(after);
    }
    return after;
  };
  return {
    failNext: (times) => void (failures = times),
    create: async (kind, id, document, options) => {
      mayFail();
      if (find(kind.name, id) !== undefined) return false;
      rows.set(`${kind.name}/${id}`, {
        serial: nextSerial(),
        kind: kind.name,
        id,
        json: toJson(kind.name, id, document),
        version: 1,
        indexes: kind.indexes(document),
        due: options?.due ?? null,
        touched: null,
        lease: undefined,
      });
      return Promise.resolve(true);
    },
    get: async <T>(kind: DocumentKind<T>, id: string) => {
      const row = find(kind.name, id);
      return Promise.resolve(row === undefined ? undefined : read(kind, row));
    },
    update: async <T>(kind: DocumentKind<T>, id: string, work: (document: T) => T, options?: UpdateOptions<T>) => {
      mayFail();
      const row = find(kind.name, id);
      if (row === undefined) return undefined;
      const after = change(row, kind, work, options?.maxBytes);
      const release = typeof options?.release === 'function' ? options.release(after) : options?.release;
      if (options?.due !== undefined) {
        const due = options.due(after);
        row.due = row.touched === null ? due : Math.min(row.touched, due ?? row.touched);
        if (release !== undefined) row.touched = null;
      }
      if (release !== undefined && row.lease?.owner === release) row.lease = undefined;
      return Promise.resolve(read(kind, row));
    },
    delete: (kind, id, { version } = {}) => {
      const isOther = version !== undefined && find(kind.name, id)?.version !== version;
      return Promise.resolve(!isOther && rows.delete(`${kind.name}/${id}`));
    },
    list: <T>(kind: DocumentKind<T>, query: ListQuery = {}) => {
      const { index, limit = 100, after } = query;
      const found = [...rows.values()]
        .filter((row) => row.kind === kind.name && (index === undefined || row.indexes[index.name] === index.value))
        .filter((row) => isReadable(kind, row))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const ordered = query.newestFirst ? found.reverse() : found;
      const follows = ({ id }: Row) => after === undefined || (query.newestFirst ? id < after : id > after);
      return Promise.resolve(
        ordered
          .filter(follows)
          .slice(0, limit)
          .map((row) => read(kind, row)),
      );
    },
    count: (kind, index) =>
      Promise.resolve(
        [...rows.values()].filter(
          (row) => row.kind === kind.name && (index === undefined || row.indexes[index.name] === index.value),
        ).length,
      ),
    touch: (kind, id, at) => {
      const row = find(kind.name, id);
      if (row !== undefined) {
        row.due = Math.min(at, row.due ?? at);
        if (row.lease !== undefined) row.touched = Math.min(at, row.touched ?? at);
      }
      return Promise.resolve();
    },
    claimDue: ({ kinds, owner, now: at, leaseMs, limit }) => {
      // Few are due of many that there are: those are looked for once, not once for each kind.
      const ready = [...rows.values()].filter((row) => row.due !== null && row.due <= at && !isLeased(row, at));
      const due = kinds
        .flatMap((kind) => ready.filter((row) => row.kind === kind.name).map((row) => ({ kind, row })))
        .filter(({ kind, row }) => isReadable(kind, row))
        .sort((a, b) => (a.row.due ?? 0) - (b.row.due ?? 0))
        .slice(0, limit);
      return Promise.resolve(
        due.map(({ kind, row }): Claimed => {
          row.lease = { owner, until: at + leaseMs };
          row.touched = null;
          return { ...read<unknown>(kind as DocumentKind<unknown>, row), kind: row.kind };
        }),
      );
    },
    renew: (kind, id, owner, until) => {
      const row = find(kind, id);
      if (row?.lease?.owner !== owner || row.lease.until < now()) return Promise.resolve(false);
      row.lease = { owner, until };
      return Promise.resolve(true);
    },
    nextDue: (kinds, at) => {
      const times = [...rows.values()]
        .filter((row) => row.due !== null && kinds.includes(row.kind) && !unreadable.has(row))
        .map((row) => Math.max(row.due ?? 0, isLeased(row, at) ? (row.lease?.until ?? 0) : 0));
      return Promise.resolve(times.length === 0 ? undefined : Math.min(...times));
    },
    close: () => Promise.resolve(),
  };
}
