import { actingUser } from '../../engine/acting-user';
import type { Clock } from '../../engine/clock';
import type { Holds, StartQuestion } from '../../engine/contracts/holds';
import { lineageOf } from '../../engine/lineage';
import type { DocumentStore } from '../../engine/ports/document-store';
import type { Lock, RolledBack } from '../../model/environment-lock';
import type { Hold } from '../../model/hold';
import { holdOfStop, readStop } from '../stop';
import { rollbackOf } from './fold-lock';
import { holdOfLock, readLock } from './locks';

type Parts = { readonly store: DocumentStore; readonly clock: Clock };

/** The rollback that an execution was asked for before, whoever holds the lock now. */
const rollbackAfter = (lock: Lock, { buildTime }: StartQuestion): RolledBack | undefined => {
  const rolledBack = rollbackOf(lock);
  return rolledBack !== undefined && buildTime < rolledBack.at ? rolledBack : undefined;
};

/**
 * What a lock keeps an execution from starting by: any but its holder's own; after a rollback also what its holder had asked
 * for before, which would roll forward at once.
 */
function heldBy(lock: Lock, question: StartQuestion): Hold | undefined {
  const user = question.retry?.user ?? actingUser(question);
  const rolledBack = rollbackAfter(lock, question);
  if (rolledBack === undefined) return lock.by === user ? undefined : holdOfLock(lock);
  return { ...holdOfLock(lock), rolledBack: { by: rolledBack.by, at: rolledBack.at } };
}

/** Whether an execution is part of one that works in the same environment already: that was let through, and goes through. */
async function isPart(store: DocumentStore, { trigger, application, definition }: StartQuestion): Promise<boolean> {
  const lineage = await lineageOf(store, { trigger });
  return lineage.some(
    (above) => above.application === application && above.definition.environment === definition.environment,
  );
}

/** Locks and the stop, as what keeps executions from starting; a rollback is the way out and kept from starting by neither. */
export const createHolds = ({ store, clock }: Parts): Holds => ({
  look: async (question) => {
    const { teamId, application, definition } = question;
    if (definition.kind === 'rollback') return undefined;
    const stop = await readStop(store, teamId);
    if (stop !== undefined) return holdOfStop(stop);
    const place = { teamId, application, environment: definition.environment };
    const lock = await readLock(store, place, clock.now());
    const hold = lock === undefined ? undefined : heldBy(lock, question);
    return hold === undefined || (await isPart(store, question)) ? undefined : hold;
  },
});
