import type { Execution } from '../model/execution';
import type { ExecutionStatus } from '../model/status';
import { isComplete } from '../model/status';
import type { StageRegistry } from './contracts/stage';
import { expireStart, isHeldBack } from './admission';
import { cutShort, cutStage, isCleanedUp } from './cut-short';
import { beginRetry } from './go-on';
import { canStart, topLevelStages } from './graph';
import { settleStage } from './settle-stage';
import { expireTasks } from './task-timeout';

type Settings<S> = { readonly registry: StageRegistry<S>; readonly now: number };

function end(execution: Execution, status: ExecutionStatus, now: number): Execution {
  return { ...execution, status, endTime: now, stages: execution.stages.map((stage) => cutStage(stage, now)) };
}

/** Whoever retried hears why nothing came of it, where it was not a person who called it off. */
function tellRetrier({ id, name, retry, canceled, admission }: Execution): Execution['events'] {
  if (retry === undefined || canceled === undefined || canceled.by !== undefined) return [];
  const headline = `${name} was not retried: ${canceled.reason ?? 'it could not begin'}`;
  const view = { headline, tone: 'attention', undone: true, lines: [] } as const;
  return [{ id: `${id}/notRetried/${admission?.round ?? 0}`, type: 'direct', user: retry.user, view }];
}

/**
 * Calls off an execution that waits for its start. A retry leaves the execution as it had ended; what it was to wait for
 * again is canceled too where a person did it, and otherwise runs on alone.
 */
function callOff(execution: Execution, now: number): Execution {
  const { retry, canceled, ...rest } = execution;
  if (retry === undefined) return end(execution, 'CANCELED', now);
  const { id, name, events, admission } = execution;
  const { by: user, reason = `${name}, which was to wait for it, does not go on` } = canceled ?? {};
  const eventId = `${id}/abandoned/${admission?.round ?? 0}`;
  const abandoned: Execution['events'] =
    retry.adopts === undefined || user === undefined
      ? []
      : [{ id: eventId, type: 'abandoned', executionId: retry.adopts, user, reason }];
  return { ...rest, ...retry.ended, events: [...events, ...abandoned, ...tellRetrier(execution)] };
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

/** Takes every stage as far as it goes. */
function settleStages<S>(execution: Execution, settings: Settings<S>): Execution {
  let current = execution;
  for (let moved = true; moved;) {
    const before = current;
    for (const { id } of before.stages) {
      const stage = current.stages.find((other) => other.id === id);
      if (stage !== undefined) current = settleStage(current, stage, settings);
    }
    moved = current !== before;
  }
  return current;
}

const begin = (execution: Execution, now: number): Execution => ({
  ...beginRetry(execution, now),
  status: 'RUNNING',
  startTime: now,
});

/** Ends an execution that is being stopped, once its clean-up is through. */
function settleEnding(execution: Execution, now: number): Execution {
  if (!isCleanedUp(execution)) return execution;
  const status = execution.canceled === undefined ? (pipelineStatus(execution) ?? 'TERMINAL') : 'CANCELED';
  return end(execution, status, now);
}

/**
 * Takes an execution as far as it goes without looking outside: starts stages, plans synthetic ones, times tasks out,
 * ends what is over. One that waits for its turn stays as it is. One that is canceled, or fails while other branches run, goes back first and ends then. Pure; the
 * same object when nothing moves.
 */
export function settle<S>(execution: Execution, settings: Settings<S>): Execution {
  const { now } = settings;
  if (isComplete(execution.status)) return execution;
  let current = execution.status === 'NOT_STARTED' ? expireStart(execution, now) : execution;
  const isHeld = isHeldBack(current);
  // It has no cluster, or has not begun anew what it would go back from.
  if (current.canceled !== undefined && (isHeld || current.retry !== undefined)) return callOff(current, now);
  if (isHeld) return current;
  if (current.canceled !== undefined && current.ending === undefined) current = cutShort(current, settings);
  if (current.status === 'PAUSED') return current;
  if (current.status === 'NOT_STARTED') current = begin(current, now);
  current = settleStages(expireTasks(current, settings), settings);
  if (current.ending !== undefined) return settleEnding(current, now);
  const status = pipelineStatus(current);
  if (status === undefined) return current;
  if (!topLevelStages(current).some((stage) => stage.status === 'RUNNING')) return end(current, status, now);
  return settleEnding(settleStages(cutShort(current, settings), settings), now);
}
