import type { Claimed } from './document-store';

/** Handles one claimed document; it gives the lease back itself with its last update. Must not throw. */
export type DueHandler = (claimed: Claimed, owner: string) => Promise<void>;

/**
 * Brings due documents to their handlers. A hint may be lost or doubled: a timer for the earliest due time and a
 * regular sweep find the work anyway.
 */
export interface Wake {
  /** Starts to claim and handle documents; the handlers under the names of their kinds. */
  start(handlers: Readonly<Record<string, DueHandler>>): void;
  /** Something may be due now. */
  hint(): void;
  /** Stops claiming and waits for running handlers, at most `deadlineMs`; never hangs. */
  stop(deadlineMs: number): Promise<void>;
}
