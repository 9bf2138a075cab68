import type { Clock } from '../../engine/clock';
import { threadIdOf } from '../../engine/drain-execution';
import { putMessage } from '../../engine/messages';
import type { DocumentStore } from '../../engine/ports/document-store';
import type { Lock } from '../../model/environment-lock';
import type { Execution } from '../../model/execution';
import type { View } from '../../model/view';
import { placeText } from './fold-lock';
import { takeLock } from './locks';

type Parts = { readonly store: DocumentStore; readonly clock: Clock };

/** How long nothing rolls forward after a rollback, unless somebody unlocks it before. */
const lockedMs = 2 * 3_600_000;

/** Told in the thread of the rollback. */
async function tell({ store, clock }: Parts, execution: Execution, name: string, lock: Lock): Promise<void> {
  if (execution.report === undefined) return;
  const view: View = {
    headline: [{ strong: name }, ' is locked until ', { time: lock.until }, ', so that nothing rolls forward at once.'],
    tone: 'neutral',
    lines: [['The lock is that of ', { person: lock.by }, `: ${lock.reason}. To lift it: /cox unlock ${name}`]],
  };
  await putMessage(store, {
    now: clock.now(),
    id: `${execution.id}/locked`,
    teamId: execution.teamId,
    target: { kind: 'thread', parentId: threadIdOf(execution), broadcast: false },
    view,
  });
}

/**
 * Locks the environment of a rollback that succeeded for two hours, for whoever asked for it; once for each event. The lock of
 * somebody else stays, which holds others back as well.
 */
export const createRollbackLock =
  (parts: Parts) =>
  async (execution: Execution, eventId: string): Promise<void> => {
    const { teamId, application, definition, trigger, name } = execution;
    const place = { teamId, application, environment: definition.environment };
    const now = parts.clock.now();
    const { lock, isTaken } = await takeLock(parts.store, place, {
      id: eventId,
      user: trigger.user,
      from: { surface: 'execution', executionId: execution.id },
      now,
      reason: name,
      until: now + lockedMs,
      origin: 'rollback',
    });
    if (isTaken && lock !== undefined) await tell(parts, execution, placeText(place), lock);
  };
