import { wakeHeld } from '../../engine/wake-held';
import type { Clock } from '../../engine/clock';
import { putMessage } from '../../engine/messages';
import type { DocumentStore } from '../../engine/ports/document-store';
import type { DueHandler } from '../../engine/ports/wake';
import type { AuditFact } from '../../model/audit';
import type { EnvironmentLock, LockEvent } from '../../model/environment-lock';
import { environmentLockKind } from './documents';
import { foldTime, lockDue } from './fold-lock';

type Parts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** Writes facts to the audit log, each once however often it is told. */
  readonly record: (facts: readonly AuditFact[]) => Promise<void>;
};

async function tell({ store, clock, record }: Parts, { teamId }: EnvironmentLock, event: LockEvent): Promise<void> {
  if (event.type === 'audit') return record([event.fact]);
  const { id, target, view } = event;
  return putMessage(store, { now: clock.now(), id, teamId, target, view, urgent: true });
}

/** Handles a lock that is due: tells what happened to it, wakes what it holds back, warns its holder, and lets it fall. */
export function createLockHandler(parts: Parts): DueHandler {
  const { store, clock } = parts;
  return async (claimed, owner) => {
    const document = claimed.document as EnvironmentLock;
    for (const event of document.events) await tell(parts, document, event);
    if (document.events.length > 0) await wakeHeld(parts, document);
    const told = new Set(document.events.map(({ id }) => id));
    const now = clock.now();
    const change = (before: EnvironmentLock): EnvironmentLock => {
      const events = before.events.filter(({ id }) => !told.has(id));
      return foldTime(events.length === before.events.length ? before : { ...before, events }, now);
    };
    await store.update(environmentLockKind, claimed.id, change, {
      due: (after) => lockDue(after, now),
      release: owner,
    });
  };
}
