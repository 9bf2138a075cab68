import type { Execution, Stage, Task } from '../model/execution';
import type { StageRegistry } from './contracts/stage';
import { explainFailure } from './explain-failure';
import { contextOf, stageById } from './graph';
import { replaceStage } from './plan-stages';
import { tasksOf } from './registry';

/** The stage's own `stageTimeoutMs`, else the nearest one above; strings do not count (semantics §6.5). */
function stageTimeoutMs(execution: Execution, stage: Stage): number | undefined {
  const own = stage.context.stageTimeoutMs;
  if (typeof own === 'number') return own;
  const parent = stage.parentStageId === undefined ? undefined : stageById(execution, stage.parentStageId);
  return parent === undefined ? undefined : stageTimeoutMs(execution, parent);
}

/** How long an execution was paused since a task began, in milliseconds. */
export const pausedMs = ({ pauses = [] }: Execution, startTime: number): number =>
  pauses.reduce((sum, { at, resumedAt }) => sum + Math.max(0, resumedAt - Math.max(at, startTime)), 0);

/** When a running task times out, in milliseconds since the epoch. */
export function taskDeadline<S>(execution: Execution, stage: Stage, task: Task, registry: StageRegistry<S>): number {
  const definition = registry.find(stage.type);
  if (definition === undefined || task.startTime === undefined) return Number.POSITIVE_INFINITY;
  const input = () => ({ execution, stage, context: contextOf(execution, stage) });
  const found = tasksOf(definition, input).find((candidate) => candidate.name === task.name);
  if (found === undefined) return Number.POSITIVE_INFINITY;
  const timeoutMs = (found.timeoutFromStage ? stageTimeoutMs(execution, stage) : undefined) ?? found.timeoutMs;
  return task.startTime + timeoutMs + pausedMs(execution, task.startTime);
}

/** A duration in words: `90 s`, `10 min`, `4 h`. */
export function durationText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function expire(stage: Stage, task: Task, now: number): Stage {
  const progress = stage.context.progress;
  const seen = typeof progress === 'string' ? ` Last seen: ${progress}.` : '';
  const message = `${stage.name}: ${task.name} did not end within ${durationText(now - (task.startTime ?? now))}.${seen}`;
  const tasks = stage.tasks.map((other) =>
    other.id === task.id ? { ...other, status: 'TERMINAL' as const, endTime: now } : other,
  );
  return { ...stage, tasks, failure: explainFailure({ code: 'TASK_TIMEOUT', message }, stage.context) };
}

/** Ends the running tasks whose time is over. */
export function expireTasks<S>(
  execution: Execution,
  { registry, now }: { readonly registry: StageRegistry<S>; readonly now: number },
): Execution {
  let current = execution;
  for (const stage of execution.stages) {
    if (stage.status !== 'RUNNING') continue;
    const late = stage.tasks.find(
      (task) => task.status === 'RUNNING' && taskDeadline(execution, stage, task, registry) <= now,
    );
    if (late !== undefined) current = replaceStage(current, expire(stage, late, now));
  }
  return current;
}
