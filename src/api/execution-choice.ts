import { isComplete } from '../model/status';
import type { Execution, Stage } from '../model/execution';
import type { ChoiceTarget, View } from '../model/view';
import { ApiError } from './api-error';
import { findChoice, matchingChoices, type ChoiceRequest } from './choice-request';

const isOpenJudgment = (stage: Stage) =>
  stage.type === 'manualJudgment' && stage.status === 'RUNNING' && stage.context.judgmentStatus === undefined;

const names = (stage: Stage, wanted: string) => [stage.id, stage.refId, stage.name].includes(wanted);

const listOf = (stages: readonly Stage[]) => stages.map((stage) => `'${stage.name}' (${stage.id})`).join(', ');

function judgmentTarget(execution: Execution, request: ChoiceRequest): ChoiceTarget {
  const open = execution.stages.filter(isOpenJudgment);
  const wanted = request.stageId;
  const [stage, ...others] = wanted === undefined ? open : open.filter((candidate) => names(candidate, wanted));
  if (stage === undefined) {
    const state = execution.status.toLowerCase();
    const advice = open.length === 0 ? `No judgment waits there; it is ${state}.` : `Open: ${listOf(open)}.`;
    throw new ApiError(409, 'ALREADY_DECIDED', `There is nothing to ${request.name} in ${execution.id}. ${advice}`);
  }
  if (others.length > 0) {
    const several = listOf([stage, ...others]);
    throw new ApiError(409, 'INVALID_INPUT', `Several judgments wait: ${several}. Name one by its stage.`);
  }
  return { kind: 'execution', id: execution.id, stageId: stage.id };
}

/**
 * What a choice on an execution acts upon. Judgments and cancelling need not stand in the view: the chat asks for them
 * in a message of their own. Throws 409 when it is not possible now, or means several things.
 */
export function executionChoice(execution: Execution, view: View, request: ChoiceRequest): ChoiceTarget {
  if (matchingChoices(view, request).length === 1) return findChoice(view, request).target;
  if (request.name === 'approve' || request.name === 'reject') return judgmentTarget(execution, request);
  if (request.name !== 'cancelExecution') return findChoice(view, request).target;
  if (isComplete(execution.status)) {
    const state = execution.status.toLowerCase();
    throw new ApiError(409, 'ALREADY_DECIDED', `${execution.id} is over (${state}); there is nothing to cancel.`);
  }
  return { kind: 'execution', id: execution.id };
}
