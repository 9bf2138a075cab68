import type { Execution, Retry, Stage, SucceededAttempt } from '../model/execution';
import { isComplete } from '../model/status';
import { forgetSucceeded } from './decisions';
import { keepEarlier } from './earlier-attempts';
import { downstreamOf, familyOf, stageById, topLevelStages } from './graph';

/** What belongs to one attempt: decisions, and what was found out about its failure. */
const attemptKeys = [
  'judgmentStatus',
  'judgedBy',
  'judgmentReason',
  'judgmentInput',
  'judgmentApprovals',
  'judgmentReminded',
  'skipRemainingWait',
  'manualSkip',
  'executionId',
  'waitsFor',
  'executionName',
  'childOutcomes',
  'diagnosis',
  'skipReason',
  'expressionEvaluationSummary',
  'guardDenial',
  'guardOverride',
  'windowsOpened',
  'windowsOverridden',
  'deploymentLock',
  'lockForce',
];

/**
 * A stage as before it ran, under the next attempt; context and outputs stay, but what people decided does not, and what
 * was evaluated is an expression again.
 */
function resetStage(
  { startTime, endTime, waits, failure, written, adopts, ...stage }: Stage,
  user: string,
  now: number,
): Stage {
  const gone = [...attemptKeys, ...(written?.made ?? [])];
  const kept = Object.entries(stage.context).filter(([key]) => !gone.includes(key));
  const context = { ...Object.fromEntries(kept), ...written?.context };
  return {
    ...stage,
    status: 'NOT_STARTED',
    name: written?.name ?? stage.name,
    context,
    tasks: [],
    planned: { before: false, after: false, onFailure: false },
    attempt: stage.attempt + 1,
    lastModified: { user, lastModifiedTime: now },
  };
}

/** The attempts of a stage that succeeded, this one among them where it has. */
function succeededOf(execution: Execution, stage: Stage): readonly SucceededAttempt[] {
  const { succeeded = [], attempt, status } = stage;
  if (status !== 'SUCCEEDED') return succeeded;
  const ids = familyOf(execution, stage).flatMap(({ type, context }) =>
    type === 'pipeline' && typeof context.executionId === 'string' ? context.executionId : [],
  );
  const children = ids.length === 0 ? {} : { children: ids };
  return [...succeeded, { attempt, executionStatus: execution.status, ...children }];
}

/** The stages of other branches that the execution's end cut short: they would end it again at once. */
const cutShort = (execution: Execution): readonly Stage[] =>
  isComplete(execution.status)
    ? topLevelStages(execution).filter((stage) => stage.status === 'CANCELED' || stage.status === 'TERMINAL')
    : [];

/** What was waited for, and runs on after its end, is waited for again. */
function retryEvents({ id, status, trigger, stages, events, admission }: Execution, user: string): Execution['events'] {
  if (trigger.type !== 'pipeline' || !isComplete(status)) return events;
  const attempts = stages.reduce((sum, { attempt }) => sum + attempt, 0);
  return [...events, { id: `${id}/retried/${attempts}/${admission?.round ?? 0}`, type: 'retried', user }];
}

/** What a retry runs again. */
export type Wish = Omit<Retry, 'ended'>;

/** The stage that is retried, and what follows it or was cut short with it, as before they ran. */
function resetStages(execution: Execution, { stageId, user, adopts }: Wish, now: number): Execution {
  const stage = stageById(execution, stageId);
  if (stage === undefined) return execution;
  const heads = [stage, ...cutShort(execution).filter((other) => other.id !== stage.id)];
  const downstream = heads.flatMap((head) => downstreamOf(execution, head)).filter((other) => isComplete(other.status));
  const again = [...new Set([...heads, ...downstream])];
  const ids = new Set(again.map((other) => other.id));
  // What was fetched for a stage that has not started may be of the past when its turn comes.
  const waiting = heads
    .flatMap((head) => downstreamOf(execution, head))
    .filter(({ status }) => status === 'NOT_STARTED');
  const fetched = new Set(waiting.flatMap((other) => familyOf(execution, other).slice(1)).map(({ id }) => id));
  const synthetic = new Set(
    again.flatMap((other) => familyOf(execution, other).map((member) => member.id)).filter((id) => !ids.has(id)),
  );
  const begin = (other: Stage): Stage => {
    const succeeded = succeededOf(execution, other);
    return { ...resetStage(other, user, now), ...(succeeded.length === 0 ? {} : { succeeded }) };
  };
  const stages = execution.stages
    .filter((other) => !synthetic.has(other.id) && !fetched.has(other.id))
    .map((other) => (ids.has(other.id) ? begin(other) : other))
    .map((other) => (other.id === stageId && adopts !== undefined ? { ...other, adopts } : other));
  const authentication = user === execution.trigger.user ? {} : { authentication: { user } };
  const { authentication: _before, ...rest } = keepEarlier(forgetSucceeded(execution, again), again);
  return { ...rest, ...authentication, stages };
}

/** An execution that was over goes on: where its pipeline limits how many run, when it has its turn again. */
export function goOn(execution: Execution, wish: Wish, now: number): Execution {
  const { status, endTime, ending, admission } = execution;
  const events = retryEvents(execution, wish.user);
  if (!isComplete(status)) {
    const { endTime: _endTime, ending: _ending, ...again } = resetStages(execution, wish, now);
    return { ...again, status: 'RUNNING', events };
  }
  const { endTime: _endTime, ending: _ending, ...rest } = execution;
  const ended = {
    status,
    ...(endTime === undefined ? {} : { endTime }),
    ...(ending === undefined ? {} : { ending }),
  };
  const turn = { round: (admission?.round ?? 0) + 1, state: 'waiting' } as const;
  return { ...rest, status: 'NOT_STARTED', admission: turn, retry: { ...wish, ended }, events };
}

/** Resets what a retry that has waited for its turn runs again; the same object where none has. Pure. */
export function beginRetry(execution: Execution, now: number): Execution {
  const { retry, ...rest } = execution;
  if (retry === undefined) return execution;
  const again = resetStages({ ...rest, status: retry.ended.status }, retry, now);
  return { ...again, status: execution.status };
}
