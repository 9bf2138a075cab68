import type { Clock } from '../engine/clock';
import type { DocumentStore } from '../engine/ports/document-store';
import type { DueHandler } from '../engine/ports/wake';
import { readActive } from '../engine/read-active';
import type { Signal, SignalOutcome } from '../engine/signals';
import { wakeHeld } from '../engine/wake-held';
import type { AuditFact } from '../model/audit';
import type { Execution } from '../model/execution';
import { stopKind, type StopDocument } from './stop';

const againMs = 5_000;
/** As many as the store writes in one commit. */
const sentAtOnce = 16;

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

type Sent = { readonly signal: Signal; readonly signalId: string };

/** Sends a signal to each execution under way that wants one; some at once, so that they share commits. */
async function signalAll({ store, signal }: Parts, sentTo: (execution: Execution) => Sent | undefined): Promise<void> {
  let batch: (Sent & { readonly executionId: string })[] = [];
  const send = async (): Promise<void> => {
    const sending = batch;
    batch = [];
    await Promise.all(sending.map((each) => signal(each.executionId, each.signal, each.signalId)));
  };
  for await (const execution of readActive(store)) {
    const sent = sentTo(execution);
    if (sent !== undefined) batch.push({ ...sent, executionId: execution.id });
    if (batch.length === sentAtOnce) await send();
  }
  await send();
}

async function pauseAll(parts: Parts, { stop }: StopDocument): Promise<void> {
  if (stop === undefined) return;
  const pause: Sent = { signal: { type: 'pause', user: stop.by, stop: stop.id }, signalId: `${stop.id}/pause` };
  await signalAll(parts, (execution) => (isStoppable(execution) ? pause : undefined));
}

/** Lets all go on that any stop has paused: one before this may have been lifted and not been carried out. */
async function resumeAll(parts: Parts, { lifted, stop: current }: StopDocument): Promise<void> {
  if (lifted === undefined || current !== undefined) return;
  const { id, by } = lifted;
  await signalAll(parts, ({ status, paused }) =>
    status === 'PAUSED' && paused?.stop !== undefined
      ? { signal: { type: 'resume', user: by, stop: paused.stop }, signalId: `${id}/resume` }
      : undefined,
  );
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
