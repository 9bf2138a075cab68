import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../engine/clock';
import { CoxswainError } from '../model/errors';

/** What one queued write came to: its result, or why it was refused before it wrote anything. */
export type Outcome<T> = { readonly value: T } | { readonly refused: unknown };

/** A write that runs inside a transaction it may share with others; it may be run again. */
export type Write<T> = () => Outcome<T>;

/** How to reach the database, and how much to do before others get their turn. */
export type GroupCommitOptions = {
  readonly begin: () => void;
  readonly commit: () => void;
  /** Also forgets whatever was remembered from the writes undone. */
  readonly rollback: () => void;
  readonly isBusy: (error: unknown) => boolean;
  readonly clock: Clock;
  /** Writes in one transaction, and between two pauses. */
  readonly max: number;
  /** 0 for none: where nobody else writes at length. */
  readonly pauseMs: number;
  /** How long to try while another connection holds the file. */
  readonly giveUpAfterMs: number;
};

/** Queues writes and commits them in groups. */
export type GroupCommit = {
  /** Resolves after the commit that holds the write. */
  readonly run: <T>(write: Write<T>) => Promise<T>;
  /** Runs a read, again and again while the file is busy. */
  readonly read: <T>(read: () => T) => Promise<T>;
  /** Accepts no more writes and resolves when those queued are committed. */
  readonly close: () => Promise<void>;
};

type Queued = { readonly write: () => Outcome<unknown>; readonly settle: (outcome: Outcome<unknown>) => void };

/**
 * Writes that arrive together share one commit, at most `max`; after `max` writes, however many commits they took, there
 * is a pause, because a connection that commits without rest starves the others (waits of more than a second were
 * measured). A lone write waits for nobody. The pause is a real one, not the injected clock's: it gives way, it does not
 * tell the time.
 */
export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const queue: Queued[] = [];
  let drained: Promise<void> | undefined;
  let sinceRest = 0;
  let closed = false;

  const drain = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const group = queue.splice(0, options.max);
      await commitGroup(group, options);
      sinceRest += group.length;
      if (sinceRest < options.max || options.pauseMs === 0) continue;
      sinceRest = 0;
      await pause(options.pauseMs);
    }
    drained = undefined;
  };

  const add = (queued: Queued): void => {
    queue.push(queued);
    drained ??= drain();
  };

  return {
    run: <T>(write: Write<T>) =>
      new Promise<T>((resolve, reject) => {
        if (closed) {
          reject(closedError());
          return;
        }
        add({
          write,
          settle: (outcome) => {
            // The outcome is this write's own; the queue has only forgotten its type.
            if ('value' in outcome) resolve(outcome.value as T);
            else reject(asError(outcome.refused));
          },
        });
      }),
    read: async (read) => {
      if (closed) throw closedError();
      return retryWhileBusy(read, options);
    },
    close: async () => {
      closed = true;
      await drained;
    },
  };
}

/** Shorter than the rests of a busy writer, so that each of them is met; longer waits were measured to miss them for long. */
const retryMs = 1;

async function commitGroup(group: readonly Queued[], options: GroupCommitOptions): Promise<void> {
  const settled = await tryCommit(group, options);
  if (settled === undefined) return;
  if (group.length === 1) {
    for (const { settle } of group) settle({ refused: settled.error });
    return;
  }
  // Something in the group broke the transaction; alone, only the culprit fails.
  for (const queued of group) await commitGroup([queued], options);
}

async function tryCommit(
  group: readonly Queued[],
  options: GroupCommitOptions,
): Promise<{ readonly error: unknown } | undefined> {
  try {
    const outcomes = await retryWhileBusy(() => inTransaction(group, options), options);
    group.forEach(({ settle }, position) => {
      const outcome = outcomes[position];
      if (outcome !== undefined) settle(outcome);
    });
    return undefined;
  } catch (error) {
    return { error };
  }
}

function inTransaction(group: readonly Queued[], options: GroupCommitOptions): readonly Outcome<unknown>[] {
  options.begin();
  try {
    const outcomes = group.map(({ write }) => write());
    options.commit();
    return outcomes;
  } catch (error) {
    options.rollback();
    throw error;
  }
}

async function retryWhileBusy<T>(action: () => T, options: GroupCommitOptions): Promise<T> {
  const startedAt = options.clock.now();
  for (;;) {
    try {
      return action();
    } catch (error) {
      if (!options.isBusy(error)) throw error;
      if (options.clock.now() - startedAt >= options.giveUpAfterMs) throw stillBusy(options.giveUpAfterMs, error);
    }
    await pause(retryMs);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new CoxswainError('INTERNAL', { message: String(reason), cause: reason });
}

function closedError(): CoxswainError {
  return new CoxswainError('INTERNAL', { message: 'The store is closed. Close it after everything that uses it.' });
}

function stillBusy(giveUpAfterMs: number, cause: unknown): CoxswainError {
  return new CoxswainError('INTERNAL', {
    message:
      `The database file was held by another connection for ${giveUpAfterMs} ms. ` +
      'Look for another program that has it open, such as a backup or a shell.',
    cause,
  });
}
