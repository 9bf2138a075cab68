import type { Claimed } from '../engine/ports/document-store';
import type { Outcome } from './group-commit';
import { attempt, wholeMs, type ParseRow, type Row } from './sqlite-documents';
import type { SqliteStatements } from './sqlite-statements';

/** What is due, who works on it and for how long; plain synchronous steps, the writes inside a transaction. */
export function createLeases(sql: SqliteStatements, parse: ParseRow) {
  return {
    touch(kind: string, id: string, at: number): Outcome<undefined> {
      const due = attempt(() => wholeMs(at));
      if ('refused' in due) return due;
      sql.touch.run(due.value, kind, id);
      return { value: undefined };
    },

    /** Whether a claim would find anything; asked first, so that looking in vain costs no commit. */
    hasDue: (kinds: readonly string[], now: number): boolean =>
      kinds.some((kind) => sql.due.all(kind, now, now, 1).length > 0),

    claimDue(query: {
      readonly kinds: readonly string[];
      readonly owner: string;
      readonly now: number;
      readonly leaseMs: number;
      readonly limit: number;
    }): Outcome<readonly Claimed[]> {
      const { kinds, owner, now, leaseMs, limit } = query;
      const found = kinds
        .flatMap((kind) =>
          (sql.due.all(kind, now, now, limit) as (Row & { readonly id: string; readonly due: number })[]).map(
            ({ serial, id, version, due }) => ({ kind, serial, id, version, due }),
          ),
        )
        .sort((one, other) => one.due - other.due || one.serial - other.serial)
        .slice(0, limit);
      for (const row of found) sql.lease.run(owner, now + leaseMs, row.serial);
      return {
        value: found.map((row) => ({
          kind: row.kind,
          id: row.id,
          version: row.version,
          document: parse(row),
        })),
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
        ...(sql.nextFree.all(kind, now) as { readonly at: number }[]),
        ...(sql.nextExpiry.all(kind, now) as { readonly at: number | null }[]),
      ]);
      const known = times.flatMap(({ at }) => (at === null ? [] : [at]));
      return known.length === 0 ? undefined : Math.min(...known);
    },
  };
}
