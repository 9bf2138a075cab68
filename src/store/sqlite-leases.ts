import type { Claimed, DocumentKind, DocumentStore } from '../engine/ports/document-store';
import type { Outcome } from './group-commit';
import { attempt, wholeMs, type ParseRow, type Row } from './sqlite-documents';
import type { SqliteStatements } from './sqlite-statements';
import type { UnreadableDocuments } from './unreadable-documents';

type DueRow = Row & { readonly id: string; readonly due: number };

type ClaimQuery = Parameters<DocumentStore['claimDue']>[0];

/** What is due, who works on it and for how long; plain synchronous steps, the writes inside a transaction. */
export function createLeases(sql: SqliteStatements, parse: ParseRow, unreadable: UnreadableDocuments) {
  const dueRows = (kind: string, now: number, limit: number): readonly DueRow[] => {
    const rows = sql.due.all(kind, now, now, limit + unreadable.count()) as DueRow[];
    return rows.filter((row) => !unreadable.has(row)).slice(0, limit);
  };
  const nextFree = (kind: string, now: number): readonly number[] => {
    const rows = sql.nextFree.all(kind, now, 1 + unreadable.count()) as (Row & { readonly due: number })[];
    return rows
      .filter((row) => !unreadable.has(row))
      .slice(0, 1)
      .map(({ due }) => due);
  };
  return {
    touch(kind: string, id: string, at: number): Outcome<undefined> {
      const due = attempt(() => wholeMs(at));
      if ('refused' in due) return due;
      sql.touch.run(due.value, kind, id);
      return { value: undefined };
    },

    /** Whether a claim would find anything; asked first, so that looking in vain costs no commit. */
    hasDue: (kinds: readonly DocumentKind<never>[], now: number): boolean =>
      kinds.some(({ name }) => dueRows(name, now, 1).length > 0),

    claimDue(query: ClaimQuery): Outcome<readonly Claimed[]> {
      const { kinds, owner, now, leaseMs, limit } = query;
      const found = kinds
        .flatMap((kind) => dueRows(kind.name, now, limit).map((row) => ({ kind, row })))
        .sort((one, other) => one.row.due - other.row.due || one.row.serial - other.row.serial)
        .slice(0, limit);
      const read = found.flatMap(({ kind, row }) => {
        const readable = unreadable.tryRead<unknown>(row, () => parse(kind, row));
        return readable === undefined ? [] : [{ kind: kind.name, row, document: readable.document }];
      });
      // What was found unreadable only now took the place of others.
      if (read.length < found.length) return this.claimDue(query);
      for (const { row } of read) sql.lease.run(owner, now + leaseMs, row.serial);
      return {
        value: read.map(({ kind, row: { id, version }, document }) => ({ kind, id, version, document })),
      };
    },

    renew(kind: string, id: string, owner: string, until: number): Outcome<boolean> {
      return { value: sql.renew.run(until, kind, id, owner).changes > 0 };
    },

    free(kinds: readonly string[]): Outcome<undefined> {
      for (const kind of kinds) sql.freeLeases.run(kind);
      return { value: undefined };
    },

    nextDue(kinds: readonly string[], now: number): number | undefined {
      const times = kinds.flatMap((kind) => [
        ...nextFree(kind, now),
        ...(sql.nextExpiry.all(kind, now) as { readonly at: number | null }[]).map(({ at }) => at),
      ]);
      const known = times.flatMap((at) => at ?? []);
      return known.length === 0 ? undefined : Math.min(...known);
    },
  };
}
