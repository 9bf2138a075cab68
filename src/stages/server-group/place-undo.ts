import type { StagePlan } from '../../engine/contracts/stage';
import { isActing } from '../../engine/cut-short';
import type { Execution, Stage } from '../../model/execution';
import { isComplete } from '../../model/status';
import { creationsByPlace, isStrategyRun, planUndo } from '../../strategies';

/**
 * Which of the creations of one place goes back from all of them, so that only one does: the one whose strategy pipeline runs,
 * since that goes back by itself first; else one whose request may still arrive, since that is waited for; else the first.
 */
const whoGoesBack = (execution: Execution, place: readonly Stage[]): Stage | undefined =>
  place.findLast((stage) => isStrategyRun(stage) && !isComplete(stage.status)) ??
  place.findLast((stage) => isActing(execution, stage)) ??
  place[0];

/**
 * The way back of a creation that is stopped. Canceled, one creation of each place goes back from all of them and the others
 * plan nothing; cut short, each one goes back from itself.
 */
export function undoOfPlace(execution: Execution, creation: Stage): readonly StagePlan[] {
  if (execution.canceled === undefined) return planUndo(execution, [creation]);
  const place = creationsByPlace(execution.stages).find((stages) => stages.some(({ id }) => id === creation.id)) ?? [];
  return whoGoesBack(execution, place)?.id === creation.id ? planUndo(execution, place) : [];
}
