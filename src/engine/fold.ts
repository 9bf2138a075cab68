import { createHash } from 'node:crypto';
import type { Execution, Stage } from '../model/execution';
import { isComplete } from '../model/status';
import type { View } from '../model/view';
import type { StageRegistry } from './contracts/stage';
import type { TaskResult } from './contracts/task';
import { withDecision } from './decisions';
import { explainFailure } from './explain-failure';
import { askOf } from './ask-of';
import { auditEvents } from './audit-execution';
import { canStart, contextOf } from './graph';
import { replaceStage } from './plan-stages';
import { startDue } from './admission';
import { isHeldByWindow } from './execution-window';
import { denialMessages } from './guard-messages';
import { copiesOf, saidOn } from './judgment-messages';
import { remindersOf, reminderEvents } from './judgment-reminders';
import { outcomeName } from './outcome-name';
import { settle } from './settle';
import { isHeldNow, withWait } from './stage-waits';
import { taskDeadline } from './task-timeout';

/** The result of one look of one task; `looks` says which look, so that an outdated one is dropped. */
export type LookResult = {
  readonly stageId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly looks: number;
  readonly result: TaskResult;
};

/** How an execution is told to people; pure. */
export type ExecutionRenderer = {
  /** The one message that is kept up to date. */
  readonly live: (execution: Execution) => View;
  /** What is said once when a stage ended; undefined for nothing. */
  readonly milestone: (execution: Execution, stage: Stage) => View | undefined;
  /** What is said once when all is over. */
  readonly outcome: (execution: Execution) => View;
};

/** What a fold needs to know besides the document. */
export type FoldSettings<S> = {
  readonly registry: StageRegistry<S>;
  readonly now: number;
  readonly render: ExecutionRenderer;
};

const sameJson = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);

function withResult(stage: Stage, { taskId, result }: LookResult, now: number): Stage {
  const context = 'context' in result ? { ...stage.context, ...result.context } : stage.context;
  const outputs = result.status === 'SUCCEEDED' ? { ...stage.outputs, ...result.outputs } : stage.outputs;
  const failure =
    result.status === 'TERMINAL' || result.status === 'CANCELED'
      ? { failure: explainFailure({ code: result.code, message: result.reason }, context) }
      : {};
  const skipped = result.status === 'SKIPPED' ? { skipReason: result.reason } : {};
  const tasks = stage.tasks.map((task) => {
    if (task.id !== taskId) return task;
    if (result.status === 'RUNNING') {
      const memo = result.memo === undefined ? {} : { memo: result.memo };
      return { ...task, ...memo, dueAt: now + result.retryAfterMs, looks: task.looks + 1 };
    }
    return { ...task, status: result.status, endTime: now, looks: task.looks + 1 };
  });
  return { ...withWait(stage, result, now), context: { ...context, ...skipped }, outputs, tasks, ...failure };
}

/** Whether a look changed nothing but the time of the next one; then no new version is worth storing. */
function isIdle(stage: Stage, { taskId, result }: LookResult): boolean {
  if (result.status !== 'RUNNING' || (result.isHeld === true) !== isHeldNow(stage)) return false;
  const task = stage.tasks.find((candidate) => candidate.id === taskId);
  if (result.memo !== undefined && !sameJson(task?.memo, result.memo)) return false;
  return Object.entries(result.context ?? {}).every(([key, value]) => sameJson(stage.context[key], value));
}

/** Takes the results of looks into the document; those of tasks that moved on meanwhile are dropped. */
export function applyResults(execution: Execution, results: readonly LookResult[], now: number): Execution {
  let current = execution;
  for (const look of results) {
    const stage = current.stages.find((candidate) => candidate.id === look.stageId);
    const task = stage?.tasks.find((candidate) => candidate.id === look.taskId);
    if (stage === undefined || task?.status !== 'RUNNING') continue;
    if (stage.attempt !== look.attempt || task.looks !== look.looks || isIdle(stage, look)) continue;
    current = replaceStage(current, withResult(stage, look, now));
    if ('decision' in look.result) current = withDecision(current, stage.id, look.result.decision);
  }
  return current;
}

/** Whether the application's file wants the channel told of this, beside the thread. */
const tellsChannel = (execution: Execution, happening: string) =>
  execution.definition.notify.channel.includes(happening);

/** Messages for the stages whose state changed between two states of an execution: questions, answers, milestones. */
function stageMessages<S>(
  before: Execution,
  after: Execution,
  { registry, render, now }: FoldSettings<S>,
): Execution['events'] {
  return after.stages.flatMap((stage) => {
    const earlier = before.stages.find((other) => other.id === stage.id);
    if (
      earlier?.status === stage.status &&
      earlier.attempt === stage.attempt &&
      saidOn(earlier) === saidOn(stage) &&
      remindersOf(earlier) === remindersOf(stage) &&
      isHeldByWindow(before, earlier) === isHeldByWindow(after, stage)
    )
      return [];
    const id = `${after.id}/${stage.id}/${stage.attempt}`;
    const view = askOf({ execution: after, stage, context: contextOf(after, stage) }, registry);
    if (view !== undefined) {
      const question = { id: `${id}/${stage.status}/${saidOn(stage)}`, messageId: `${id}/question`, view };
      const reminders = reminderEvents(after, question, { earlier, stage }, { registry, now });
      if (reminders.length > 0) return reminders;
      return [{ ...question, type: 'message' as const, broadcast: true }, ...copiesOf(question, earlier, stage)];
    }
    const milestone = isComplete(stage.status) ? render.milestone(after, stage) : undefined;
    if (milestone === undefined) return [];
    return [
      { id: `${id}/ended`, type: 'message' as const, messageId: `${id}/ended`, view: milestone, broadcast: false },
    ];
  });
}

/** How often stages were tried in all, to tell one end of an execution from the next. */
const attemptsOf = ({ stages }: Execution): number => stages.reduce((sum, stage) => sum + stage.attempt, 0);

function outcomeMessage<S>(before: Execution, after: Execution, { render }: FoldSettings<S>): Execution['events'] {
  if (isComplete(before.status) || !isComplete(after.status)) return [];
  const id = `${after.id}/outcome/${attemptsOf(after)}`;
  const isAwaited = after.trigger.type === 'pipeline' && after.trigger.isAwaited === true;
  const broadcast = !isAwaited && tellsChannel(after, outcomeName(after));
  const view = render.outcome(after);
  const told = { id, type: 'message', messageId: id, view, broadcast } as const;
  return isAwaited ? [told] : [told, { id: `${id}/requester`, type: 'requester', view }];
}

/** What the execution that started this one must know. */
function parentEvents(before: Execution, after: Execution): Execution['events'] {
  if (after.trigger.type !== 'pipeline' || isComplete(before.status) || !isComplete(after.status)) return [];
  return [{ id: `${after.id}/ended/${attemptsOf(after)}`, type: 'ended' }];
}

/** Gives the place in the queue of its pipeline to others when it ends. */
function queueEvents(before: Execution, after: Execution): Execution['events'] {
  const { admission } = after;
  if (admission === undefined || isComplete(before.status) || !isComplete(after.status)) return [];
  const { round } = admission;
  return [{ id: `${after.id}/queue/${round}`, type: 'queue', round }];
}

/** Tells those who wanted to know when it starts, and once only. */
function startEvents(before: Execution, after: Execution): Execution['events'] {
  const { id, name, notifies = [], status } = after;
  if (before.status !== 'NOT_STARTED' || status === 'NOT_STARTED') return [];
  const isBegun = after.startTime !== undefined;
  const why = after.canceled?.reason === undefined ? [] : [after.canceled.reason];
  const view = {
    headline: [{ strong: name }, isBegun ? ' has started.' : ' does not start.'],
    tone: isBegun ? 'running' : 'attention',
    ...(isBegun ? {} : { lines: why }),
  } as const;
  return notifies.map((user) => ({ id: `${id}/start/${user}`, type: 'direct' as const, user, view }));
}

/** What a rollback that somebody asked for brings about when it succeeds. */
function rollbackEvents(before: Execution, after: Execution): Execution['events'] {
  const isBack = after.definition.kind === 'rollback' && after.status === 'SUCCEEDED';
  if (!isBack || isComplete(before.status)) return [];
  return [{ id: `${after.id}/rolledBack/${attemptsOf(after)}`, type: 'rolledBack' }];
}

/** Adds what people must be told: the live message when it looks different, questions, milestones, the outcome. */
function withMessages<S>(before: Execution, after: Execution, settings: FoldSettings<S>): Execution {
  if (after.report === undefined || after === before) return after;
  const digest = createHash('sha1')
    .update(JSON.stringify(settings.render.live(after)))
    .digest('base64url');
  const messages = [
    ...stageMessages(before, after, settings),
    ...denialMessages(before, after, settings.now),
    ...outcomeMessage(before, after, settings),
  ];
  if (digest === after.viewDigest && messages.length === 0) return after;
  const urgent = isComplete(after.status) || messages.some((event) => event.type === 'message' && event.broadcast);
  const others = after.events.filter((event) => event.type !== 'live');
  const live = { id: `${after.id}/live/${digest}`, type: 'live' as const, urgent };
  return { ...after, viewDigest: digest, events: [...others, live, ...messages] };
}

/** Adds what others must be told: the audit log, people, the execution that started this one, those that wait for its place. */
function withEvents<S>(before: Execution, after: Execution, settings: FoldSettings<S>): Execution {
  const told = withMessages(before, after, settings);
  const events = [
    ...auditEvents(before, after, settings),
    ...parentEvents(before, after),
    ...queueEvents(before, after),
    ...rollbackEvents(before, after),
    ...startEvents(before, after),
  ];
  return events.length === 0 ? told : { ...told, events: [...told.events, ...events] };
}

/** The next document after looks and signals. Pure; the same object when nothing moved. */
export function fold<S>(
  execution: Execution,
  change: (execution: Execution) => Execution,
  settings: FoldSettings<S>,
): Execution {
  const changed = settle(change(execution), settings);
  return withEvents(execution, changed, settings);
}

/** As `fold`, but nothing is started or ended beside the change: for a state that could not be kept otherwise. */
export const foldUnsettled = <S>(
  execution: Execution,
  change: (execution: Execution) => Execution,
  settings: FoldSettings<S>,
): Execution => withEvents(execution, change(execution), settings);

/** When an execution must be looked at again: at once for events, else the earliest task or deadline; null for never. */
export function dueOf<S>(
  execution: Execution,
  registry: StageRegistry<S>,
  now: number,
  looked: readonly LookResult[] = [],
): number | null {
  if (execution.events.length > 0) return now;
  if (isComplete(execution.status) || execution.status === 'PAUSED') return null;
  if (execution.status === 'NOT_STARTED') return startDue(execution, now);
  const times = execution.stages
    .filter((stage) => stage.status === 'RUNNING')
    .flatMap((stage) => stage.tasks.filter((task) => task.status === 'RUNNING').map((task) => ({ stage, task })))
    .map(({ stage, task }) => {
      const idle = looked.find(
        (look) => look.stageId === stage.id && look.taskId === task.id && look.looks === task.looks,
      );
      const next = idle?.result.status === 'RUNNING' ? now + idle.result.retryAfterMs : (task.dueAt ?? now);
      return Math.min(next, taskDeadline(execution, stage, task, registry));
    });
  const waiting = execution.stages.filter((stage) => stage.notBefore !== undefined && canStart(execution, stage));
  const all = [...times, ...waiting.map((stage) => stage.notBefore ?? now)];
  return all.length === 0 ? null : Math.min(...all);
}
