import type { Execution, Stage, StageContext } from '../model/execution';
import { isPassed } from '../model/status';

/** What the graph knows of a stage. */
export type GraphStage = Pick<Stage, 'id' | 'refId' | 'requisiteStageRefIds' | 'parentStageId'>;

type Graph<S> = { readonly stages: readonly S[] };

/** The synthetic stages of a stage, in the order they were planned. */
export const childrenOf = (execution: Execution, stage: Stage): readonly Stage[] =>
  execution.stages.filter((other) => other.parentStageId === stage.id);

/** The stages a team sees as its pipeline. */
export const topLevelStages = (execution: Execution): readonly Stage[] =>
  execution.stages.filter((stage) => stage.parentStageId === undefined);

/** The stage of this id, or undefined. */
export const stageById = <S extends GraphStage>(execution: Graph<S>, id: string): S | undefined =>
  execution.stages.find((stage) => stage.id === id);

const isRequisite = (other: GraphStage, stage: GraphStage): boolean =>
  other.parentStageId === stage.parentStageId && stage.requisiteStageRefIds.includes(other.refId);

/** The stages that must have passed before this one: same parent, named by refId. */
function requisitesOf<S extends GraphStage>(execution: Graph<S>, stage: S): readonly S[] {
  if (stage.requisiteStageRefIds.length === 0) return [];
  return execution.stages.filter((other) => isRequisite(other, stage));
}

const parentOf = <S extends GraphStage>(execution: Graph<S>, stage: S): S | undefined =>
  stage.parentStageId === undefined ? undefined : stageById(execution, stage.parentStageId);

/** The stage of the pipeline that a stage belongs to: itself, or the one above all above it. */
export function topLevelOf(execution: Execution, stage: Stage): Stage {
  const parent = parentOf(execution, stage);
  return parent === undefined ? stage : topLevelOf(execution, parent);
}

/** Whether a stage is part of a way back, planned because something failed or was stopped. */
export function isCleanUp(execution: Execution, stage: Stage): boolean {
  if (stage.onFailure === true || stage.onCancel === true) return true;
  const parent = parentOf(execution, stage);
  return parent !== undefined && isCleanUp(execution, parent);
}

/** Whether what follows a stage may start; an ignored failure of a part ends the whole that it is a part of (semantics §6.2). */
const lets = ({ status, parentStageId }: Stage): boolean =>
  isPassed(status) && (parentStageId === undefined || status !== 'FAILED_CONTINUE');

/**
 * Whether a stage that has not started may start now: its parent runs and everything before it passed. What is fetched for
 * a parent that is to start needs no running one. In an execution that is being stopped only clean-up starts, also where
 * its parent has ended already.
 */
export function canStart(execution: Execution, stage: Stage): boolean {
  if (stage.status !== 'NOT_STARTED') return false;
  if (execution.ending !== undefined && !isCleanUp(execution, stage)) return false;
  const needsParent = stage.parentStageId !== undefined && stage.onCancel !== true && stage.evaluation !== true;
  if (needsParent && parentOf(execution, stage)?.status !== 'RUNNING') return false;
  return execution.stages.every((other) => !isRequisite(other, stage) || lets(other));
}

/** The stages downstream of one, near and far, on its own level. */
export function downstreamOf(execution: Execution, stage: Stage): readonly Stage[] {
  const found = new Set<string>([stage.refId]);
  const siblings = execution.stages.filter((other) => other.parentStageId === stage.parentStageId);
  for (let grown = true; grown;) {
    const before = found.size;
    for (const other of siblings)
      if (other.requisiteStageRefIds.some((refId) => found.has(refId))) found.add(other.refId);
    grown = found.size > before;
  }
  return siblings.filter((other) => other.id !== stage.id && found.has(other.refId));
}

/** Stages whose outputs a stage may read, nearest first: those before it, its parent, those before the parent, … */
export function ancestorsOf<S extends GraphStage>(execution: Graph<S>, stage: S): readonly S[] {
  const seen = new Set<string>([stage.id]);
  const ordered: S[] = [];
  let level: readonly S[] = [stage];
  while (level.length > 0) {
    const next = level.flatMap((member) => {
      const parent = parentOf(execution, member);
      return [...requisitesOf(execution, member), ...(parent === undefined ? [] : [parent])];
    });
    level = next.filter((member) => !seen.has(member.id) && seen.add(member.id).size > 0);
    ordered.push(...level);
  }
  return ordered;
}

/** The stage's context over the outputs of its ancestors, the nearest winning (semantics §6.5). */
export function contextOf(execution: Execution, stage: Stage): StageContext {
  const inherited = [...ancestorsOf(execution, stage)].reverse().map((ancestor) => ancestor.outputs);
  const layers = [...inherited, stage.outputs, stage.context];
  // Assigned, it would become the prototype of all others.
  if (layers.some((layer) => Object.hasOwn(layer, '__proto__'))) {
    return Object.fromEntries(layers.flatMap((layer) => Object.entries(layer)).filter(([key]) => key !== '__proto__'));
  }
  return Object.assign({}, ...layers) as StageContext;
}

/** The stage and all synthetic stages below it. */
export function familyOf(execution: Execution, stage: Stage): readonly Stage[] {
  return [stage, ...childrenOf(execution, stage).flatMap((child) => familyOf(execution, child))];
}
