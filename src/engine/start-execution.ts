import type { ExecutionDraft } from '../model/command';
import type { Execution, Trigger } from '../model/execution';
import type { Clock } from './clock';
import { lockCluster, type ClusterHolder } from './cluster-lock';
import { executionKind } from './document-kinds';
import type { DocumentStore } from './ports/document-store';
import { worksOnCluster } from './read-history';
import type { Signal, SignalOutcome } from './signals';

/** What starting needs; `signal` is as the executor applies it, counting a repeat under the same `signalId` as done. */
export type StartParts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly signal: (executionId: string, signal: Signal, signalId: string) => Promise<SignalOutcome>;
};

/** An execution to be made of a draft, under an id that whoever asks has chosen and saved before. */
export type StartRequest = {
  readonly id: string;
  readonly teamId: string;
  readonly draft: ExecutionDraft;
  readonly trigger: Trigger;
};

/**
 * Creates an execution and takes its cluster, where it works on one; doing it again changes nothing. Answers who else took the cluster first, in
 * which case nothing was started.
 */
export async function startExecution(
  { store, clock, signal }: StartParts,
  { id, teamId, draft, trigger }: StartRequest,
): Promise<ClusterHolder | undefined> {
  const now = clock.now();
  const { cancels, reason: why, ...rest } = draft;
  const execution: Execution = {
    schema: 1,
    teamId,
    id,
    type: 'PIPELINE',
    status: 'NOT_STARTED',
    buildTime: now,
    trigger: why === undefined ? trigger : { ...trigger, parameters: { ...trigger.parameters, reason: why } },
    events: [],
    ...rest,
  };
  if (cancels !== undefined) {
    const reason = `replaced by '${draft.name}'`;
    await signal(cancels, { type: 'cancel', user: trigger.user, reason }, `${trigger.correlationId}/cancels`);
  }
  const known = await store.get(executionKind, id);
  if (known !== undefined && known.document.status !== 'NOT_STARTED') return undefined;
  // It exists before it takes the cluster, or others would take the lock of one that does not exist yet; it is due after.
  await store.create(executionKind, id, execution);
  const { cluster } = draft.definition;
  const holder = worksOnCluster(draft) ? await lockCluster(store, cluster, { executionId: id }, cancels) : undefined;
  if (holder !== undefined) {
    await store.delete(executionKind, id);
    return holder;
  }
  await store.touch(executionKind, id, now);
  return undefined;
}
