import type { Execution, Stage } from '../model/execution';
import { joinTexts, type Text } from '../model/text';
import { approvalsNeeded, approvalsOf, approvalsText, type Approval } from './approvals';
import { isHeldByWindow } from './execution-window';
import { stageById } from './graph';
import { judgmentAnswers } from './judgment-answers';
import { accepted, patchStage, refused, type Signaled } from './signal-outcome';
import { durationText } from './task-timeout';

/** A decision about a judgment. Authorization is decided before. */
export type Judged = {
  readonly type: 'judge';
  readonly decision: 'continue' | 'stop';
  readonly stageId: string;
  readonly user: string;
  /** One key for all accounts of this human, so that each counts once; absent: the user. */
  readonly human?: string;
  readonly reason?: string;
  /** Counts for all approvals that are needed: the glass was broken. */
  readonly alone?: true;
  /** Of `continue`: which of the answers that the judgment offers; absent where it offers none. */
  readonly input?: string;
};

/** Why an approval cannot count with this answer; undefined where it can. */
function faultOfAnswer({ name, context }: Stage, { input }: Judged): Text | undefined {
  const answers = judgmentAnswers(context);
  if (answers.length === 0)
    return input === undefined ? undefined : `'${name}' asks for no answer. Approve it without one.`;
  const listed = [answers.slice(0, -1).join(', '), answers.at(-1)].filter((text) => text !== '').join(' or ');
  if (input === undefined) return `'${name}' asks for an answer: ${listed}.`;
  if (!answers.includes(input)) return `'${input}' is no answer to '${name}'. Choose ${listed}.`;
  const [first] = approvalsOf(context);
  if (first?.input === undefined || first.input === input) return undefined;
  return [{ person: first.user }, ` has approved with '${first.input}'. Approve with that too, or reject.`];
}

/** Why it is too late, or too early, to decide; undefined while it is open. */
function refuseClosed(execution: Execution, stage: Stage, now: number): Signaled | undefined {
  const decided = stage.context.judgmentStatus;
  if (decided !== undefined && stage.lastModified !== undefined) {
    const { user, lastModifiedTime } = stage.lastModified;
    const verb = decided === 'continue' ? 'approved' : 'rejected';
    const ago = durationText(now - lastModifiedTime);
    return refused(execution, 'ALREADY_DECIDED', [`Already ${verb} by `, { person: user }, ` ${ago} ago.`]);
  }
  if (isHeldByWindow(execution, stage) && stage.status === 'RUNNING')
    return refused(execution, 'NOT_ALLOWED', `'${stage.name}' waits for its window and asks nothing yet.`);
  if (stage.status === 'RUNNING') return undefined;
  const status = stage.status.toLowerCase();
  return refused(execution, 'ALREADY_DECIDED', `Too late: the judgment '${stage.name}' is over (${status}).`);
}

function approve(execution: Execution, stage: Stage, signal: Judged, now: number): Signaled {
  const { user, human = user, input, reason, alone } = signal;
  const earlier = approvalsOf(stage.context);
  const own = earlier.find((one) => one.human === human || one.user === user);
  if (own !== undefined && alone !== true) {
    const soFar = approvalsText(execution, stage) ?? '';
    const ago = durationText(now - own.at);
    const text = joinTexts([`You have approved already, ${ago} ago, and count once. `, soFar, '.']);
    return refused(execution, 'ALREADY_DECIDED', text);
  }
  const fault = faultOfAnswer(stage, signal);
  if (fault !== undefined) return refused(execution, 'INVALID_INPUT', fault);
  const answer = input === undefined ? {} : { input };
  const why = reason === undefined ? {} : { reason };
  const approval: Approval = { user, human, at: now, ...answer, ...why };
  const approvals = [...earlier.filter((one) => one !== own), approval];
  const several = approvalsNeeded(execution) > 1 ? { judgmentApprovals: approvals } : {};
  if (alone !== true && approvals.length < approvalsNeeded(execution))
    return accepted(patchStage(execution, stage, several, { user, now }));
  const decided = {
    judgmentStatus: 'continue',
    judgedBy: user,
    ...(input === undefined ? {} : { judgmentInput: input }),
  };
  return accepted(patchStage(execution, stage, { ...several, ...decided }, { user, now }));
}

/** Takes one person's decision in: so many approvals as the policy asks for, or one rejection, decide. Pure. */
export function judge(execution: Execution, signal: Judged, now: number): Signaled {
  const stage = stageById(execution, signal.stageId);
  if (stage?.type !== 'manualJudgment') return refused(execution, 'NOT_FOUND', 'This judgment no longer exists.');
  const closed = refuseClosed(execution, stage, now);
  if (closed !== undefined) return closed;
  if (signal.decision === 'continue') return approve(execution, stage, signal, now);
  const { user, reason } = signal;
  const why = reason === undefined ? {} : { judgmentReason: reason };
  return accepted(patchStage(execution, stage, { judgmentStatus: 'stop', judgedBy: user, ...why }, { user, now }));
}
