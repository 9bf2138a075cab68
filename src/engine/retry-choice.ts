import type { Execution } from '../model/execution';
import { isComplete } from '../model/status';
import type { Choice } from '../model/view';
import { topLevelStages } from './graph';

/** The button that runs what failed again; undefined where nothing failed, or where a person or a cancel ended it. */
export function retryChoice(execution: Execution): Choice | undefined {
  if (!isComplete(execution.status) || execution.status === 'CANCELED') return undefined;
  const failed = topLevelStages(execution).find((stage) => stage.status === 'TERMINAL' || stage.status === 'STOPPED');
  if (failed === undefined || failed.failure?.code === 'JUDGMENT_REJECTED') return undefined;
  const target = { kind: 'execution', id: execution.id, stageId: failed.id } as const;
  return { name: 'retryStage', label: `Retry ${failed.name}`, target };
}
