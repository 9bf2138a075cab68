import type { Execution } from '../model/execution';
import { isComplete } from '../model/status';
import { clusterHolder } from './cluster-lock';
import { executionKind } from './document-kinds';
import type { AbandonedEvent, RetriedEvent } from './drain-execution';
import { isNewest } from './is-newest';
import { adoptedIdsOf, ancestorIdsOf } from './lineage';
import type { DocumentStore } from './ports/document-store';
import { worksOnCluster } from './read-history';
import type { Signal, SignalOutcome } from './signals';

/** What lets a parent wait for its child again; `signal` counts a repeat under the same `signalId` as done. */
export type AdoptParts = {
  readonly store: DocumentStore;
  /** Whether a person may let an execution go on that is over. */
  readonly mayRetry: (execution: Execution, user: string) => Promise<boolean>;
  readonly signal: (executionId: string, signal: Signal, signalId: string) => Promise<SignalOutcome>;
};

/** Whether a parent may run on where it had ended: it takes its cluster again when it begins. */
async function mayRunOn(store: DocumentStore, parent: Execution, child: Execution): Promise<boolean> {
  if (!isComplete(parent.status)) return true;
  if (!(await isNewest(store, parent))) return false;
  if (!worksOnCluster(parent)) return true;
  const chain = [parent.id, child.id, ...(await adoptedIdsOf(store, child)), ...(await ancestorIdsOf(store, parent))];
  return (await clusterHolder(store, parent.definition.cluster, chain)) === undefined;
}

/**
 * Lets the stage that started an execution and waited for it run again and wait for it, where that stage has failed with it, or
 * all is over (semantics §6.7).
 * Where something newer works on the parent's cluster, or has, or where `user` may not change what the parent reaches, the child
 * runs alone. Doing it again changes nothing.
 */
export const createAdoption =
  ({ store, mayRetry, signal }: AdoptParts) =>
  async (child: Execution, { id, user }: RetriedEvent): Promise<void> => {
    const { trigger } = child;
    if (trigger.type !== 'pipeline' || trigger.isAwaited !== true) return;
    const parent = (await store.get(executionKind, trigger.parentExecutionId))?.document;
    if (parent === undefined || !(await mayRetry(parent, user)) || !(await mayRunOn(store, parent, child))) return;
    const { parentStageId: stageId } = trigger;
    await signal(parent.id, { type: 'adoptChild', stageId, executionId: child.id, user }, id);
  };

/** Cancels what a retry was to wait for, since that was called off; one that has ended stays as it is. */
export const createAbandoning =
  ({ signal }: Pick<AdoptParts, 'signal'>) =>
  async ({ id, executionId, user, reason }: AbandonedEvent): Promise<void> => {
    await signal(executionId, { type: 'cancel', user, reason }, id);
  };
