import { CoxswainError } from '../model/errors';

/** A row at one version. */
type RowVersion = { readonly serial: number; readonly version: number };

/** What this build cannot read, so that a store passes it over from then on without looking again. */
export type UnreadableDocuments = {
  /** Whether the row was found unreadable at this version. */
  readonly has: (row: RowVersion) => boolean;
  /** Reads a row; undefined where it is unreadable. Throws what is no CoxswainError. */
  readonly tryRead: <T>(row: RowVersion, read: () => T) => { readonly document: T } | undefined;
  /** How many were found; by as many more must a query ask for. */
  readonly count: () => number;
};

/** Remembers unreadable rows; `onUnreadable` is told once of each version of each. */
export function createUnreadableDocuments(onUnreadable: (error: CoxswainError) => void): UnreadableDocuments {
  const versions = new Map<number, number>();
  const has = ({ serial, version }: RowVersion) => versions.get(serial) === version;
  return {
    has,
    tryRead: (row, read) => {
      if (has(row)) return undefined;
      try {
        return { document: read() };
      } catch (error) {
        if (!(error instanceof CoxswainError)) throw error;
        versions.set(row.serial, row.version);
        onUnreadable(error);
        return undefined;
      }
    },
    count: () => versions.size,
  };
}
