import type { Execution, Stage } from '../model/execution';
import { isComplete } from '../model/status';
import type { Choice } from '../model/view';
import { stageById, topLevelStages } from './graph';

/**
 * The button that runs what failed, or was called off elsewhere, again; undefined where nothing was, where a person or a
 * cancel ended it, and where whoever waited for it has gone back from it or run it anew.
 */
export function retryChoice(execution: Execution): Choice | undefined {
  const { status, canceled, isClosed } = execution;
  if (!isComplete(status) || canceled !== undefined || isClosed === true) return undefined;
  const hasFailed = (stage: Stage) =>
    ['TERMINAL', 'STOPPED'].includes(stage.status) || (stage.status === 'CANCELED' && stage.failure !== undefined);
  const failed = topLevelStages(execution).find(hasFailed);
  if (failed === undefined || failed.failure?.code === 'JUDGMENT_REJECTED') return undefined;
  const target = { kind: 'execution', id: execution.id, stageId: failed.id } as const;
  const again = failed.type === 'manualJudgment' ? 'Restart' : 'Retry';
  return { name: 'retryStage', label: `${again} ${failed.name}`, target };
}

/** Why a stage's retry is not on offer, in words; undefined where it is, or where the signal itself says why not. */
export function retryRefusal(execution: Execution, stageId: string): string | undefined {
  const { name, status, canceled, ending } = execution;
  const stage = stageById(execution, stageId);
  const parent = stage?.parentStageId === undefined ? undefined : stageById(execution, stage.parentStageId);
  if (stage !== undefined && parent !== undefined)
    return `Stage '${stage.name}' is a part of '${parent.name}'. Only whole stages are retried.`;
  if (!isComplete(status)) {
    const isOpen = status === 'RUNNING' && ending === undefined && stage !== undefined && isComplete(stage.status);
    return isOpen ? `${name} is under way. Retry when it is over.` : undefined;
  }
  if (canceled !== undefined) return `${name} was canceled and went back. Deploy again.`;
  const target = retryChoice(execution)?.target;
  const offered = target?.kind === 'execution' ? target.stageId : undefined;
  if (offered === stageId) return undefined;
  const isRejected = topLevelStages(execution).some(({ failure }) => failure?.code === 'JUDGMENT_REJECTED');
  if (isRejected) return `A judgment of ${name} was rejected, and that decision stands. Start it anew.`;
  if (stage === undefined || isComplete(stage.status)) return undefined;
  const failed = offered === undefined ? undefined : stageById(execution, offered);
  return `Stage '${stage.name}' has not run.${failed === undefined ? '' : ` Retry '${failed.name}', which failed.`}`;
}
