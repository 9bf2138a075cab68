import type { Execution, Stage } from '../model/execution';
import { stageById } from './graph';
import { guardOverrideOf, openDenialOf, overriddenText } from './guard-override';
import { accepted, patchStage, refused, type Signaled } from './signal-outcome';

/** That a person sets aside what the guard says to a stage. */
export type Overriding = {
  readonly type: 'override';
  readonly stageId: string;
  readonly user: string;
  readonly reason: string;
  /** The application's name, as it was typed. */
  readonly application: string;
  /** The digest of the denial. */
  readonly hash: string;
};

/** Why an override cannot count; undefined where it can. */
function faultOfOverride(execution: Execution, stage: Stage, signal: Overriding, now: number): Signaled | undefined {
  const denial = openDenialOf(stage);
  const earlier = guardOverrideOf(stage);
  if (denial === undefined && earlier !== undefined)
    return refused(execution, 'ALREADY_DECIDED', overriddenText(earlier, now));
  if (denial === undefined)
    return refused(execution, 'ALREADY_DECIDED', `The guard does not stop '${stage.name}' any more.`);
  if (denial.digest !== signal.hash)
    return refused(execution, 'PLAN_CHANGED', `Something has changed since: ${denial.reason} Look at it again.`);
  if (signal.application.toLowerCase() !== execution.application)
    return refused(
      execution,
      'INVALID_INPUT',
      `Type the application's name, then why: ${execution.application}: reason.`,
    );
  return signal.reason.trim() === ''
    ? refused(execution, 'INVALID_INPUT', 'Say why it must be done nevertheless.')
    : undefined;
}

/** Lets a stage that the guard stops act on what it was stopped for, and tells the channel. */
export function override(execution: Execution, signal: Overriding, now: number): Signaled {
  const stage = stageById(execution, signal.stageId);
  if (stage === undefined) return refused(execution, 'NOT_FOUND', 'This stage no longer exists.');
  const fault = faultOfOverride(execution, stage, signal, now);
  if (fault !== undefined) return fault;
  const { user: by, hash: digest } = signal;
  const patch = { guardOverride: { digest, by, reason: signal.reason.trim(), at: now } };
  return accepted(patchStage(execution, stage, patch, { user: by, now }));
}
