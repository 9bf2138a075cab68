import type { Clock } from '../engine/clock';
import type { DocumentKind, DocumentStore } from '../engine/ports/document-store';

/** What the mover works with. */
export type InboxMoverOptions = {
  readonly store: DocumentStore;
  readonly inbox: DocumentStore;
  readonly kinds: readonly DocumentKind<never>[];
  readonly clock: Clock;
  /** Something was moved and is due. */
  readonly onMoved: () => void;
  /** A look failed; the next one tries again. Must not throw. */
  readonly onError: (error: unknown) => void;
  /** How often to look without being asked. @default 2000 */
  readonly sweepMs?: number;
};

/** Brings what arrived into the main store. */
export type InboxMover = {
  /** Something may have arrived. A hint: it may be lost or doubled. */
  readonly hint: () => void;
  /** Looks no more, and waits for a look under way. */
  readonly stop: () => Promise<void>;
};

const batch = 64;

/** A document is created before it leaves the inbox: a crash between the two moves it again, and then it is there already. */
async function moveAll(options: InboxMoverOptions, kind: DocumentKind<never>): Promise<number> {
  const { store, inbox, clock } = options;
  const found = await inbox.list(kind, { limit: batch });
  await Promise.all(found.map(({ id, document }) => store.create(kind, id, document, { due: clock.now() })));
  await Promise.all(found.map(({ id }) => inbox.delete(kind, id)));
  return found.length;
}

/** Moves documents from the inbox into the main store, due at once: on a hint and at each sweep, starting now. */
export function createInboxMover(options: InboxMoverOptions): InboxMover {
  const { kinds, clock, onMoved, onError, sweepMs = 2_000 } = options;
  let isStopped = false;
  let lookAgain = false;
  let looking: Promise<void> | undefined;
  let cancelSweep = (): void => undefined;

  const look = async (): Promise<void> => {
    while (lookAgain && !isStopped) {
      lookAgain = false;
      try {
        const moved = await Promise.all(kinds.map((kind) => moveAll(options, kind)));
        if (moved.some((count) => count > 0)) onMoved();
        lookAgain ||= moved.some((count) => count === batch);
      } catch (error) {
        onError(error);
      }
    }
    looking = undefined;
  };
  const hint = (): void => {
    if (isStopped) return;
    lookAgain = true;
    looking ??= look();
  };
  const sweep = (): void => {
    hint();
    cancelSweep = clock.after(sweepMs, sweep);
  };
  sweep();
  return {
    hint,
    stop: async () => {
      isStopped = true;
      cancelSweep();
      await looking;
    },
  };
}
