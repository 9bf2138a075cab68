import type { AuditOrigin } from '../model/audit';
import type { Execution, Stage } from '../model/execution';
import { isComplete, isHalt } from '../model/status';
import { isHeldBack } from './admission';
import { breakGlassEvents, heldBackBy } from './break-glass';
import { goOn, type Wish } from './go-on';
import { force, forceQuietly, type Forcing } from './force-signal';
import { downstreamOf, stageById } from './graph';
import { judge, type Judged } from './judge';
import { override, type Overriding } from './override-signal';
import { passOn } from './pass-on';
import { accepted, patchStage, refused, type Signaled } from './signal-outcome';
import { startNow, type Starting } from './start-now';
import { durationText } from './task-timeout';
import { joinTexts, type Text } from '../model/text';

export type { SignalOutcome, Signaled } from './signal-outcome';

/** What a person may do to a running execution, and where they said it. Authorization is decided before; a signal is a fact. */
export type Signal = Act & { readonly origin?: AuditOrigin };

type Act =
  | Judged
  | { readonly type: 'cancel'; readonly user: string; readonly reason?: string }
  /**
   * `via` is the execution that waits for this one and was paused or resumed itself. With `stop`, the id of a stop of everything,
   * only what that paused goes on with it, and each execution is told by itself.
   */
  | { readonly type: 'pause' | 'resume'; readonly user: string; readonly via?: string; readonly stop?: string }
  | { readonly type: 'skipWait' | 'skipStage' | 'retryStage'; readonly stageId: string; readonly user: string }
  /** Wants to be told when an execution that waits starts. */
  | { readonly type: 'notify'; readonly user: string }
  /** Lets a stage begin although its windows are closed, or before its time is up in which others begin. */
  | Starting
  /** Sets aside what the guard says to a stage, as long as it says just that; `application` is its name, as it was typed. */
  | Overriding
  /** Has the deployments broken off that keep a stage from its server group, just those that `hash` stands for. */
  | Forcing
  /** Sets aside, alone, whatever holds a stage back: a guard that says just what `hash` stands for, a window, a judgment. */
  | {
      readonly type: 'breakGlass';
      readonly stageId: string;
      readonly user: string;
      readonly reason: string;
      readonly hash?: string;
      /** Which of the answers that a judgment offers. */
      readonly input?: string;
    }
  /** What a stage had started and waited for runs again, since `user` retried it: the stage waits for it again. */
  | { readonly type: 'adoptChild'; readonly stageId: string; readonly executionId: string; readonly user: string };

function cancel(execution: Execution, signal: Extract<Signal, { type: 'cancel' }>, now: number): Signaled {
  if (execution.canceled !== undefined) {
    const { by, at } = execution.canceled;
    const who: Text = by === undefined ? '' : [' by ', { person: by }];
    return refused(
      execution,
      'ALREADY_DECIDED',
      joinTexts(['Already canceled', who, ` ${durationText(now - at)} ago.`]),
    );
  }
  if (isComplete(execution.status)) {
    return refused(execution, 'ALREADY_DECIDED', `Nothing to cancel: it is over (${execution.status.toLowerCase()}).`);
  }
  if (execution.ending !== undefined)
    return refused(execution, 'ALREADY_DECIDED', `Nothing to cancel: ${execution.name} is ending already.`);
  const canceled = { by: signal.user, at: now, ...(signal.reason === undefined ? {} : { reason: signal.reason }) };
  return accepted({ ...execution, canceled });
}

type Paused = Extract<Signal, { type: 'pause' | 'resume' }>;

function pause(execution: Execution, { user, via, stop }: Paused, now: number): Signaled {
  const isEnding = execution.ending !== undefined || execution.canceled !== undefined;
  if (isEnding && !isComplete(execution.status))
    return refused(execution, 'ALREADY_DECIDED', `Unable to pause: ${execution.name} is ending.`);
  if (execution.status === 'RUNNING') {
    const passedOn = stop === undefined ? passOn(execution, 'pause', user, now) : [];
    const source = { ...(via === undefined ? {} : { via }), ...(stop === undefined ? {} : { stop }) };
    const paused = { by: user, at: now, ...source };
    return accepted({ ...execution, status: 'PAUSED', paused, events: [...execution.events, ...passedOn] });
  }
  return refused(
    execution,
    'ALREADY_DECIDED',
    `Unable to pause: it is ${execution.status.toLowerCase()}, not running.`,
  );
}

function resume(execution: Execution, { user, via, stop }: Paused, now: number): Signaled {
  const { paused } = execution;
  if (execution.status !== 'PAUSED' || paused === undefined) {
    return refused(
      execution,
      'ALREADY_DECIDED',
      `Unable to resume: it is ${execution.status.toLowerCase()}, not paused.`,
    );
  }
  if (via !== undefined && paused.via !== via)
    return refused(execution, 'ALREADY_DECIDED', ['Paused by ', { person: paused.by }, ' themselves.']);
  if (stop !== undefined && paused.stop !== stop)
    return refused(execution, 'ALREADY_DECIDED', ['It was paused by ', { person: paused.by }, ', not by the stop.']);
  const pauses = [...(execution.pauses ?? []), { at: paused.at, resumedAt: now }];
  const passedOn = stop === undefined ? passOn(execution, 'resume', user, paused.at) : [];
  const events = [...execution.events, ...passedOn];
  const resumed = { ...paused, resumedBy: user, resumedAt: now };
  return accepted({ ...execution, status: 'RUNNING', paused: resumed, pauses, events });
}

function skipWait(execution: Execution, signal: { stageId: string; user: string }, now: number): Signaled {
  const stage = stageById(execution, signal.stageId);
  if (stage !== undefined && stage.type !== 'wait')
    return refused(execution, 'NOT_ALLOWED', `Stage '${stage.name}' is no wait, so there is no time to skip.`);
  if (stage?.status !== 'RUNNING') return refused(execution, 'ALREADY_DECIDED', 'This wait is over.');
  return accepted(patchStage(execution, stage, { skipRemainingWait: true }, { user: signal.user, now }));
}

type Breaking = Extract<Signal, { type: 'breakGlass' }>;

/** What a broken glass comes to: the signal of a second person, by one. */
function setAside(
  execution: Execution,
  kind: 'guard' | 'window' | 'judgment' | 'lock',
  signal: Breaking,
  now: number,
): Signaled {
  const { stageId, user, reason, hash = '', input } = signal;
  const { application } = execution;
  if (kind === 'guard') return override(execution, { type: 'override', stageId, user, reason, application, hash }, now);
  if (kind === 'lock') return forceQuietly(execution, { type: 'force', stageId, user, reason, hash }, now);
  if (kind === 'window') {
    const bound = signal.hash === undefined ? {} : { hash: signal.hash };
    return startNow(execution, { type: 'startNow', stageId, user, reason, ...bound }, now);
  }
  const answer = input === undefined ? {} : { input };
  return judge(execution, { type: 'judge', decision: 'continue', stageId, user, reason, alone: true, ...answer }, now);
}

/** Sets aside what holds a stage back, tells the channel, and has it reviewed. */
function breakGlass(execution: Execution, signal: Breaking, now: number): Signaled {
  const stage = stageById(execution, signal.stageId);
  if (stage === undefined) return refused(execution, 'NOT_FOUND', 'This stage no longer exists.');
  const held = heldBackBy(execution, stage);
  if (held === undefined) return refused(execution, 'ALREADY_DECIDED', `Nothing holds '${stage.name}' back any more.`);
  const reason = signal.reason.trim();
  if (reason === '') return refused(execution, 'INVALID_INPUT', 'Say why it cannot wait for a second person.');
  const done = setAside(execution, held.kind, { ...signal, reason }, now);
  if (!done.outcome.accepted) return done;
  const answered = held.answers === undefined || signal.input === undefined ? '' : `, answered with '${signal.input}'`;
  const told = breakGlassEvents(execution, stage, { user: signal.user, reason, what: held.what + answered, now });
  return accepted({ ...done.execution, events: [...done.execution.events, ...told] });
}

/** Whether people may go on without waiting for the end of what a stage has started. */
export const isSkippable = ({ type, status, context }: Stage): boolean =>
  type === 'pipeline' && status === 'RUNNING' && context.skippable === true && context.manualSkip !== true;

function skipStage(execution: Execution, signal: { stageId: string; user: string }, now: number): Signaled {
  const stage = stageById(execution, signal.stageId);
  if (stage === undefined || isComplete(stage.status))
    return refused(execution, 'ALREADY_DECIDED', 'This stage is over.');
  if (!isSkippable(stage)) return refused(execution, 'NOT_ALLOWED', 'Cannot manually skip stage.');
  return accepted(patchStage(execution, stage, { manualSkip: true }, { user: signal.user, now }));
}

function retryStage(execution: Execution, signal: Wish, now: number): Signaled {
  const stage = stageById(execution, signal.stageId);
  if (stage === undefined || stage.parentStageId !== undefined)
    return refused(execution, 'NOT_FOUND', 'This stage no longer exists.');
  if (isHeldBack(execution))
    return refused(execution, 'ALREADY_DECIDED', `${execution.name} waits for its turn. Retry when it is over.`);
  if (execution.status === 'PAUSED')
    return refused(execution, 'ALREADY_DECIDED', `${execution.name} is paused. Resume it first.`);
  if (execution.status === 'CANCELED' && execution.canceled !== undefined)
    return refused(execution, 'ALREADY_DECIDED', `${execution.name} was canceled and went back. Deploy again.`);
  if (execution.ending !== undefined && !isComplete(execution.status))
    return refused(execution, 'ALREADY_DECIDED', `${execution.name} is still ending. Retry when it is over.`);
  if (!isComplete(stage.status))
    return refused(execution, 'ALREADY_DECIDED', `Stage '${stage.name}' is already under way.`);
  const running = downstreamOf(execution, stage).find(({ status }) => status === 'RUNNING');
  if (running !== undefined)
    return refused(
      execution,
      'ALREADY_DECIDED',
      `Stage '${running.name}', which follows '${stage.name}', is under way. Cancel first, or retry when it is over.`,
    );
  const { stageId, user, adopts } = signal;
  return accepted(goOn(execution, { stageId, user, ...(adopts === undefined ? {} : { adopts }) }, now));
}

/** What had waited for a child's end and got it; where people decided not to wait they still do not. */
const hasWaited = ({ status }: Stage): boolean => isComplete(status) && status !== 'SKIPPED';

/**
 * The stage that had waited for a child, and what follows it, again; the child is taken over, not started. Where all is over
 * that may be one that had succeeded (semantics §6.7); what goes on already has gone on from it.
 */
function adoptChild(execution: Execution, signal: Extract<Signal, { type: 'adoptChild' }>, now: number): Signaled {
  const { stageId, executionId, user } = signal;
  const stage = stageById(execution, stageId);
  if (stage?.type !== 'pipeline' || stage.context.executionId !== executionId)
    return refused(execution, 'NOT_FOUND', 'This stage no longer waits for that execution.');
  const mayWaitAgain = isHalt(stage.status) || (isComplete(execution.status) && hasWaited(stage));
  if (!mayWaitAgain) return refused(execution, 'ALREADY_DECIDED', `Stage '${stage.name}' has not failed.`);
  return retryStage(execution, { stageId, user, adopts: executionId }, now);
}

function notify(execution: Execution, user: string): Signaled {
  const { notifies = [], name } = execution;
  if (!isHeldBack(execution)) return refused(execution, 'ALREADY_DECIDED', `${name} has started already.`);
  if (notifies.includes(user)) return refused(execution, 'ALREADY_DECIDED', 'You will be told already.');
  return accepted({ ...execution, notifies: [...notifies, user] });
}

/** Applies a signal. Pure: the first decision wins, later ones learn of it. */
export function applySignal(execution: Execution, signal: Signal, now: number): Signaled {
  switch (signal.type) {
    case 'judge':
      return judge(execution, signal, now);
    case 'cancel':
      return cancel(execution, signal, now);
    case 'pause':
      return pause(execution, signal, now);
    case 'resume':
      return resume(execution, signal, now);
    case 'skipWait':
      return skipWait(execution, signal, now);
    case 'notify':
      return notify(execution, signal.user);
    case 'startNow':
      return startNow(execution, signal, now);
    case 'override':
      return override(execution, signal, now);
    case 'force':
      return force(execution, signal, now);
    case 'breakGlass':
      return breakGlass(execution, signal, now);
    case 'skipStage':
      return skipStage(execution, signal, now);
    case 'adoptChild':
      return adoptChild(execution, signal, now);
    case 'retryStage':
      return retryStage(execution, { stageId: signal.stageId, user: signal.user }, now);
  }
}
