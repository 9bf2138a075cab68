import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { CoxswainError } from '../model/errors';

/** An open SQLite file with our tables in it. */
export type SqliteConnection = InstanceType<typeof Database>;

/** The layout of the tables this version writes; kept in `PRAGMA user_version`. */
export const schemaVersion = 1;

// `serial` never repeats, so that a document made anew under an old id is not taken for the deleted one.
const tables = `
  CREATE TABLE IF NOT EXISTS documents (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    due INTEGER,
    lease_owner TEXT,
    lease_until INTEGER,
    touched INTEGER,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
  );
  CREATE INDEX IF NOT EXISTS documents_due ON documents (kind, due, lease_until) WHERE due IS NOT NULL;
  CREATE INDEX IF NOT EXISTS documents_leased ON documents (kind, lease_until) WHERE lease_until IS NOT NULL;
  CREATE TABLE IF NOT EXISTS indexes (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (kind, name, value, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS indexes_by_id ON indexes (kind, id);
`;

/** Whether another connection holds the file right now, so that the same can succeed a moment later. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return typeof error.code === 'string' && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

/** How a connection behaves. */
export type SqliteConnectionOptions = {
  readonly file: string;
  /** How long SQLite itself waits for others, blocking the thread. */
  readonly busyTimeoutMs: number;
  /** Whether a commit survives the death of the machine, not only that of the process. */
  readonly survivesPowerLoss: boolean;
  /** Whether a commit of this connection may carry the write-ahead log over into the file, which takes its time. */
  readonly checkpoints: boolean;
};

/**
 * Opens the file in WAL mode, making its folder and tables where they are missing. Throws INVALID_INPUT for a file written by
 * a newer version.
 */
export function openSqliteConnection(options: SqliteConnectionOptions): SqliteConnection {
  const { file, busyTimeoutMs, survivesPowerLoss, checkpoints } = options;
  mkdirSync(dirname(file), { recursive: true });
  // Opening may meet another process that is opening too; only here is it right to wait on the spot.
  const connection = new Database(file, { timeout: 5_000 });
  try {
    retryWhileBusy(() => connection.pragma('journal_mode = WAL'));
    connection.pragma(`synchronous = ${survivesPowerLoss ? 'FULL' : 'NORMAL'}`);
    if (!checkpoints) connection.pragma('wal_autocheckpoint = 0');
    retryWhileBusy(() => prepareTables(connection, file));
    connection.pragma(`busy_timeout = ${Math.max(0, Math.round(busyTimeoutMs))}`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function prepareTables(connection: SqliteConnection, file: string): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const found = readUserVersion(connection);
    if (found > schemaVersion) throw newerFile(file, found);
    if (found < schemaVersion) {
      connection.exec(tables);
      connection.pragma(`user_version = ${schemaVersion}`);
    }
    connection.exec('COMMIT');
  } catch (error) {
    connection.exec('ROLLBACK');
    throw error;
  }
}

function readUserVersion(connection: SqliteConnection): number {
  const row = connection.prepare('PRAGMA user_version').get() as { readonly user_version: number };
  return row.user_version;
}

function newerFile(file: string, found: number): CoxswainError {
  return new CoxswainError('INVALID_INPUT', {
    message:
      `Cannot open ${file}: it was written by a newer Coxswain (schema ${found}, this one knows ${schemaVersion}). ` +
      'Start the newer version, or name another file.',
    fields: { file, found, known: schemaVersion },
  });
}

// SQLite does not wait when a wait could become a deadlock (switching to WAL is such a case), so we look again.
function retryWhileBusy(action: () => void): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 1; ; attempt += 1) {
    try {
      action();
      return;
    } catch (error) {
      if (!isBusy(error) || attempt === 50) throw error;
      Atomics.wait(pause, 0, 0, 20);
    }
  }
}
