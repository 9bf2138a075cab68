import type { Execution, Stage, Task } from '../model/execution';
import type { ExecutionStatus } from '../model/status';
import { isComplete } from '../model/status';
import type { StageRegistry } from './contracts/stage';
import { canStart, topLevelStages } from './graph';
import { settleStage } from './settle-stage';
import { expireTasks } from './task-timeout';

type Settings<S> = { readonly registry: StageRegistry<S>; readonly now: number };

const cancelTask = (task: Task, now: number): Task =>
  task.status === 'RUNNING' ? { ...task, status: 'CANCELED', endTime: now } : task;

const cancelStage = (stage: Stage, now: number): Stage =>
  stage.status === 'RUNNING'
    ? { ...stage, status: 'CANCELED', endTime: now, tasks: stage.tasks.map((task) => cancelTask(task, now)) }
    : stage;

function end(execution: Execution, status: ExecutionStatus, now: number): Execution {
  return { ...execution, status, endTime: now, stages: execution.stages.map((stage) => cancelStage(stage, now)) };
}

/** The pipeline's status over its top-level stages, first match; undefined while it goes on (semantics §6.2). */
export function pipelineStatus(execution: Execution): ExecutionStatus | undefined {
  const stages = topLevelStages(execution);
  const has = (status: ExecutionStatus) => stages.some((stage) => stage.status === status);
  if (stages.length === 0) return 'TERMINAL';
  if (stages.every((stage) => ['SUCCEEDED', 'SKIPPED', 'FAILED_CONTINUE'].includes(stage.status))) return 'SUCCEEDED';
  if (has('TERMINAL')) return 'TERMINAL';
  if (has('CANCELED')) return 'CANCELED';
  if (!has('STOPPED') || has('RUNNING') || stages.some((stage) => canStart(execution, stage))) return undefined;
  const failsAtEnd = stages.some(
    (stage) => stage.status === 'STOPPED' && stage.context.completeOtherBranchesThenFail === true,
  );
  return failsAtEnd ? 'TERMINAL' : 'SUCCEEDED';
}

/**
 * Takes an execution as far as it goes without looking outside: starts stages, plans synthetic ones, times tasks out,
 * ends what is over. Pure; the same object when nothing moves.
 */
export function settle<S>(execution: Execution, settings: Settings<S>): Execution {
  const { now } = settings;
  if (isComplete(execution.status)) return execution;
  if (execution.canceled !== undefined) return end(execution, 'CANCELED', now);
  if (execution.status === 'PAUSED') return execution;
  let current: Execution =
    execution.status === 'NOT_STARTED' ? { ...execution, status: 'RUNNING', startTime: now } : execution;
  current = expireTasks(current, settings);
  for (let moved = true; moved;) {
    const before = current;
    for (const { id } of before.stages) {
      const stage = current.stages.find((other) => other.id === id);
      if (stage !== undefined) current = settleStage(current, stage, settings);
    }
    moved = current !== before;
  }
  const status = pipelineStatus(current);
  return status === undefined ? current : end(current, status, now);
}
