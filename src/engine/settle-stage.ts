import type { Execution, Failure, Stage, Task } from '../model/execution';
import type { ExecutionStatus } from '../model/status';
import { isComplete, isHalt } from '../model/status';
import type { PlanInput, StageDefinition, StageRegistry } from './contracts/stage';
import { cutShort } from './cut-short';
import { describeRefusal } from './describe-refusal';
import { planWindow } from './execution-window';
import { evaluateStage, mostSteps, type StageEvaluation } from './evaluate-stage';
import { failureStatus } from './failure-status';
import { addFetch, dropFetched, fetchedFor, mayFetch } from './fetch-for-stage';
import { canStart, childrenOf, contextOf, familyOf, topLevelOf } from './graph';
import { landingMs } from './landing';
import { planSynthetic, replaceStage } from './plan-stages';
import { tasksOf } from './registry';
import { planFetch } from './url-needs';

type Settling<S> = {
  readonly registry: StageRegistry<S>;
  readonly execution: Execution;
  readonly stage: Stage;
  readonly definition: StageDefinition<S>;
  readonly now: number;
};

const inputOf = <S>({ execution, stage }: Settling<S>): PlanInput => ({
  execution,
  stage,
  context: contextOf(execution, stage),
});

function beginStage<S>(settling: Settling<S>): Execution {
  const { execution, stage, definition, now } = settling;
  const tasks = tasksOf(definition, () => inputOf(settling)).map((task, index): Task => ({
    id: String(index + 1),
    name: task.name,
    status: 'NOT_STARTED',
    looks: 0,
  }));
  const { parallelBefore } = definition;
  const parallel = typeof parallelBefore === 'function' ? parallelBefore(inputOf(settling)) : parallelBefore;
  const window = planWindow(execution, stage);
  const own = definition.before?.(inputOf(settling)) ?? [];
  const before = planSynthetic(stage, 'before', [...window, ...own], { parallel, isGated: window.length > 0 });
  const started: Stage = {
    ...stage,
    status: 'RUNNING',
    startTime: now,
    tasks,
    planned: { ...stage.planned, before: true },
  };
  return { ...replaceStage(execution, started), stages: [...replaceStage(execution, started).stages, ...before] };
}

/** Whether a team wrote the stage, and its expressions are yet to be evaluated; other synthetic stages hold what was. */
const hasExpressions = ({ execution, stage }: { readonly execution: Execution; readonly stage: Stage }): boolean =>
  execution.definition.writtenAs !== undefined && (stage.parentStageId === undefined || stage.isWritten === true);

/** Ends a stage that never began. */
const endUnbegun = <S>(settling: Settling<S>, status: ExecutionStatus, failure?: Failure): Execution =>
  finish({ ...settling, stage: { ...settling.stage, startTime: settling.now } }, status, failure);

/** Evaluates the stage's expressions as far as what was fetched allows, and begins it when all are. */
function startStage<S>(settling: Settling<S>): Execution {
  const { execution, stage } = settling;
  if (!hasExpressions(settling)) return beginStage(settling);
  const fetched = fetchedFor(execution, stage);
  if (fetched.isOpen) return execution;
  if (fetched.failure !== undefined) return endUnbegun(settling, failureStatus(stage), fetched.failure);
  let { memo } = fetched;
  const allowance = { steps: mostSteps };
  for (;;) {
    const evaluation = evaluateStage({ ...settling, memo, allowance });
    if (evaluation.type !== 'needs') return takeEvaluation(settling, evaluation);
    const plan = planFetch(evaluation, fetched.rounds);
    // Without room it is evaluated again when others are done; nothing of this evaluation is kept.
    if (plan.urls.length > 0) return mayFetch(execution, stage) ? addFetch(execution, stage, plan) : execution;
    memo = plan.memo;
  }
}

function takeEvaluation<S>(settling: Settling<S>, evaluation: Exclude<StageEvaluation, { type: 'needs' }>): Execution {
  const { stage } = evaluation;
  const taken = { ...settling, execution: dropFetched(settling.execution, stage), stage };
  if (evaluation.type === 'skipped') return endUnbegun(taken, 'SKIPPED');
  if (evaluation.type === 'failed') return endUnbegun(taken, failureStatus(stage), evaluation.failure);
  return beginStage(taken);
}

function firstFailure(stage: Stage, children: readonly Stage[]): Failure {
  const failed = children.find((child) => child.failure !== undefined);
  return (
    stage.failure ??
    failed?.failure ?? { code: 'STAGE_FAILED', message: `Stage '${stage.name}' failed: one of its parts did.` }
  );
}

function finish<S>({ execution, stage, now }: Settling<S>, status: ExecutionStatus, failure?: Failure): Execution {
  const ended: Stage = { ...stage, status, endTime: now, ...(failure === undefined ? {} : { failure }) };
  return replaceStage(execution, ended);
}

/** Whether what halted among the children was told to stop its branch only. */
const isOnlyStopped = (children: readonly Stage[]): boolean => {
  const halted = children.filter((child) => isHalt(child.status));
  return halted.length > 0 && halted.every((child) => child.status === 'STOPPED');
};

/** The failure, and what went wrong on the way back. */
function withCleanUp(failure: Failure, cleanUp: readonly Stage[]): Failure {
  const broken = cleanUp.flatMap((child) => child.failure ?? []);
  if (broken.length === 0) return failure;
  return {
    ...failure,
    message: `${failure.message.replace(/\.$/, '')}. The way back failed too: ${broken.map(({ message }) => message).join(' ')}`,
  };
}

/** Whether a part of the stage ended by its time with something sent that may still arrive. */
const isAmbiguous = (execution: Execution, stage: Stage): boolean =>
  familyOf(execution, stage).some(
    (member) =>
      (member.failure?.code === 'TASK_TIMEOUT' || member.failure?.code === 'DOCUMENT_TOO_LARGE') &&
      member.tasks.some((task) => task.status === 'TERMINAL' && task.memo !== undefined),
  );

/** The execution as it is before a stage's clean-up: cut short elsewhere where that is about the whole of it. */
function endOthers<S>(settling: Settling<S>): Execution {
  const { execution, stage, definition } = settling;
  const isOver = execution.ending !== undefined || failureStatus(stage) === 'FAILED_CONTINUE';
  if (isOver || definition.endsOthers?.(inputOf(settling)) !== true) return execution;
  return cutShort(execution, settling, topLevelOf(execution, stage));
}

/** The execution without those parts of a stage that never started. */
function dropIdle(execution: Execution, regular: readonly Stage[]): Execution {
  const idle = new Set(regular.filter((child) => child.status === 'NOT_STARTED').map((child) => child.id));
  return { ...execution, stages: execution.stages.filter((other) => !idle.has(other.id)) };
}

/** A part failed and is ignored: that ends the stage, once the parts that run are through. */
function settleIgnored<S>(settling: Settling<S>, regular: readonly Stage[]): Execution {
  const { execution, stage } = settling;
  if (regular.some((child) => child.status === 'RUNNING')) return execution;
  const dropped = { ...settling, execution: dropIdle(execution, regular) };
  return finish(dropped, 'FAILED_CONTINUE', firstFailure(stage, regular));
}

/** Never-started synthetic stages go; clean-up is planned once; then the stage keeps its failure. */
function settleFailure<S>(settling: Settling<S>, children: readonly Stage[]): Execution {
  const { execution, stage, definition, now } = settling;
  const regular = children.filter((child) => child.onFailure !== true);
  if (regular.some((child) => child.status === 'RUNNING')) return execution;
  const failure = firstFailure(stage, regular);
  const isIgnored = failureStatus(stage) === 'FAILED_CONTINUE';
  if (!stage.planned.onFailure) {
    const failed: Stage = { ...stage, failure, planned: { ...stage.planned, onFailure: true } };
    const base = endOthers(settling);
    const input = { ...inputOf({ ...settling, execution: base }), stage: failed };
    const plans = (isIgnored ? definition.onIgnoredFailure?.(input) : definition.onFailure?.(input)) ?? [];
    const notBefore = isAmbiguous(execution, stage) ? { notBefore: now + landingMs } : {};
    const waiting = (child: Stage): Stage => ({ ...child, ...notBefore });
    const kept = dropIdle(replaceStage(base, failed), regular).stages;
    return {
      ...base,
      stages: [...kept, ...planSynthetic(failed, 'onFailure', plans, { parallel: true }).map(waiting)],
    };
  }
  const cleanUp = children.filter((child) => child.onFailure === true);
  if (cleanUp.some((child) => !isComplete(child.status))) return execution;
  const isStopped = !isIgnored && !stage.tasks.some((task) => task.status === 'TERMINAL') && isOnlyStopped(regular);
  return finish(settling, isStopped ? 'STOPPED' : failureStatus(stage), withCleanUp(failure, cleanUp));
}

function settleTasks<S>(settling: Settling<S>): Execution | undefined {
  const { execution, stage, now } = settling;
  if (stage.tasks.some((task) => task.status === 'RUNNING')) return execution;
  const next = stage.tasks.find((task) => task.status === 'NOT_STARTED');
  if (next === undefined) return undefined;
  const definitions = tasksOf(settling.definition, () => inputOf(settling));
  const { firstLookMs = 0 } = definitions.find(({ name }) => name === next.name) ?? {};
  const tasks = stage.tasks.map((task) =>
    task.id === next.id ? { ...task, status: 'RUNNING' as const, startTime: now, dueAt: now + firstLookMs } : task,
  );
  return replaceStage(execution, { ...stage, tasks });
}

function settleRunning<S>(settling: Settling<S>): Execution {
  const { execution, stage, definition } = settling;
  const children = childrenOf(execution, stage);
  const regular = children.filter((child) => child.onFailure !== true);
  if (stage.tasks.some((task) => task.status === 'CANCELED')) return finish(settling, 'CANCELED');
  if (stage.tasks.some((task) => task.status === 'TERMINAL') || regular.some((child) => isHalt(child.status))) {
    return settleFailure(settling, children);
  }
  if (regular.some((child) => child.status === 'FAILED_CONTINUE')) return settleIgnored(settling, regular);
  const open = (owner: Stage['syntheticStageOwner']) =>
    regular.some((child) => child.syntheticStageOwner === owner && !isComplete(child.status));
  if (open('STAGE_BEFORE')) return execution;
  const tasked = settleTasks(settling);
  if (tasked !== undefined) return tasked;
  if (!stage.planned.after) {
    const planned: Stage = { ...stage, planned: { ...stage.planned, after: true } };
    const after = planSynthetic(stage, 'after', definition.after?.(inputOf(settling)) ?? []);
    return { ...execution, stages: [...replaceStage(execution, planned).stages, ...after] };
  }
  if (open('STAGE_AFTER')) return execution;
  // A stage that turned out to have nothing to do is skipped too (semantics §6.2).
  const parts = [...stage.tasks, ...regular];
  const isSkippedByHand = stage.context.manualSkip === true && parts.some(({ status }) => status === 'SKIPPED');
  const skipped = isSkippedByHand || parts.every(({ status }) => status === 'SKIPPED');
  return finish(settling, skipped ? 'SKIPPED' : 'SUCCEEDED');
}

/** Takes one stage as far as it goes without looking outside; the same object when nothing moves. */
export function settleStage<S>(
  execution: Execution,
  stage: Stage,
  { registry, now }: { readonly registry: StageRegistry<S>; readonly now: number },
): Execution {
  const mayStart = canStart(execution, stage) && (stage.notBefore ?? now) <= now;
  if (stage.status !== 'RUNNING' && !mayStart) return execution;
  const definition = registry.find(stage.type);
  if (definition === undefined) {
    const failure = { code: 'INVALID_INPUT', message: `There is no stage type '${stage.type}'.` };
    return replaceStage(execution, { ...stage, status: 'TERMINAL', startTime: now, endTime: now, failure });
  }
  const settling = { registry, execution, stage, definition, now };
  try {
    return mayStart ? startStage(settling) : settleRunning(settling);
  } catch (error) {
    // A planner refused its input: without an end here the execution would be tried for ever.
    const { code, message } = describeRefusal(error);
    const failure = { code, message: `Stage '${stage.name}' cannot be planned: ${message}` };
    return finish(
      { ...settling, stage: { ...stage, startTime: stage.startTime ?? now } },
      failureStatus(stage),
      failure,
    );
  }
}
