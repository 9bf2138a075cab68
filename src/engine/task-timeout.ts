import type { Execution, Stage, Task } from '../model/execution';
import type { StageRegistry } from './contracts/stage';
import { letThroughAt } from './execution-window';
import { explainFailure } from './explain-failure';
import { contextOf, stageById } from './graph';
import { replaceStage } from './plan-stages';
import { tasksOf } from './registry';

/**
 * The stages whose `stageTimeoutMs` is time for a stage: itself and those above it, nearest first (semantics §6.5). A way back
 * has its own time, as it often begins because that of the stage above is over; so has what follows a stage whose time is
 * for coming up.
 */
function timedStages<S>(execution: Execution, stage: Stage, registry: StageRegistry<S>): readonly Stage[] {
  const isWayBack = stage.onFailure === true || stage.onCancel === true;
  const parent = stage.parentStageId === undefined ? undefined : stageById(execution, stage.parentStageId);
  if (isWayBack || parent === undefined) return [stage];
  const above = timedStages(execution, parent, registry);
  const isFree = stage.syntheticStageOwner === 'STAGE_AFTER' && registry.find(parent.type)?.boundsAfter === false;
  return [stage, ...(isFree ? above.slice(1) : above)];
}

/** Strings do not count. */
const stageTimeoutMs = ({ context }: Stage): number | undefined =>
  typeof context.stageTimeoutMs === 'number' ? context.stageTimeoutMs : undefined;

/** When a stage must be over by its own `stageTimeoutMs`, pauses and the wait for its windows not counted. */
function stageDeadline(execution: Execution, stage: Stage): number {
  const startTime = letThroughAt(execution, stage);
  const timeoutMs = stageTimeoutMs(stage);
  if (startTime === undefined || timeoutMs === undefined) return Number.POSITIVE_INFINITY;
  return startTime + timeoutMs + pausedMs(execution, startTime);
}

/** How long an execution was paused since a task began, in milliseconds. */
export const pausedMs = ({ pauses = [] }: Execution, startTime: number): number =>
  pauses.reduce((sum, { at, resumedAt }) => sum + Math.max(0, resumedAt - Math.max(at, startTime)), 0);

/** How long the time of a stage's tasks stood still, in milliseconds. */
const stoodStillMs = ({ tasks }: Stage): number => tasks.reduce((sum, { stillMs = 0 }) => sum + stillMs, 0);

/** When a running task times out, by its own time or by that of its stage or one above; milliseconds since the epoch. */
export function taskDeadline<S>(execution: Execution, stage: Stage, task: Task, registry: StageRegistry<S>): number {
  const definition = registry.find(stage.type);
  if (definition === undefined || task.startTime === undefined || task.stillSince !== undefined)
    return Number.POSITIVE_INFINITY;
  const input = () => ({ execution, stage, context: contextOf(execution, stage) });
  const found = tasksOf(definition, input).find((candidate) => candidate.name === task.name);
  if (found === undefined) return Number.POSITIVE_INFINITY;
  const timed = timedStages(execution, stage, registry);
  const nearest = timed.map(stageTimeoutMs).find((timeoutMs) => timeoutMs !== undefined);
  const timeoutMs = (found.timeoutFromStage ? nearest : undefined) ?? found.timeoutMs;
  const own = task.startTime + timeoutMs + pausedMs(execution, task.startTime) + (task.stillMs ?? 0);
  return Math.min(own, ...timed.map((each) => stageDeadline(execution, each) + stoodStillMs(stage)));
}

/** A duration in words: `90 s`, `10 min`, `4 h`. */
export function durationText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

const endTask = (stage: Stage, { id }: Task, status: Task['status'], now: number): Stage => ({
  ...stage,
  tasks: stage.tasks.map((task) => (task.id === id ? { ...task, status, endTime: now } : task)),
});

/** A stage may say of itself that running out of time is no failure (semantics §6.5). */
function expire(stage: Stage, task: Task, now: number): Stage {
  if (stage.context.markSuccessfulOnTimeout === true) return endTask(stage, task, 'SUCCEEDED', now);
  const progress = stage.context.progress;
  const seen = typeof progress === 'string' ? ` Last seen: ${progress}.` : '';
  const message = `${stage.name}: ${task.name} did not end within ${durationText(now - (task.startTime ?? now))}.${seen}`;
  const ended = endTask(stage, task, 'TERMINAL', now);
  return { ...ended, failure: explainFailure({ code: 'TASK_TIMEOUT', message }, stage.context) };
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
