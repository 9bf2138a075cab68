import type { Execution, Stage } from '../model/execution';
import { openWindowOf } from './execution-window';
import { foreignDigest, foreignWaitOf, overriddenWindow } from './foreign-window';
import { stageById } from './graph';
import { accepted, patchStage, refused, type Signaled } from './signal-outcome';
import { durationText } from './task-timeout';

/** That a person lets a stage begin before its time. */
export type Starting = {
  readonly type: 'startNow';
  readonly stageId: string;
  readonly user: string;
  readonly reason: string;
  /** The digest of the window of another environment that was shown; absent for those of the stage itself. */
  readonly hash?: string;
};

/**
 * Refuses a start that was shown for another window than the one that a stage waits for; undefined where it is the one, or where
 * there is none any more.
 */
function movedWindow(execution: Execution, stage: Stage, hash: string | undefined): Signaled | undefined {
  const foreign = foreignWaitOf(execution, stage);
  const waited = foreign === undefined ? undefined : foreignDigest(foreign);
  if (waited === hash || (foreign === undefined && openWindowOf(execution, stage) === undefined)) return undefined;
  const of = foreign === undefined ? 'its own window' : `the window of ${foreign.hold.place}`;
  const moved = `Something has changed since: '${stage.name}' waits for ${of}. Look at it again.`;
  return refused(execution, 'PLAN_CHANGED', moved);
}

/** Ends the waiting of a stage for its own windows. */
function startOwn(execution: Execution, stage: Stage, { user, reason }: Starting, now: number): Signaled {
  const window = openWindowOf(execution, stage);
  if (window?.status !== 'RUNNING')
    return refused(execution, 'ALREADY_DECIDED', `Stage '${stage.name}' waits for no window.`);
  if (reason.trim() === '') return refused(execution, 'INVALID_INPUT', 'Say why it cannot wait for its window.');
  const { skipRemainingWait } = window.context;
  const { lastModified: earlier } = window;
  if (skipRemainingWait === true && earlier !== undefined) {
    const ago = durationText(now - earlier.lastModifiedTime);
    return refused(execution, 'ALREADY_DECIDED', ['Already started by ', { person: earlier.user }, ` ${ago} ago.`]);
  }
  const patch = { skipRemainingWait: true, startedBy: user, startReason: reason.trim() };
  return accepted(patchStage(execution, window, patch, { user, now }));
}

/**
 * Ends the waiting for windows of a stage, or of the one it stands before; for the window of another environment, of all parts
 * of the stage.
 */
export function startNow(execution: Execution, signal: Starting, now: number): Signaled {
  const { stageId, user, reason, hash } = signal;
  const stage = stageById(execution, stageId);
  if (stage === undefined) return refused(execution, 'NOT_FOUND', 'This stage no longer exists.');
  const moved = movedWindow(execution, stage, hash);
  if (moved !== undefined) return moved;
  const foreign = foreignWaitOf(execution, stage);
  if (foreign === undefined) return startOwn(execution, stage, signal, now);
  if (reason.trim() === '') return refused(execution, 'INVALID_INPUT', 'Say why it cannot wait for its window.');
  return accepted(
    patchStage(execution, foreign.stage, overriddenWindow(foreign.stage, foreign.hold.place), { user, now }),
  );
}
