import type { SqliteConnection } from './sqlite-connection';

const listedColumns = 'd.id, d.serial, d.version, d.body';

/** What stands between the id that a list goes on after and those that follow, by the order of the list. */
const follows = { ASC: '>', DESC: '<' } as const;

// CROSS JOIN keeps the index first, so that rows come in its order and the limit stops early.
const listIndexed = (direction: 'ASC' | 'DESC') => `
  SELECT ${listedColumns} FROM indexes i CROSS JOIN documents d ON d.kind = i.kind AND d.id = i.id
  WHERE i.kind = ? AND i.name = ? AND i.value = ? AND i.id ${follows[direction]} ? ORDER BY i.id ${direction} LIMIT ?`;

const listAll = (direction: 'ASC' | 'DESC') =>
  `SELECT ${listedColumns} FROM documents d
  WHERE d.kind = ? AND d.id ${follows[direction]} ? ORDER BY d.id ${direction} LIMIT ?`;

// ?1 the due time, ?2 who gives the lease back (or NULL). What a touch asked for since the last claim is kept, however
// late the handler wants the document next.
const moved = `
  due = CASE WHEN touched IS NOT NULL AND (?1 IS NULL OR touched < ?1) THEN touched ELSE ?1 END,
  lease_until = CASE WHEN lease_owner = ?2 THEN NULL ELSE lease_until END,
  lease_owner = CASE WHEN lease_owner = ?2 THEN NULL ELSE lease_owner END`;

/** Every statement of the store. */
export type SqliteStatements = ReturnType<typeof prepareStatements>;

/** Prepares every statement once. Parameters are given in their order in the text, or by their number. */
export function prepareStatements(connection: SqliteConnection) {
  const prepare = (text: string) => connection.prepare(text);
  return {
    insert: prepare(
      'INSERT INTO documents (kind, id, version, body, due) VALUES (?, ?, 1, ?, ?) ON CONFLICT (kind, id) DO NOTHING',
    ),
    find: prepare('SELECT serial, version, due FROM documents WHERE kind = ? AND id = ?'),
    body: prepare('SELECT body FROM documents WHERE serial = ?'),
    // One statement for all that an update moves: each one rewrites the row with its whole body.
    change: prepare(`UPDATE documents SET ${moved}, version = ?4, body = ?5 WHERE serial = ?3`),
    move: prepare(`UPDATE documents SET ${moved} WHERE serial = ?3`),
    deleteDocument: prepare('DELETE FROM documents WHERE kind = ? AND id = ?'),
    deleteIndexes: prepare('DELETE FROM indexes WHERE kind = ? AND id = ?'),
    indexesOf: prepare('SELECT name, value FROM indexes WHERE kind = ? AND id = ?'),
    deleteIndex: prepare('DELETE FROM indexes WHERE kind = ? AND name = ? AND value = ? AND id = ?'),
    insertIndex: prepare('INSERT INTO indexes (kind, name, value, id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'),
    listAll: { oldestFirst: prepare(listAll('ASC')), newestFirst: prepare(listAll('DESC')) },
    listIndexed: { oldestFirst: prepare(listIndexed('ASC')), newestFirst: prepare(listIndexed('DESC')) },
    countAll: prepare('SELECT count(*) AS total FROM documents WHERE kind = ?'),
    countIndexed: prepare('SELECT count(*) AS total FROM indexes WHERE kind = ? AND name = ? AND value = ?'),
    // Only a touch during a lease is remembered: before a claim, the due time itself brings the document up.
    touch: prepare(`
      UPDATE documents SET
        due = CASE WHEN due IS NULL OR due > ?1 THEN ?1 ELSE due END,
        touched = CASE WHEN lease_owner IS NULL THEN touched WHEN touched IS NULL OR touched > ?1 THEN ?1 ELSE touched END
      WHERE kind = ?2 AND id = ?3`),
    due: prepare(`
      SELECT serial, id, version, due FROM documents
      WHERE kind = ? AND due IS NOT NULL AND due <= ? AND (lease_until IS NULL OR lease_until <= ?)
      ORDER BY due LIMIT ?`),
    lease: prepare('UPDATE documents SET lease_owner = ?, lease_until = ?, touched = NULL WHERE serial = ?'),
    renew: prepare('UPDATE documents SET lease_until = ? WHERE kind = ? AND id = ? AND lease_owner = ?'),
    freeLeases: prepare(
      'UPDATE documents SET lease_until = NULL, lease_owner = NULL WHERE kind = ? AND lease_until IS NOT NULL',
    ),
    nextFree: prepare(`
      SELECT serial, version, due FROM documents
      WHERE kind = ? AND due IS NOT NULL AND (lease_until IS NULL OR lease_until <= ?)
      ORDER BY due LIMIT ?`),
    nextExpiry: prepare(`
      SELECT min(max(due, lease_until)) AS at FROM documents
      WHERE kind = ? AND lease_until IS NOT NULL AND lease_until > ? AND due IS NOT NULL`),
  };
}
