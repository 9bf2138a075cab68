import { executionKind } from '../engine/document-kinds';
import type { Clock } from '../engine/clock';
import type { DocumentStore } from '../engine/ports/document-store';
import type { DueHandler } from '../engine/ports/wake';
import type { Signal, SignalOutcome } from '../engine/signals';
import { wakeHeld } from '../engine/wake-held';
import type { AuditFact } from '../model/audit';
import type { Execution } from '../model/execution';
import { stopKind, type StopDocument } from './stop';

const againMs = 5_000;
const mostActive = 1000;

type Parts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** Writes facts to the audit log, each once however often it is told. */
  readonly record: (facts: readonly AuditFact[]) => Promise<void>;
  /** Applies a signal, once by its id. */
  readonly signal: (executionId: string, signal: Signal, signalId: string) => Promise<SignalOutcome>;
};

/** Whether a stop pauses an execution: not what goes back already, which is the way out. */
export const isStoppable = ({ status, definition, ending, canceled }: Execution): boolean =>
  status === 'RUNNING' && definition.kind !== 'rollback' && ending === undefined && canceled === undefined;

/** Everything under way. */
export async function readActive(store: DocumentStore): Promise<readonly Execution[]> {
  const found = await store.list(executionKind, { index: { name: 'active', value: 'true' }, limit: mostActive });
  return found.map(({ document }) => document);
}

async function pauseAll({ store, signal }: Parts, { stop }: StopDocument): Promise<void> {
  if (stop === undefined) return;
  for (const execution of await readActive(store)) {
    if (!isStoppable(execution)) continue;
    await signal(execution.id, { type: 'pause', user: stop.by, stop: stop.id }, `${stop.id}/pause`);
  }
}

/** Lets all go on that any stop has paused: one before this may have been lifted and not been carried out. */
async function resumeAll(parts: Parts, { lifted, stop: current }: StopDocument): Promise<void> {
  if (lifted === undefined || current !== undefined) return;
  const { id, by } = lifted;
  for (const { id: executionId, status, paused } of await readActive(parts.store)) {
    if (status !== 'PAUSED' || paused?.stop === undefined) continue;
    await parts.signal(executionId, { type: 'resume', user: by, stop: paused.stop }, `${id}/resume`);
  }
  await wakeHeld(parts);
}

const dueOf = ({ looksLeft }: StopDocument, now: number): number | null => (looksLeft === 0 ? null : now + againMs);

/** Handles a stop that is due: pauses what runs at its next safe point, or, once it is lifted, lets that go on. */
export function createStopHandler(parts: Parts): DueHandler {
  const { store, clock, record } = parts;
  return async (claimed, owner) => {
    const document = claimed.document as StopDocument;
    await record(document.facts);
    await pauseAll(parts, document);
    await resumeAll(parts, document);
    const told = new Set(document.facts.map(({ id }) => id));
    const isSame = (after: StopDocument) => after.stop?.id === document.stop?.id;
    const looked = (before: StopDocument): StopDocument => ({
      ...before,
      facts: before.facts.filter(({ id }) => !told.has(id)),
      looksLeft: isSame(before) ? Math.max(0, before.looksLeft - 1) : before.looksLeft,
    });
    const now = clock.now();
    await store.update(stopKind, claimed.id, looked, {
      due: (after) => (isSame(after) ? dueOf(after, now) : now),
      release: owner,
    });
  };
}
