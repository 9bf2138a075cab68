import type { Execution } from '../model/execution';
import { lockCluster } from './cluster-lock';
import type { Clock } from './clock';
import { adoptedIdsOf, ancestorIdsOf } from './lineage';
import type { DocumentStore } from './ports/document-store';
import { worksOnCluster } from './read-history';
import { enterQueue, nameOf } from './wait-in-queue';

/** How long until one that waits looks by itself: for its turn, of which it is told, and for its cluster, of which it is not. */
const turnLookMs = 60_000;
const clusterLookMs = 5_000;

/** Whether an execution waits for its pipeline or its cluster: nothing of it starts. */
export const isHeldBack = ({ status, admission }: Execution): boolean =>
  status === 'NOT_STARTED' && admission !== undefined && admission.state !== 'started';

/** Why executions end that never start; the first two as Spinnaker says them. */
const supersededReason =
  'This execution was queued but then canceled because a newer queued execution superceded it. This pipeline is configured to automatically cancel waiting executions.';
const expiredReason = 'Could not begin execution before start time expiry';

/** When an execution is called off that has not begun by then; one that began once waits for ever to go on. */
const expiryOf = ({ startTime, startTimeExpiry = Number.POSITIVE_INFINITY }: Execution): number =>
  startTime === undefined ? startTimeExpiry : Number.POSITIVE_INFINITY;

/** Calls off an execution that did not begin in time; the same object before that. */
export function expireStart(execution: Execution, now: number): Execution {
  if (execution.canceled !== undefined || now < expiryOf(execution)) return execution;
  return { ...execution, canceled: { at: now, reason: expiredReason } };
}

/** When an execution that has not started must be looked at again, in milliseconds since the epoch. */
export function startDue(execution: Execution, now: number): number {
  const { admission } = execution;
  if (admission?.state === 'waiting') return Math.min(now + turnLookMs, expiryOf(execution));
  if (admission?.state === 'admitted' && admission.behind !== undefined)
    return Math.min(now + clusterLookMs, expiryOf(execution));
  return now;
}

/** What a look for the turn of an execution came to, as a change of whatever is stored by then. Pure. */
export type Turn = (execution: Execution, now: number) => Execution;

type State = NonNullable<Execution['admission']>['state'];

/** A change of the admission that was looked at; nothing where the execution has moved on since. */
function turnTo(
  { admission: seen }: Execution,
  from: readonly State[],
  change: (execution: Execution, now: number) => Execution,
): Turn {
  return (execution, now) => {
    const { admission, canceled } = execution;
    const isCurrent = admission !== undefined && admission.round === seen?.round && from.includes(admission.state);
    return isHeldBack(execution) && isCurrent && canceled === undefined ? change(execution, now) : execution;
  };
}

/** The same object where nothing changes. */
function withAdmission(execution: Execution, admission: NonNullable<Execution['admission']>): Execution {
  const { state, place, behind } = execution.admission ?? {};
  const isSame = state === admission.state && place === admission.place && behind === admission.behind;
  return isSame ? execution : { ...execution, admission };
}

/** One that has its turn takes its cluster, and waits for whoever works on it. */
async function takeCluster(store: DocumentStore, execution: Execution, round: number): Promise<Turn> {
  const holder = { executionId: execution.id, ...(round === 0 ? {} : { round }) };
  const chain = [...(await adoptedIdsOf(store, execution)), ...(await ancestorIdsOf(store, execution))];
  const other = worksOnCluster(execution)
    ? await lockCluster(store, execution.definition.cluster, holder, undefined, chain)
    : undefined;
  if (other === undefined)
    return turnTo(execution, ['admitted'], (current) => withAdmission(current, { round, state: 'started' }));
  const behind = await nameOf(store, other.executionId);
  return turnTo(execution, ['admitted'], (current) => withAdmission(current, { round, state: 'admitted', behind }));
}

/**
 * Looks whether an execution may start, in two saved steps: its turn in the queue of its pipeline first, then its cluster.
 * Who waits for a turn has no cluster, and who has a cluster waits for nobody, so that none waits for another in a circle.
 * Undefined where the execution waits for nothing.
 */
export async function lookForTurn(
  parts: { readonly store: DocumentStore; readonly clock: Clock },
  execution: Execution,
): Promise<Turn | undefined> {
  const { admission, canceled } = execution;
  if (admission === undefined || !isHeldBack(execution) || canceled !== undefined) return undefined;
  const { round, state } = admission;
  const { standing, queue } = await enterQueue(parts, execution);
  if (standing.in === 'superseded') {
    const called = (current: Execution, now: number): Execution => ({
      ...current,
      canceled: { at: now, reason: supersededReason },
    });
    return turnTo(execution, ['new', 'waiting'], called);
  }
  if (standing.in === 'running') {
    if (state === 'admitted') return takeCluster(parts.store, execution, round);
    return turnTo(execution, ['new', 'waiting'], (current) => withAdmission(current, { round, state: 'admitted' }));
  }
  const [first] = queue.running;
  const behind = first === undefined ? {} : { behind: await nameOf(parts.store, first.executionId) };
  const place = standing.in === 'waiting' ? { place: standing.place } : {};
  return turnTo(execution, ['new', 'waiting'], (current) =>
    withAdmission(current, { round, state: 'waiting', ...place, ...behind }),
  );
}
