import type { Execution, Stage, Task } from '../model/execution';
import { isComplete } from '../model/status';
import type { StagePlan, StageRegistry } from './contracts/stage';
import { canStart, childrenOf, contextOf, familyOf, stageById, topLevelStages } from './graph';
import { isHeldByWindow } from './execution-window';
import { seeEarlier } from './earlier-attempts';
import { describeRefusal } from './describe-refusal';
import { landingMs } from './landing';
import { planSynthetic, replaceStage } from './plan-stages';

type Settings<S> = { readonly registry: StageRegistry<S>; readonly now: number };

const cutTask = (task: Task, now: number): Task =>
  task.status === 'RUNNING' ? { ...task, status: 'CANCELED', endTime: now } : task;

/** A stage that ends where it is; what it has sent may still arrive. */
export const cutStage = (stage: Stage, now: number): Stage =>
  stage.status === 'RUNNING'
    ? { ...stage, status: 'CANCELED', endTime: now, tasks: stage.tasks.map((task) => cutTask(task, now)) }
    : stage;

/** Whether a stage, or one below it, may have sent something whose answer nobody has seen: only a saved intent acts. */
export const isActing = (execution: Execution, stage: Stage): boolean =>
  familyOf(execution, stage).some((member) =>
    member.tasks.some((task) => task.status === 'RUNNING' && task.memo !== undefined),
  );

/** The clean-up of a stage, or of those below it where it leaves that to them. */
function cleanUpOf<S>(execution: Execution, stage: Stage, settings: Settings<S>): readonly Stage[] {
  // Until it planned its parts a stage did nothing, as where it was skipped or its expressions could not be evaluated.
  if (!stage.planned.before || stage.onFailure === true || isHeldByWindow(execution, stage)) return [];
  const plans: readonly StagePlan[] | undefined = settings.registry
    .find(stage.type)
    ?.onCancel?.({ execution, stage, context: contextOf(execution, stage) });
  if (plans === undefined)
    return childrenOf(execution, stage).flatMap((child) => cleanUpOf(execution, child, settings));
  const planned = planSynthetic(stage, 'onCancel', plans);
  if (!isActing(execution, stage)) return planned;
  const stoppedAt = execution.canceled?.at ?? settings.now;
  return planned.map((child) => ({ ...child, notBefore: stoppedAt + landingMs }));
}

/**
 * The same of a stage of the pipeline, canceled also from what its earlier attempts did; those of their parts that are not
 * planned again leave it to the stage.
 */
function wayBackOf<S>(execution: Execution, stage: Stage, settings: Settings<S>): readonly Stage[] {
  const seen = execution.canceled === undefined ? execution : seeEarlier(execution);
  return cleanUpOf(seen, stageById(seen, stage.id) ?? stage, settings).map((child) => {
    const isParentThere = stageById(execution, child.parentStageId ?? stage.id) !== undefined;
    return { ...child, attempt: stage.attempt, ...(isParentThere ? {} : { parentStageId: stage.id }) };
  });
}

/** Ends what runs of a stage's family, clean-up that goes over the whole execution excepted. */
function cutFamily(execution: Execution, stage: Stage, now: number): Execution {
  return familyOf(execution, stage).reduce(
    (current, member) => replaceStage(current, cutStage(member, now)),
    execution,
  );
}

/**
 * Stops an execution before its end: nothing new starts but clean-up, what runs ends where it is, and the way back of
 * each stage is planned. Canceled, the way back is from everything that ran; otherwise only from what was cut short, and
 * `keep` is the stage whose own clean-up goes on.
 */
export function cutShort<S>(execution: Execution, settings: Settings<S>, keep?: Stage): Execution {
  const { now } = settings;
  const isCanceled = execution.canceled !== undefined;
  let current: Execution = { ...execution, status: 'RUNNING', ending: { at: now } };
  const planned: Stage[] = [];
  for (const stage of topLevelStages(execution)) {
    if (stage.id === keep?.id || (!isCanceled && isComplete(stage.status))) continue;
    try {
      planned.push(...wayBackOf(execution, stage, settings));
      current = cutFamily(current, stage, now);
    } catch (error) {
      // A planner refused its input: the execution must end all the same, and say so.
      const { code, message } = describeRefusal(error);
      const failure = { code, message: `The way back of '${stage.name}' cannot be planned: ${message}` };
      current = replaceStage(cutFamily(current, stage, now), { ...cutStage(stage, now), failure });
    }
  }
  return { ...current, stages: [...current.stages, ...planned] };
}

/** Whether all clean-up of an execution that is being stopped has come to its end. */
export const isCleanedUp = (execution: Execution): boolean =>
  !execution.stages.some((stage) => stage.status === 'RUNNING' || canStart(execution, stage));
