import type { Execution, Stage, StageContext } from '../model/execution';
import { dropEarlier } from './earlier-attempts';
import { familyOf } from './graph';

/** What an earlier attempt of a stage, or this one, had decided when it first acted; undefined where none acted. */
export const decisionOf = ({ decisions }: Execution, { id }: Pick<Stage, 'id'>): StageContext | undefined =>
  decisions?.[id];

/** What the stages planned after a stage's tasks had decided, and those below them, in all its attempts. */
export const decisionsBelow = ({ decisions = {} }: Execution, { id }: Pick<Stage, 'id'>): readonly StageContext[] =>
  Object.entries(decisions).flatMap(([key, decision]) => (key.startsWith(`${id}>`) ? [decision] : []));

/** The execution with what a stage decided, for all its attempts. */
export const withDecision = (execution: Execution, stageId: string, decision: StageContext): Execution => ({
  ...dropEarlier(execution, (id) => id === stageId),
  decisions: { ...execution.decisions, [stageId]: decision },
});

/** The execution without what those of these stages decided that got what they wanted: they act anew, on what is there now. */
export function forgetSucceeded(execution: Execution, stages: readonly Stage[]): Execution {
  if (execution.decisions === undefined) return execution;
  const succeeded = stages.filter(({ status }) => status === 'SUCCEEDED');
  const gone = new Set(succeeded.flatMap((stage) => familyOf(execution, stage).map(({ id }) => id)));
  const kept = Object.entries(execution.decisions).filter(([id]) => !gone.has(id));
  return { ...dropEarlier(execution, (id) => gone.has(id)), decisions: Object.fromEntries(kept) };
}
