import { asCoxswainError, type CoxswainError } from '../model/errors';
import type { Execution, Stage, Task } from '../model/execution';
import type { Clock } from './clock';
import type { StageRegistry } from './contracts/stage';
import type { TaskResult } from './contracts/task';
import type { LookResult } from './fold';
import { describeRefusal } from './describe-refusal';
import { effectKey } from './effect-key';
import { contextOf, stageById } from './graph';
import { stepTimeoutMs } from './landing';
import { tasksOf } from './registry';
import { taskDeadline } from './task-timeout';

/** How long the engine waits before it asks again after an error that time may heal, where that says nothing else. */
const errorRetryMs = 2000;
/** The longest that a server may ask to wait. */
const longestRetryMs = 60_000;

/** What looks are made with. */
export type LookWorld<S> = { readonly registry: StageRegistry<S>; readonly services: S; readonly clock: Clock };

/** A task that may be looked at now. */
export type ReadyTask = { readonly stage: Stage; readonly task: Task };

/** The definition of a task; undefined where its stage type no longer has it. */
function definitionOf<S>(execution: Execution, { stage, task }: ReadyTask, registry: StageRegistry<S>) {
  const definition = registry.find(stage.type);
  if (definition === undefined) return undefined;
  const tasks = tasksOf(definition, () => ({ execution, stage, context: contextOf(execution, stage) }));
  return tasks.find(({ name }) => name === task.name);
}

/** The tasks whose time has come, at most one of each stage; those that watch DC/OS too where the execution `isWoken`. */
export function readyTasks<S>(
  execution: Execution,
  registry: StageRegistry<S>,
  { now, isWoken }: { readonly now: number; readonly isWoken: boolean },
): readonly ReadyTask[] {
  if (execution.status !== 'RUNNING') return [];
  const isReady = (one: ReadyTask): boolean => {
    if ((one.task.dueAt ?? now) <= now) return true;
    return isWoken && definitionOf(execution, one, registry)?.isWatching === true;
  };
  return execution.stages
    .filter((stage) => stage.status === 'RUNNING')
    .flatMap((stage) => stage.tasks.filter(({ status }) => status === 'RUNNING').map((task) => ({ stage, task })))
    .filter(isReady);
}

/** How long to wait after an error: as long as its server asked, within bounds and the `leftMs` of the task. */
function retryDelayMs({ fields }: CoxswainError, leftMs: number): number {
  const asked = fields.retryAfterMs;
  if (typeof asked !== 'number' || Number.isNaN(asked)) return errorRetryMs;
  return Math.max(errorRetryMs, Math.min(asked, longestRetryMs, leftMs));
}

/** An error as a result: the same look again later where that can help, else the end of the task. */
function resultOfError(thrown: unknown, leftMs: number): TaskResult {
  const error = asCoxswainError(thrown);
  const { code, message } = describeRefusal(thrown);
  if (!error.canRetry) return { status: 'TERMINAL', code, reason: message };
  const context = { lastError: message, progress: message };
  return { status: 'RUNNING', retryAfterMs: retryDelayMs(error, leftMs), context };
}

/** The stage's own `backoffPeriodMs`, or that of a stage above; only a number counts (semantics §6.5). */
function backoffPeriodMs(execution: Execution, { context, parentStageId }: Stage): number {
  const { backoffPeriodMs: own } = context;
  if (typeof own === 'number' && Number.isFinite(own)) return own;
  const parent = parentStageId === undefined ? undefined : stageById(execution, parentStageId);
  return parent === undefined ? 0 : backoffPeriodMs(execution, parent);
}

/** A result that asks for another look does so after the backoff of its stage; what is to be acted upon does not wait. */
function backOff(execution: Execution, stage: Stage, result: TaskResult): TaskResult {
  if (result.status !== 'RUNNING' || result.retryAfterMs === 0) return result;
  return { ...result, retryAfterMs: Math.max(result.retryAfterMs, backoffPeriodMs(execution, stage)) };
}

/** Lets one task look once, within the step's time. Never throws. */
export async function runLook<S>(
  execution: Execution,
  { stage, task }: ReadyTask,
  world: LookWorld<S>,
): Promise<LookResult> {
  const { registry, services, clock } = world;
  const context = contextOf(execution, stage);
  const base = { stageId: stage.id, taskId: task.id, attempt: stage.attempt, looks: task.looks };
  const found = definitionOf(execution, { stage, task }, registry);
  if (found === undefined) {
    const reason = `Stage type '${stage.type}' no longer has a task '${task.name}'.`;
    return { ...base, result: { status: 'TERMINAL', code: 'INTERNAL', reason } };
  }
  const deadline = taskDeadline(execution, stage, task, registry);
  const abort = new AbortController();
  const disarm = clock.after(stepTimeoutMs, () => abort.abort());
  try {
    const key = effectKey(execution.id, stage);
    const now = clock.now();
    const look = {
      execution,
      stage,
      context,
      memo: task.memo,
      now,
      startedAt: task.startTime ?? now,
      deadline,
      signal: abort.signal,
      key,
      services,
    };
    return { ...base, result: backOff(execution, stage, await found.run(look)) };
  } catch (error) {
    return { ...base, result: backOff(execution, stage, resultOfError(error, deadline - clock.now())) };
  } finally {
    disarm();
  }
}
