import type { Execution, Stage } from '../model/execution';
import type { PipelineStage } from '../model/application';
import type { StagePlan } from './contracts/stage';

const notPlanned = { before: false, after: false, onFailure: false } as const;

type Planning = {
  readonly parallel?: boolean | undefined;
  /** Whether the first holds all others back, also those that are parallel. */
  readonly isGated?: boolean;
  readonly from?: number;
};

/** The stages of a new execution, from a resolved pipeline. Without any refId they run one after the other. */
export function planPipeline(stages: readonly PipelineStage[]): readonly Stage[] {
  return stages.map((stage) => ({
    id: stage.refId,
    refId: stage.refId,
    type: stage.type,
    name: stage.name,
    status: 'NOT_STARTED',
    requisiteStageRefIds: stage.requisiteStageRefIds,
    context: stage.context,
    outputs: {},
    tasks: [],
    planned: notPlanned,
    attempt: 1,
    ...(stage.windows === undefined ? {} : { windows: stage.windows }),
  }));
}

const sides = {
  before: { owner: 'STAGE_BEFORE', mark: '<' },
  after: { owner: 'STAGE_AFTER', mark: '>' },
  onFailure: { owner: 'STAGE_AFTER', mark: '!' },
  onCancel: { owner: 'STAGE_AFTER', mark: '~' },
  evaluation: { owner: 'STAGE_BEFORE', mark: '?' },
} as const;

/**
 * The synthetic stages around a stage, with ids that are the same however often they are planned. They run one after
 * the other unless `parallel`, where all wait for the first that `isGated`. They are numbered from `from`.
 */
export function planSynthetic(
  parent: Stage,
  side: keyof typeof sides,
  plans: readonly StagePlan[],
  { parallel = false, isGated = false, from = 0 }: Planning = {},
): readonly Stage[] {
  const { owner, mark } = sides[side];
  const refIdOf = (index: number) => `${parent.refId}${mark}${index + from}`;
  const requisitesOf = (index: number): readonly string[] => {
    if (index === 0) return [];
    if (parallel) return isGated ? [refIdOf(0)] : [];
    return [refIdOf(index - 1)];
  };
  return plans.map((plan, index) => ({
    id: `${parent.id}${mark}${index + from}`,
    refId: refIdOf(index),
    type: plan.type,
    name: plan.name,
    status: 'NOT_STARTED',
    requisiteStageRefIds: requisitesOf(index),
    parentStageId: parent.id,
    syntheticStageOwner: owner,
    ...(side === 'before' || side === 'after' ? {} : { [side]: true }),
    ...(plan.isWritten === true ? { isWritten: true as const } : {}),
    context: plan.context,
    outputs: {},
    tasks: [],
    planned: notPlanned,
    attempt: parent.attempt,
  }));
}

/** The execution with one stage replaced. */
export function replaceStage(execution: Execution, stage: Stage): Execution {
  return { ...execution, stages: execution.stages.map((other) => (other.id === stage.id ? stage : other)) };
}
