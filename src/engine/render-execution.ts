import { isHeldBack } from './admission';
import { outcomeName } from './outcome-name';
import { createHash } from 'node:crypto';
import type { Execution, Stage } from '../model/execution';
import { isStrategyExecution } from '../model/is-strategy-execution';
import { strategyParameterNames } from '../model/pipeline-parameter';
import type { ExecutionStatus } from '../model/status';
import { isComplete } from '../model/status';
import { clipText, joinTexts, type Text } from '../model/text';
import type { Choice, Tone, View, ViewStep } from '../model/view';
import type { StageRegistry } from './contracts/stage';
import { describeSummary } from './describe-problems';
import type { ExecutionRenderer } from './fold';
import { failureOf } from './failure-of';
import { waitsForWindowsOnly } from './execution-window';
import { childrenOf, contextOf, topLevelStages } from './graph';
import { forceChoices, lockText } from './deployment-lock';
import { heldStageText } from './held-stage';
import { askOf } from './ask-of';
import { breakGlassChoices } from './break-glass';
import { retryChoice } from './retry-choice';
import { skipChoices } from './skip-choices';
import { durationText } from './task-timeout';
import { waitingText } from './waiting-text';

const stepStates: Readonly<Record<ExecutionStatus, ViewStep['state']>> = {
  NOT_STARTED: 'waiting',
  RUNNING: 'running',
  PAUSED: 'paused',
  SUCCEEDED: 'done',
  SKIPPED: 'skipped',
  FAILED_CONTINUE: 'failed',
  TERMINAL: 'failed',
  CANCELED: 'canceled',
  STOPPED: 'failed',
};

const headings: Readonly<Record<ExecutionStatus, { readonly word: string; readonly tone: Tone }>> = {
  NOT_STARTED: { word: 'about to start', tone: 'running' },
  RUNNING: { word: 'running', tone: 'running' },
  PAUSED: { word: 'paused', tone: 'attention' },
  SUCCEEDED: { word: 'done', tone: 'good' },
  SKIPPED: { word: 'skipped', tone: 'neutral' },
  FAILED_CONTINUE: { word: 'failed', tone: 'bad' },
  TERMINAL: { word: 'failed', tone: 'bad' },
  CANCELED: { word: 'canceled', tone: 'neutral' },
  STOPPED: { word: 'stopped', tone: 'bad' },
};

/** How much of a failure the live message says; the thread says all of it. */
const shortFailure = 500;

/** What an execution is doing; one that is being stopped is still at work on its way back. */
function headingOf(execution: Execution): { readonly word: Text; readonly tone: Tone } {
  if (isHeldBack(execution)) return { word: waitingText(execution), tone: 'neutral' };
  if (execution.status === 'RUNNING' && execution.ending === undefined && waitsForWindowsOnly(execution))
    return { word: 'waiting for its window', tone: 'neutral' };
  if (execution.status === 'PAUSED' && execution.paused?.stop !== undefined)
    return {
      word: joinTexts(['paused: everything is stopped by ', [{ person: execution.paused.by }]]),
      tone: 'attention',
    };
  if (execution.ending === undefined || isComplete(execution.status)) return headings[execution.status];
  return { word: execution.canceled === undefined ? 'going back' : 'canceling', tone: 'attention' };
}

/** What a stage says of itself; nothing where its context is of no use, as before its expressions are evaluated. */
function renderStage<S>(stage: Stage, registry: StageRegistry<S>): Text | undefined {
  try {
    return registry.find(stage.type)?.render?.(stage);
  } catch {
    return undefined;
  }
}

const joinDetails = (own: Text | undefined, other: string | undefined): Text | undefined =>
  own === undefined || other === undefined ? (own ?? other) : joinTexts([own, ' · ', other]);

function detailOf<S>(execution: Execution, stage: Stage, registry: StageRegistry<S>): Text | undefined {
  const { progress, skipReason } = stage.context;
  if (stage.status === 'SKIPPED' && typeof skipReason === 'string') return clipText(skipReason, shortFailure);
  const held = heldStageText(stage) ?? lockText(stage);
  if (held !== undefined) return held;
  const own = renderStage(stage, registry);
  const unevaluated = describeSummary(stage.context.expressionEvaluationSummary);
  const detail = joinDetails(own, unevaluated);
  // What was seen last says nothing while nothing can be seen.
  const isStale = stage.context.capacityNow === undefined || progress === stage.context.lastError;
  const notable = typeof progress === 'string' && stage.status === 'RUNNING' && isStale;
  if (stage.failure !== undefined && childrenOf(execution, stage).every((child) => child.failure === undefined)) {
    const message = clipText(stage.failure.message, shortFailure);
    return detail === undefined ? message : joinTexts([detail, ': ', message]);
  }
  return notable ? progress : detail;
}

function stepsOf<S>(
  execution: Execution,
  stage: Stage,
  depth: number,
  registry: StageRegistry<S>,
): readonly ViewStep[] {
  const children = childrenOf(execution, stage);
  const detail = detailOf(execution, stage, registry);
  const own: ViewStep = {
    name: stage.name,
    state: stepStates[stage.status],
    depth,
    ...(detail === undefined ? {} : { detail }),
  };
  const isInternal = depth >= 2 && stage.status !== 'RUNNING' && stage.failure === undefined;
  if (isInternal) return [own];
  return [own, ...children.flatMap((child) => stepsOf(execution, child, depth + 1, registry))];
}

/** Stops the execution between two steps, or lets it go on; what a stop of everything has paused goes on when that is lifted. */
function pauseChoice({ id, status, paused }: Execution): readonly Choice[] {
  const target = { kind: 'execution', id } as const;
  if (status === 'PAUSED' && paused?.stop !== undefined) return [];
  return status === 'PAUSED'
    ? [{ name: 'resume', label: 'Resume', target, style: 'primary' }]
    : [{ name: 'pause', label: 'Pause', target }];
}

/** Tells whoever presses it when what waits has started. */
const notifyChoice = ({ id }: Execution): Choice => ({
  name: 'notify',
  label: 'Notify me',
  target: { kind: 'execution', id },
});

function cancelChoice(execution: Execution): Choice {
  const { id, name } = execution;
  const isWaiting = isHeldBack(execution);
  const text = isWaiting
    ? `${name} gives up its place in the queue and does not start.`
    : `${name} stops, and what it has changed goes back: what served before serves again.`;
  return {
    name: 'cancelExecution',
    label: isWaiting ? 'Leave' : 'Cancel',
    target: { kind: 'execution', id },
    style: 'danger',
    confirm: {
      title: isWaiting ? 'Leave the queue?' : 'Cancel?',
      text,
      ok: isWaiting ? 'Leave' : 'Cancel it',
      cancel: isWaiting ? 'Let it wait' : 'Let it run',
    },
  };
}

/** What open judgments offer, by the id of their stage. */
function asksOf<S>(execution: Execution, registry: StageRegistry<S>): ReadonlyMap<string, readonly Choice[]> {
  const running = execution.stages.filter((stage) => stage.status === 'RUNNING');
  const asked = running.map((stage) => {
    const choices = askOf({ execution, stage, context: contextOf(execution, stage) }, registry)?.choices ?? [];
    return [stage.id, choices] as const;
  });
  return new Map(asked.filter(([, choices]) => choices.length > 0));
}

/** What people may do now: decide an open judgment, skip a wait, start what a window holds back, pause, cancel, retry what failed. */
function choicesOf<S>(execution: Execution, registry: StageRegistry<S>): readonly Choice[] {
  if (isComplete(execution.status)) return [retryChoice(execution) ?? []].flat();
  // What goes back is not held up: but somebody may have to break off what keeps it waiting.
  if (execution.ending !== undefined) return execution.stages.flatMap((stage) => forceChoices(execution, stage));
  if (isHeldBack(execution)) return [notifyChoice(execution), cancelChoice(execution)];
  const asks = asksOf(execution, registry);
  const open = execution.stages
    .filter((stage) => stage.status === 'RUNNING')
    .flatMap((stage) => {
      const asked = asks.get(stage.id) ?? [];
      const isOneOfSeveral = asked.length > 0 && asks.size > 1;
      const named = isOneOfSeveral
        ? asked.map((choice) => ({ ...choice, label: `${choice.label}: ${stage.name}` }))
        : asked;
      return [...named, ...skipChoices(execution, stage), ...breakGlassChoices(execution, stage)];
    });
  return [...open, ...pauseChoice(execution), cancelChoice(execution)];
}

/** The last thing that happened, so that what is shown follows from the document alone. */
const lastChange = (execution: Execution): number =>
  Math.max(
    execution.buildTime,
    ...execution.stages.flatMap((stage) => [stage.startTime ?? 0, stage.endTime ?? 0]),
    ...execution.stages.flatMap((stage) => stage.tasks.flatMap((task) => [task.startTime ?? 0, task.endTime ?? 0])),
  );

const footerOf = (execution: Execution): Text => {
  const started: Text = ['asked by ', { person: execution.trigger.user }, ' ', { time: execution.buildTime }];
  const { buildTime, endTime } = execution;
  if (endTime !== undefined) return joinTexts([started, ` · took ${durationText(endTime - buildTime)}`]);
  const soFar = lastChange(execution) - buildTime;
  return soFar < 1000 ? started : joinTexts([started, ` · ${durationText(soFar)} so far`]);
};

const toldToStrategies: readonly string[] = strategyParameterNames;

/** The values that a pipeline was given, in one line; none where it asks for none. What every strategy is told nobody gave. */
function parametersOf(execution: Execution): readonly Text[] {
  const unsaid = isStrategyExecution(execution) ? toldToStrategies : [];
  const given = Object.entries(execution.trigger.parameters).filter(
    ([name, value]) => value !== null && value !== '' && !unsaid.includes(name),
  );
  const texts = given.map(([name, value]) => `${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return texts.length === 0 ? [] : [clipText(`Parameters: ${texts.join(', ')}`, shortFailure)];
}

const reasonOf = (execution: Execution, longest = Number.POSITIVE_INFINITY): readonly Text[] => {
  const { canceled } = execution;
  if (canceled !== undefined) {
    const why = canceled.reason === undefined ? '' : `: ${canceled.reason}`;
    const broken = execution.stages.filter((stage) => stage.onCancel === true).flatMap((stage) => stage.failure ?? []);
    const failures = broken.map(({ message }): Text => `The way back failed: ${message}`);
    const who: Text = canceled.by === undefined ? 'Canceled' : ['Canceled by ', { person: canceled.by }];
    return [joinTexts([who, why]), ...failures];
  }
  if (execution.paused !== undefined && execution.status === 'PAUSED')
    return [['Paused by ', { person: execution.paused.by }, '. A decision made now counts once it is resumed.']];
  const { reason } = execution.trigger;
  const asked = reason === undefined ? [] : [`Reason: ${reason}`];
  const failure = failureOf(execution);
  return failure === undefined ? asked : [...asked, clipText(failure.message, longest)];
};

/** What a machine wrote about the failure, for the thread. */
function outputOf(execution: Execution): { readonly output?: string } {
  const output = execution.canceled === undefined ? failureOf(execution)?.output : undefined;
  return output === undefined ? {} : { output };
}

const needsPeople = (choices: readonly Choice[]) => choices.some((choice) => choice.name === 'approve');

/** What is true after an execution that ended otherwise than planned, and what can be done about it. */
export type Conclusion = { readonly lines: readonly Text[]; readonly choices: readonly Choice[] };

const noConclusion: Conclusion = { lines: [], choices: [] };

/** Shows executions by what their stages say of themselves; `conclude` adds what is true where one ended half done. */
export function createExecutionRenderer<S>(
  registry: StageRegistry<S>,
  conclude: (execution: Execution) => Conclusion = () => noConclusion,
): ExecutionRenderer {
  const conclusionOf = (execution: Execution) => (isComplete(execution.status) ? conclude(execution) : noConclusion);
  const live = (execution: Execution): View => {
    const { word, tone } = headingOf(execution);
    const conclusion = conclusionOf(execution);
    const choices = [...choicesOf(execution, registry), ...conclusion.choices];
    const waits = needsPeople(choices) && execution.status !== 'PAUSED';
    return {
      headline: joinTexts([[{ strong: execution.name }, ' · '], waits ? 'waiting for a decision' : word]),
      tone: waits ? 'attention' : tone,
      lines: [...parametersOf(execution), ...reasonOf(execution, shortFailure), ...conclusion.lines],
      steps: topLevelStages(execution).flatMap((stage) => stepsOf(execution, stage, 0, registry)),
      choices,
      footer: footerOf(execution),
    };
  };
  return {
    live,
    milestone: (execution, stage) => {
      if (stage.parentStageId !== undefined || topLevelStages(execution).length < 2) return undefined;
      const { word, tone } = headings[stage.status];
      const details: readonly Text[] = childrenOf(execution, stage)
        .map((child) => renderStage(child, registry))
        .filter((detail) => detail !== undefined);
      const lines = details.length === 0 ? [] : [joinTexts(details, ' · ')];
      // In the thread of its parent nobody would know whose step this is.
      const whose = execution.report?.threadOf === undefined ? [] : [`${execution.name}: `];
      return { headline: [...whose, { strong: stage.name }, ` · ${word}`], tone, lines };
    },
    outcome: (execution) => {
      const { word, tone } = headings[execution.status];
      const isBack = execution.status === 'TERMINAL' && outcomeName(execution) === 'rolledBack';
      return {
        headline: [{ strong: execution.name }, ` · ${isBack ? 'rolled back: what served before serves again' : word}`],
        tone,
        lines: [...reasonOf(execution), ...conclusionOf(execution).lines],
        ...outputOf(execution),
        footer: footerOf(execution),
      };
    },
  };
}

/** A short digest of anything that is JSON; equal values have equal digests when their keys are in the same order. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
