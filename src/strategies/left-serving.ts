import { outcomeName } from '../engine/outcome-name';
import type { Execution, Stage, StageContext } from '../model/execution';
import { cameUp, changeOf, isCreation, isStrategyRun, type Change } from './undo';

/** What the stage that ran a strategy keeps of a run that failed and left a new server group in service; empty for none. */
export function leftServing(run: Execution): StageContext {
  if (run.canceled !== undefined || outcomeName(run) === 'rolledBack') return {};
  const created = run.stages
    .filter((stage) => isCreation(stage) && cameUp(stage))
    .flatMap((stage) => changeOf(stage) ?? []);
  const last = created.at(-1);
  return last === undefined ? {} : { leftServing: last.created };
}

/** The change that a strategy run made though it failed; undefined where it left nothing, or did not fail. */
export function changeLeftBy(stage: Stage): Change | undefined {
  const { leftServing: serverGroupName } = stage.context;
  if (!isStrategyRun(stage) || typeof serverGroupName !== 'string') return undefined;
  return changeOf({ ...stage, outputs: { ...stage.outputs, serverGroupName } });
}
