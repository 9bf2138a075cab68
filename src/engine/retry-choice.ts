import type { Execution, Stage } from '../model/execution';
import { isComplete } from '../model/status';
import type { Choice } from '../model/view';
import { topLevelStages } from './graph';

/**
 * The button that runs what failed, or was called off elsewhere, again; undefined where nothing was, or where a person or a
 * cancel ended it.
 */
export function retryChoice(execution: Execution): Choice | undefined {
  if (!isComplete(execution.status) || execution.canceled !== undefined) return undefined;
  const hasFailed = (stage: Stage) =>
    ['TERMINAL', 'STOPPED'].includes(stage.status) || (stage.status === 'CANCELED' && stage.failure !== undefined);
  const failed = topLevelStages(execution).find(hasFailed);
  if (failed === undefined || failed.failure?.code === 'JUDGMENT_REJECTED') return undefined;
  const target = { kind: 'execution', id: execution.id, stageId: failed.id } as const;
  return { name: 'retryStage', label: `Retry ${failed.name}`, target };
}
