import { CoxswainError } from '../../src/model/errors';
import {
  mostDocumentBytes,
  type Claimed,
  type DocumentKind,
  type DocumentStore,
  type ListQuery,
  type UpdateOptions,
  type Versioned,
} from '../../src/engine/ports/document-store';

type Row = {
  readonly kind: string;
  readonly id: string;
  json: string;
  /** What the JSON says, read when it is first asked for: documents are not changed in place. */
  parsed?: unknown;
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

const documentOf = <T>(row: Row): T => (row.parsed ??= JSON.parse(row.json)) as T;

const read = <T>(row: Row): Versioned<T> => ({
  id: row.id,
  version: row.version,
  document: documentOf<T>(row),
});

/** Implements the port with a map; `now` decides whether a lease still holds. */
export function createMemoryStore(now: () => number): MemoryStore {
  const rows = new Map<string, Row>();
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
    const before = documentOf<T>(row);
    const after = work(before);
    if (after !== before) {
      row.json = toJson(kind.name, row.id, after, maxBytes?.(after));
      row.parsed = undefined;
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
    get: <T>(kind: DocumentKind<T>, id: string) => {
      const row = find(kind.name, id);
      return Promise.resolve(row === undefined ? undefined : read<T>(row));
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
      return Promise.resolve(read<T>(row));
    },
    delete: (kind, id) => Promise.resolve(rows.delete(`${kind.name}/${id}`)),
    list: <T>(kind: DocumentKind<T>, query: ListQuery = {}) => {
      const { index, limit = 100 } = query;
      const found = [...rows.values()]
        .filter((row) => row.kind === kind.name && (index === undefined || row.indexes[index.name] === index.value))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      return Promise.resolve((query.newestFirst ? found.reverse() : found).slice(0, limit).map((row) => read<T>(row)));
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
      const due = [...rows.values()]
        .filter((row) => kinds.includes(row.kind) && row.due !== null && row.due <= at && !isLeased(row, at))
        .sort((a, b) => (a.due ?? 0) - (b.due ?? 0))
        .slice(0, limit);
      return Promise.resolve(
        due.map((row): Claimed => {
          row.lease = { owner, until: at + leaseMs };
          row.touched = null;
          return { ...read<unknown>(row), kind: row.kind };
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
        .filter((row) => kinds.includes(row.kind) && row.due !== null)
        .map((row) => Math.max(row.due ?? 0, isLeased(row, at) ? (row.lease?.until ?? 0) : 0));
      return Promise.resolve(times.length === 0 ? undefined : Math.min(...times));
    },
    close: () => Promise.resolve(),
  };
}
