import { CoxswainError } from '../model/errors';
import type { StageContext } from '../model/execution';
import { createScope, stageLayers, type ScopeOptions } from './expression-scope';
import type { Scope } from './expressions';
import type { GraphStage } from './graph';

type SpinnakerStage = GraphStage & {
  readonly context: StageContext;
  readonly outputs: StageContext;
  /** The stage as it was written. */
  readonly document: StageContext;
};

/** An execution as Spinnaker's API gives it out: kept whole, its stages read as far as scopes need them. */
export type SpinnakerExecution = { readonly document: StageContext; readonly stages: readonly SpinnakerStage[] };

const isMap = (value: unknown): value is StageContext =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (message: string): CoxswainError => new CoxswainError('INVALID_INPUT', { message });

function mapAt(stage: StageContext, key: string, where: string): StageContext {
  const value = stage[key] ?? {};
  if (!isMap(value)) throw invalid(`The execution cannot be read: ${where}.${key} must be a map.`);
  return value;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

function readStage(stage: unknown, index: number): SpinnakerStage {
  const where = `stages[${index}]`;
  if (!isMap(stage)) throw invalid(`The execution cannot be read: ${where} must be a map.`);
  const requisites = stage.requisiteStageRefIds ?? [];
  if (!Array.isArray(requisites)) {
    throw invalid(`The execution cannot be read: ${where}.requisiteStageRefIds must be a list.`);
  }
  // Neither is required by anything but the graph, so that a shortened execution can be tried out too.
  const refId = textOf(stage.refId) ?? `#${index + 1}`;
  const parentStageId = textOf(stage.parentStageId);
  return {
    id: textOf(stage.id) ?? `#${index + 1}`,
    refId,
    requisiteStageRefIds: requisites.map(String),
    ...(parentStageId === undefined ? {} : { parentStageId }),
    context: mapAt(stage, 'context', where),
    outputs: mapAt(stage, 'outputs', where),
    document: stage,
  };
}

/** Reads an execution as Spinnaker writes it. Throws INVALID_INPUT for what is none; what scopes do not need may be absent. */
export function readSpinnakerExecution(document: unknown): SpinnakerExecution {
  if (!isMap(document))
    throw invalid('The execution cannot be read: it must be a map, as Spinnaker writes executions.');
  const stages = document.stages ?? [];
  if (!Array.isArray(stages)) throw invalid('The execution cannot be read: stages must be a list.');
  return { document, stages: stages.map(readStage) };
}

function findStage({ stages }: SpinnakerExecution, refId: string): SpinnakerStage {
  const found = stages.find((stage) => stage.refId === refId);
  if (found !== undefined) return found;
  const known = stages.map((stage) => stage.refId).join(', ');
  throw new CoxswainError('NOT_FOUND', {
    message: `The execution has no stage ${refId}. ${known === '' ? 'It has none at all.' : `It has ${known}.`}`,
  });
}

/**
 * What expressions see with an execution of Spinnaker, and in the stage of this refId where one is given. Throws NOT_FOUND
 * where the execution has no such stage.
 */
export function scopeOfSpinnaker(
  execution: SpinnakerExecution,
  refId: string | undefined,
  options: ScopeOptions,
): Scope {
  const stage = refId === undefined ? undefined : findStage(execution, refId);
  const given = options.context === undefined ? [] : [options.context];
  return createScope(
    {
      execution: execution.document,
      stage: stage?.document ?? null,
      layers: [...given, ...(stage === undefined ? [] : stageLayers(execution, stage))],
    },
    options,
  );
}
