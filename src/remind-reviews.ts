import { reminderView } from './engine/break-glass';
import type { Clock } from './engine/clock';
import { executionKind, reviewKind } from './engine/document-kinds';
import { threadIdOf } from './engine/drain-execution';
import { putMessage } from './engine/messages';
import type { DocumentStore } from './engine/ports/document-store';
import type { DueHandler } from './engine/ports/wake';
import type { Review } from './model/review';

type Parts = { readonly store: DocumentStore; readonly clock: Clock };

/** Tells the channel; each reminder is a message of its own, since an edit notifies nobody. */
async function remind({ store, clock }: Parts, review: Review): Promise<void> {
  const execution = (await store.get(executionKind, review.executionId))?.document;
  if (execution?.report === undefined) return;
  await putMessage(store, {
    now: clock.now(),
    teamId: review.teamId,
    id: `${review.id}/reminder/${review.reminders + 1}`,
    target: { kind: 'thread', parentId: threadIdOf(execution), broadcast: true },
    view: reminderView(review, execution.name),
    urgent: true,
  });
}

/** Handles a review that is due: reminds, and again after the same time, until somebody has reviewed it. */
export function createReviewHandler(parts: Parts): DueHandler {
  const { store, clock } = parts;
  return async (claimed, owner) => {
    const review = claimed.document as Review;
    if (review.reviewed === undefined) await remind(parts, review);
    const next = clock.now() + review.reviewWithinMs;
    const count = (document: Review): Review =>
      document.reviewed === undefined ? { ...document, reminders: review.reminders + 1 } : document;
    const due = ({ reviewed }: Review) => (reviewed === undefined ? next : null);
    await store.update(reviewKind, claimed.id, count, { due, release: owner });
  };
}
