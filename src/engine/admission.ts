import { isDeepStrictEqual } from 'node:util';
import type { Execution } from '../model/execution';
import type { Hold } from '../model/hold';
import { clusterHolder, fenceOf, holderOf, lockCluster, unlockCluster, type ClusterHolder } from './cluster-lock';
import type { Clock } from './clock';
import type { Holds } from './contracts/holds';
import type { LookAgain } from './contracts/look-again';
import { estimateStart } from './estimate-start';
import { findCircle } from './find-circle';
import { isNewest } from './is-newest';
import { chainOf } from './lineage';
import type { DocumentStore } from './ports/document-store';
import { worksOnCluster } from './read-history';
import { waitingAhead } from './waiting-ahead';
import { enterQueue, giveTurnBack, leaveQueue, nameOf, waitForTurn, type QueueLook } from './wait-in-queue';

/** How long until one that waits looks by itself: for its turn, of which it is told, and for its cluster, of which it is not. */
const turnLookMs = 60_000;
const clusterLookMs = 5_000;
/** The same for a lock or a stop, whose end wakes it. */
const heldLookMs = 60_000;

/** Whether an execution waits for its pipeline, its cluster or a lock: nothing of it starts. */
export const isHeldBack = ({ status, admission }: Execution): boolean =>
  status === 'NOT_STARTED' && admission !== undefined && admission.state !== 'started';

/** Why executions end that never start; the first two as Spinnaker says them. */
const supersededReason =
  'This execution was queued but then canceled because a newer queued execution superceded it. This pipeline is configured to automatically cancel waiting executions.';
const expiredReason = 'Could not begin execution before start time expiry';
const overtakenReason = 'something newer has happened here meanwhile. Deploy again instead.';

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
  if (admission?.state === 'blocked') return Math.min(now + clusterLookMs, expiryOf(execution));
  if (admission?.isBlind === true) return Math.min(now + clusterLookMs, expiryOf(execution));
  if (admission?.state === 'held')
    return Math.min(now + heldLookMs, admission.hold?.until ?? Number.POSITIVE_INFINITY, expiryOf(execution));
  return now;
}

/** What a look for the turn of an execution came to, as a change of whatever is stored by then. Pure. */
export type Turn = (execution: Execution, now: number) => Execution;

type Admission = NonNullable<Execution['admission']>;

/** A change of the admission that was looked at; nothing where the execution has moved on since. */
function turnTo({ admission: seen }: Execution, change: (execution: Execution, now: number) => Execution): Turn {
  return (execution, now) => {
    const { admission, canceled, status } = execution;
    const isCurrent =
      admission?.round === seen?.round &&
      admission?.state === seen?.state &&
      (admission?.turn ?? 0) === (seen?.turn ?? 0);
    return status === 'NOT_STARTED' && isCurrent && canceled === undefined ? change(execution, now) : execution;
  };
}

/** The same object where nothing changes. */
function withAdmission(execution: Execution, given: Admission): Execution {
  const isWaiting = ['waiting', 'yielding', 'blocked', 'held'].includes(given.state);
  const waited = isWaiting || execution.admission?.waited === true;
  const admission = { ...given, ...(waited ? { waited: true as const } : {}) };
  return isDeepStrictEqual(execution.admission, admission) ? execution : { ...execution, admission };
}

const become = (seen: Execution, admission: Admission): Turn =>
  turnTo(seen, (current) => withAdmission(current, admission));

const turnOf = (turn: number) => (turn === 0 ? {} : { turn });

/** Who works on the cluster of an execution, or was there before it; undefined where it has taken it. */
async function tryCluster(store: DocumentStore, execution: Execution): Promise<ClusterHolder | undefined> {
  const { cluster } = execution.definition;
  if (!worksOnCluster(execution)) return undefined;
  const chain = await chainOf(store, execution);
  const [ahead] = await waitingAhead(store, execution, chain);
  if (ahead !== undefined) return { executionId: ahead.id };
  return lockCluster(store, cluster, holderOf(execution), undefined, chain);
}

/**
 * Whether what was confirmed may be something else by now: it had to wait, and what it was confirmed to wait for was not the
 * last to have the cluster before it.
 */
async function isBound(store: DocumentStore, execution: Execution, waited: boolean): Promise<boolean> {
  const { confirmedPlan, startTime, awaitsCanceled, definition } = execution;
  if (confirmedPlan === undefined || startTime !== undefined) return false;
  if (awaitsCanceled === undefined) return waited;
  return (await fenceOf(store, definition.cluster)) !== awaitsCanceled.fence + 1;
}

/**
 * One that has its turn and its cluster starts; where it had to wait, only if what was confirmed is what it would do now, and
 * again after its end only if it is the newest there. Otherwise it is called off, and whoever asked for it is asked again.
 */
async function startUnchanged({ store, lookAgain }: Parts, execution: Execution, admission: Admission): Promise<Turn> {
  if (execution.retry !== undefined && !(await isNewest(store, execution))) return callOff(execution, overtakenReason);
  const { round, turn = 0, waited } = admission;
  const begun = become(execution, { round, ...turnOf(turn), state: 'started' });
  if (lookAgain === undefined || !(await isBound(store, execution, waited === true))) return begun;
  const answer = await lookAgain(execution);
  if (answer.type === 'same') return begun;
  if (answer.type === 'unseen') return become(execution, { round, ...turnOf(turn), state: 'admitted', isBlind: true });
  return turnTo(execution, (current, now) => ({
    ...current,
    canceled: { at: now, reason: answer.reason },
    events: [...current.events, { id: `${current.id}/askAgain/${round}`, type: 'askAgain' }],
  }));
}

/** One that has its turn takes its cluster; where others work on it, it gives the turn back next. */
async function takeCluster(parts: Parts, execution: Execution, admission: Admission): Promise<Turn> {
  const { store } = parts;
  const { round, turn = 0 } = admission;
  const other = await tryCluster(store, execution);
  if (other === undefined) return startUnchanged(parts, execution, admission);
  const behind = await nameOf(store, other.executionId);
  return become(execution, { round, ...turnOf(turn), state: 'yielding', behind });
}

type Parts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** What keeps executions from starting; absent: nothing. */
  readonly holds?: Holds;
  /** Whether what was confirmed is what would be done now; absent: it is. */
  readonly lookAgain?: LookAgain;
};

/** One that has found its cluster busy waits for its turn again when nobody works there, or only those above and below it. */
async function lookForCluster(parts: Parts, execution: Execution, { standing, queue }: QueueLook) {
  if (standing.in !== 'waiting' || standing.awaits === undefined) return { standing, queue };
  const { store } = parts;
  const anybody = await clusterHolder(store, standing.awaits);
  const chain = anybody === undefined ? [] : await chainOf(store, execution);
  const other = anybody === undefined ? undefined : await clusterHolder(store, standing.awaits, chain);
  const ahead = await waitingAhead(store, execution, chain);
  const before = other?.executionId ?? ahead.at(-1)?.id;
  if (before === undefined) return waitForTurn(parts, execution, queue, anybody === undefined);
  return { standing, queue, behind: await nameOf(store, before), ...(await placeOf(parts, execution, ahead, before)) };
}

/** Its place among those that wait for the cluster, and when it is likely to start. */
async function placeOf({ store, clock }: Parts, execution: Execution, ahead: readonly Execution[], before: string) {
  if (execution.trigger.type !== 'manual') return {};
  const expectedAt = await estimateStart(store, execution.definition.cluster, { before, ahead, now: clock.now() });
  return { place: ahead.length + 1, ...(expectedAt === undefined ? {} : { expectedAt }) };
}

const callOff = (seen: Execution, reason: string): Turn =>
  turnTo(seen, (current, now) => ({ ...current, canceled: { at: now, reason } }));

/**
 * One that waits says how, and is called off where it was found twice in the same circle of executions that wait for each
 * other. Only a child can close one: nobody waits for what a person started and that has not begun.
 */
async function waitOn(store: DocumentStore, execution: Execution, admission: Admission): Promise<Turn> {
  const { id, trigger } = execution;
  const circle = trigger.type === 'pipeline' ? await findCircle(store, { executionId: id }) : undefined;
  if (circle === undefined) return become(execution, admission);
  if (circle.key === execution.admission?.circle) return callOff(execution, circle.reason);
  return become(execution, { ...admission, circle: circle.key });
}

/**
 * One that a lock or a stop keeps back has neither turn nor cluster, so that whoever holds the lock can work. What it had is
 * given up once that is saved, under the round of this start: it comes back under the next, which a late look cannot touch.
 */
async function holdBack(parts: Parts, execution: Execution, hold: Hold): Promise<Turn> {
  const { round = 0, state } = execution.admission ?? {};
  if (state === 'held') {
    await leaveQueue(parts, execution, round);
    await unlockCluster(parts.store, execution.definition.cluster, holderOf(execution));
  }
  return become(execution, { round, state: 'held', hold });
}

/**
 * Looks whether an execution may start, in saved steps: that nothing holds it back comes first, then its turn in the queue of its pipeline, then its cluster. Who
 * waits for a turn has no cluster; who has its turn and finds its cluster busy gives the turn back, keeps its place before
 * those that came later, and lets them go first. So none that waits for its start keeps anything from others. Undefined where
 * the execution waits for nothing.
 */
export async function lookForTurn(parts: Parts, execution: Execution): Promise<Turn | undefined> {
  const { admission, canceled, status } = execution;
  if (status !== 'NOT_STARTED' || canceled !== undefined) return undefined;
  const hold = await parts.holds?.look(execution);
  if (hold !== undefined) return holdBack(parts, execution, hold);
  if (admission?.state === 'held') return become(execution, { round: admission.round + 1, state: 'new' });
  return admission === undefined ? undefined : lookInQueue(parts, execution, admission);
}

async function lookInQueue(parts: Parts, execution: Execution, admission: Admission): Promise<Turn> {
  const { store } = parts;
  const { round, state, turn = 0 } = admission;
  // Only a saved intent gives the turn back: none of a look that was overtaken could have the cluster meanwhile.
  if (state === 'yielding') await giveTurnBack(parts, execution);
  const look = await lookForCluster(parts, execution, await enterQueue(parts, execution));
  const { standing, queue, behind, ...ahead } = { behind: undefined, ...look };
  if (standing.in === 'superseded') return callOff(execution, supersededReason);
  if (standing.in === 'running') {
    if (state === 'admitted' && standing.turn === turn) return takeCluster(parts, execution, admission);
    return become(execution, { round, ...turnOf(standing.turn), state: 'admitted' });
  }
  const turns = standing.in === 'waiting' ? turnOf(standing.turn) : {};
  if (behind !== undefined) return waitOn(store, execution, { round, ...turns, state: 'blocked', behind, ...ahead });
  const [first] = queue.running;
  const running = first === undefined ? {} : { behind: await nameOf(store, first.executionId) };
  const place = standing.in === 'waiting' ? { place: standing.place } : {};
  return waitOn(store, execution, { round, ...turns, state: 'waiting', ...place, ...running });
}
