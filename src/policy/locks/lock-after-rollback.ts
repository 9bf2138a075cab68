import type { Clock } from '../../engine/clock';
import { threadIdOf } from '../../engine/drain-execution';
import { putMessage } from '../../engine/messages';
import type { DocumentStore } from '../../engine/ports/document-store';
import type { Lock } from '../../model/environment-lock';
import type { Execution } from '../../model/execution';
import type { Text } from '../../model/text';
import type { View } from '../../model/view';
import { placeText } from './fold-lock';
import { takeLock } from './locks';

type Parts = { readonly store: DocumentStore; readonly clock: Clock };

/** How long nothing rolls forward after a rollback, unless somebody unlocks it before. */
const lockedMs = 2 * 3_600_000;

function viewOf({ trigger }: Execution, name: string, { by, until, reason }: Lock): View {
  const owner: Text = ['The lock is that of ', { person: by }, `: ${reason}. To lift it: /cox unlock ${name}`];
  if (by === trigger.user)
    return {
      headline: [{ strong: name }, ' is locked until ', { time: until }, ', so that nothing rolls forward at once.'],
      tone: 'neutral',
      lines: [owner],
    };
  return {
    headline: [{ strong: name }, ' stays locked by ', { person: by }, ' until ', { time: until }, '.'],
    tone: 'neutral',
    lines: ['What was asked for before this rollback waits for that too, whoever asked for it.', owner],
  };
}

/** Told in the thread of the rollback. */
async function tell({ store, clock }: Parts, execution: Execution, name: string, lock: Lock): Promise<void> {
  if (execution.report === undefined) return;
  const view = viewOf(execution, name, lock);
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
 * somebody else stays, which holds others back as well; it then holds back also what its holder had asked for before, and the
 * rollback's own follows where that would end later.
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
