import type { Execution, Stage } from '../model/execution';
import type { StagePlan } from '../engine/contracts/stage';
import { familyOf } from '../engine/graph';
import { creationsByPlace, planUndo, sourceOf } from './undo';

/** The way back from everything that an execution did; deploys that are cut short have planned their own. */
export function planWholeUndo(execution: Execution): readonly StagePlan[] {
  const isCut = (stage: Stage) => familyOf(execution, stage).some((member) => member.onCancel === true);
  return creationsByPlace(execution.stages.filter((stage) => !isCut(stage)))
    .filter(([first]) => first !== undefined && sourceOf(first) !== undefined)
    .flatMap((stages) => planUndo(execution, stages));
}
