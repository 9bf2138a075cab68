import type { Clock } from './clock';
import { executionKind } from './document-kinds';
import type { DocumentKind, DocumentStore } from './ports/document-store';
import type { DueHandler } from './ports/wake';
import { isComplete } from '../model/status';

/** Which execution starts with a correlation id are about. */
export type Correlation = { readonly schema: 1; readonly executionId: string };

/** One document per correlation id; its id is the team's and that. Not listed by anything. */
export const correlationKind: DocumentKind<Correlation> = { name: 'correlation', indexes: () => ({}) };

/** How long after an execution's end a start with its correlation id is still about it: repeats come within minutes. */
const rememberedMs = 24 * 3_600_000;

type Parts = { readonly store: DocumentStore; readonly clock: Clock };

/** A start that names itself, and the id that it has chosen for its execution. */
type Start = { readonly teamId: string; readonly correlationId: string; readonly id: string };

/** The execution that the first start with this correlation id chose, which this may be. */
export async function correlate({ store, clock }: Parts, { teamId, correlationId, id }: Start): Promise<string> {
  const key = `${teamId}/${correlationId}`;
  const correlation: Correlation = { schema: 1, executionId: id };
  await store.create(correlationKind, key, correlation, { due: clock.now() + rememberedMs });
  return (await store.get(correlationKind, key))?.document.executionId ?? id;
}

/** Forgets a correlation a day after the end of its execution, or after it was looked at, where that is gone. */
export function createCorrelationHandler({ store, clock }: Parts): DueHandler {
  return async (claimed, owner) => {
    const { executionId } = claimed.document as Correlation;
    const execution = (await store.get(executionKind, executionId))?.document;
    const now = clock.now();
    const isOver = execution === undefined || isComplete(execution.status);
    const forgottenAt = isOver ? (execution?.endTime ?? 0) + rememberedMs : now + rememberedMs;
    if (forgottenAt <= now) {
      await store.delete(correlationKind, claimed.id);
      return;
    }
    await store.update(correlationKind, claimed.id, (correlation) => correlation, {
      due: () => forgottenAt,
      release: owner,
    });
  };
}
