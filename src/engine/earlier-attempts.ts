import type { Execution, Stage } from '../model/execution';
import { isPassed } from '../model/status';
import { familyOf, topLevelOf } from './graph';

const parts = /^[<>!~?]/;

/** Whether an id is that of a stage, or of one that was planned below it. */
const isOf = (id: string, stageId: string): boolean =>
  id === stageId || (id.startsWith(stageId) && parts.test(id.slice(stageId.length)));

const isCleanUp = ({ onFailure, onCancel, evaluation }: Stage): boolean =>
  onFailure === true || onCancel === true || evaluation === true;

/** Without those below which nothing is left that has acted and has not acted again. */
const prune = (earlier: readonly Stage[], decisions: Execution['decisions'] = {}): readonly Stage[] => {
  const acted = earlier.filter(({ id }) => Object.hasOwn(decisions, id));
  return earlier.filter(({ id }) => acted.some((other) => isOf(other.id, id)));
};

const withStages = (execution: Execution, earlier: readonly Stage[]): Execution => {
  const { earlier: _before, ...rest } = execution;
  return earlier.length === 0 ? rest : { ...rest, earlier };
};

/** The execution with these stages kept as they are before they are reset, as far as they or their parts have acted. */
export function keepEarlier(execution: Execution, stages: readonly Stage[]): Execution {
  const { earlier = [], decisions } = execution;
  const known = new Set(earlier.filter(({ id }) => Object.hasOwn(decisions ?? {}, id)).map(({ id }) => id));
  const ended = stages
    .flatMap((stage) => familyOf(execution, stage))
    .filter((stage) => !isCleanUp(stage) && !known.has(stage.id));
  const replaced = new Set(ended.map(({ id }) => id));
  return withStages(execution, prune([...earlier.filter(({ id }) => !replaced.has(id)), ...ended], decisions));
}

/** The execution without what earlier attempts of a stage were: it has acted again, or has got what it wanted. */
export const dropEarlier = (execution: Execution, gone: (stageId: string) => boolean): Execution =>
  execution.earlier === undefined
    ? execution
    : withStages(
        execution,
        prune(
          execution.earlier.filter(({ id }) => !gone(id)),
          execution.decisions,
        ),
      );

/**
 * The execution as whoever plans its way back must see it: with the stages of an earlier attempt in the place of those that
 * have not acted since, and those that have not been planned again.
 */
export function seeEarlier(execution: Execution): Execution {
  const { earlier = [], decisions = {} } = execution;
  if (earlier.length === 0) return execution;
  const present = new Set(execution.stages.map(({ id }) => id));
  const before = new Map(earlier.map((stage) => [stage.id, stage]));
  const seen = (stage: Stage): Stage => {
    const found = before.get(stage.id);
    if (found === undefined || isPassed(stage.status)) return stage;
    return !stage.planned.before || Object.hasOwn(decisions, stage.id) ? found : stage;
  };
  return { ...execution, stages: [...execution.stages.map(seen), ...earlier.filter(({ id }) => !present.has(id))] };
}

/** The attempt from which on a stage answers for what it did: the one after it last succeeded. */
export function firstAttemptOf(execution: Execution, stage: Stage): number {
  const { succeeded = [] } = topLevelOf(execution, stage);
  return Math.max(0, ...succeeded.map(({ attempt }) => attempt)) + 1;
}
