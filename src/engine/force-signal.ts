import type { Execution, Stage } from '../model/execution';
import type { ExecutionEvent } from '../model/execution-event';
import {
  deploymentLockOf,
  isForceable,
  lockDigest,
  lockForceOf,
  openLockOf,
  type DeploymentLock,
} from './deployment-lock';
import { stageById } from './graph';
import { accepted, patchStage, refused, type Signaled } from './signal-outcome';
import { durationText } from './task-timeout';

/** That a person has the deployments broken off that keep a stage from its server group. */
export type Forcing = {
  readonly type: 'force';
  readonly stageId: string;
  readonly user: string;
  readonly reason: string;
  /** The digest of the lock that was shown. */
  readonly hash: string;
};

function faultOfForce(execution: Execution, stage: Stage, signal: Forcing, now: number): Signaled | undefined {
  const lock = openLockOf(stage);
  const earlier = lockForceOf(stage);
  if (!isForceable(execution, stage))
    return refused(execution, 'ALREADY_DECIDED', `Nothing to force: ${execution.name} is ending.`);
  if (lock === undefined && earlier !== undefined) {
    const ago = ` ${durationText(now - earlier.at)} ago.`;
    return refused(execution, 'ALREADY_DECIDED', ['Already forced by ', { person: earlier.by }, ago]);
  }
  if (lock === undefined)
    return refused(execution, 'ALREADY_DECIDED', `Nothing keeps '${stage.name}' waiting any more.`);
  if (lockDigest(stage, lock) !== signal.hash)
    return refused(execution, 'PLAN_CHANGED', `Something has changed since: ${lock.reason}. Look at it again.`);
  return signal.reason.trim() === '' ? refused(execution, 'INVALID_INPUT', 'Say why it cannot wait.') : undefined;
}

/** The same where the channel is told in another way. */
export function forceQuietly(execution: Execution, signal: Forcing, now: number): Signaled {
  const stage = stageById(execution, signal.stageId);
  if (stage === undefined) return refused(execution, 'NOT_FOUND', 'This stage no longer exists.');
  const fault = faultOfForce(execution, stage, signal, now);
  if (fault !== undefined) return fault;
  const holders = deploymentLockOf(stage)?.holders ?? [];
  const patch = { lockForce: { holders, by: signal.user, reason: signal.reason.trim(), at: now } };
  return accepted(patchStage(execution, stage, patch, { user: signal.user, now }));
}

/** What the channel is told: who broke off what, and why. */
function forcedMessage(
  { id, name }: Execution,
  stage: Stage,
  lock: DeploymentLock,
  { user, reason }: Forcing,
): ExecutionEvent {
  const messageId = `${id}/${stage.id}/${stage.attempt}/forced/${lockDigest(stage, lock)}`;
  const headline = [{ person: user }, ' forces ', { strong: name }, `: ${reason.trim()}`];
  const view = { headline, tone: 'attention', lines: [`${lock.reason}. ${lock.consequence}`] } as const;
  return { id: messageId, type: 'message', messageId, view, broadcast: true };
}

/** Lets a stage break off the deployments that keep it waiting, just these and once, and tells the channel. */
export function force(execution: Execution, signal: Forcing, now: number): Signaled {
  const stage = stageById(execution, signal.stageId);
  const lock = stage === undefined ? undefined : openLockOf(stage);
  const done = forceQuietly(execution, signal, now);
  if (!done.outcome.accepted || stage === undefined || lock === undefined) return done;
  const events = [...done.execution.events, forcedMessage(execution, stage, lock, signal)];
  return accepted({ ...done.execution, events });
}
