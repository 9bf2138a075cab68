import type { Clock } from '../engine/clock';
import type { DocumentStore } from '../engine/ports/document-store';
import type { CoxswainError } from '../model/errors';
import { createDocumentCache } from './document-cache';
import { createGroupCommit } from './group-commit';
import { isBusy, openSqliteConnection } from './sqlite-connection';
import { createDocumentReads, createDocumentWrites, createParseRow } from './sqlite-documents';
import { createLeases } from './sqlite-leases';
import { prepareStatements } from './sqlite-statements';
import { createUnreadableDocuments } from './unreadable-documents';

/** Where the file lies and how its writer behaves. */
export type SqliteStoreOptions = {
  /** The database file on a local disk (not a network share); its folder is made. */
  readonly file: string;
  readonly clock: Clock;
  /** How long SQLite itself waits, blocking the thread; after it the store waits without blocking. @default 0 */
  readonly busyTimeoutMs?: number;
  /** How many writes share a commit, and the pause after as many. @default 16 and 2 ms */
  readonly groupCommit?: { readonly max: number; readonly pauseMs: number };
  /** False: a commit may be undone when the machine loses power, but not when the process dies. @default true */
  readonly survivesPowerLoss?: boolean;
  /** False leaves tidying the file up to its other connections, so that no commit here takes long. @default true */
  readonly checkpoints?: boolean;
  /**
   * Told once of each document that this build cannot read and that a list or a claim passes over, such as one written by a
   * newer build; must not throw.
   */
  readonly onUnreadable?: (error: CoxswainError) => void;
};

/** The embedded store, which has one executor and one outbox at a time. */
export type SqliteStore = DocumentStore & {
  /**
   * Ends every lease on these kinds, whoever has it: for the only one who claims them, at its start, so that what its dead
   * predecessor held need not wait for the lease's end. Harmless with the predecessor alive: the version decides.
   */
  readonly freeLeases: (kinds: readonly string[]) => Promise<void>;
};

const giveUpAfterMs = 5_000;
const cachedDocuments = 256;

/**
 * Opens the embedded store. Several threads and processes may open the same file, each its own store. Documents it
 * returns are frozen. Throws INVALID_INPUT when the file was written by a newer version; its methods reject with
 * INTERNAL when another connection holds the file for five seconds, and with INVALID_INPUT for a document of more than
 * 1,000,000 bytes.
 */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const { file, clock, busyTimeoutMs = 0, survivesPowerLoss = true, checkpoints = true } = options;
  const { groupCommit = { max: 16, pauseMs: 2 } } = options;
  const connection = openSqliteConnection({ file, busyTimeoutMs, survivesPowerLoss, checkpoints });
  const cache = createDocumentCache(cachedDocuments);
  const sql = prepareStatements(connection);
  const parse = createParseRow(sql, cache);
  const unreadable = createUnreadableDocuments(options.onUnreadable ?? (() => undefined));
  const reads = createDocumentReads(sql, parse, unreadable);
  const writes = createDocumentWrites(sql, parse, cache);
  const leases = createLeases(sql, parse, unreadable);
  const commits = createGroupCommit({
    begin: () => connection.exec('BEGIN IMMEDIATE'),
    commit: () => connection.exec('COMMIT'),
    rollback: () => {
      cache.clear();
      // SQLite rolls back by itself when the disk fails.
      if (connection.inTransaction) connection.exec('ROLLBACK');
    },
    isBusy,
    clock,
    ...groupCommit,
    giveUpAfterMs,
  });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await commits.close();
    // Leaves an empty WAL behind; with another connection open, that one does it when it closes.
    connection.pragma('wal_checkpoint(TRUNCATE)');
    connection.close();
  };
  return {
    create: (kind, id, document, { due = null } = {}) => commits.run(() => writes.create(kind, id, document, due)),
    get: (kind, id) => commits.read(() => reads.get(kind, id)),
    update: (kind, id, change, updateOptions = {}) => commits.run(() => writes.update(kind, id, change, updateOptions)),
    delete: (kind, id, deleteOptions = {}) => commits.run(() => writes.delete(kind.name, id, deleteOptions.version)),
    list: (kind, query = {}) => commits.read(() => reads.list(kind, query)),
    count: (kind, index) => commits.read(() => reads.count(kind.name, index)),
    touch: (kind, id, at) => commits.run(() => leases.touch(kind.name, id, at)),
    claimDue: async (query) => {
      if (!(await commits.read(() => leases.hasDue(query.kinds, query.now)))) return [];
      return commits.run(() => leases.claimDue(query));
    },
    renew: (kind, id, owner, until) => commits.run(() => leases.renew(kind, id, owner, until)),
    freeLeases: (kinds) => commits.run(() => leases.free(kinds)),
    nextDue: (kinds, now) => commits.read(() => leases.nextDue(kinds, now)),
    close: () => (closing ??= close()),
  };
}
