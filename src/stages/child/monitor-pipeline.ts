import type { TaskDefinition, TaskResult } from '../../engine/contracts/task';
import { failureOf } from '../../engine/failure-of';
import { waitsUntil } from '../../engine/execution-window';
import { topLevelStages } from '../../engine/graph';
import type { Execution, Stage, StageContext } from '../../model/execution';
import { isComplete } from '../../model/status';
import { childOutcomes, isStrategyRun, leftServing, outcomesOf } from '../../strategies';
import { childConfigOf, childTimeoutMs, pollMs, type Needs } from './child-config';

/**
 * What the stages of a child put out, those that ended later over those before, as Spinnaker merges them; what was fetched
 * for expressions is nobody else's.
 */
const outputsOf = (child: Execution): StageContext =>
  Object.fromEntries(
    child.stages
      .filter(({ endTime, evaluation }) => endTime !== undefined && evaluation !== true)
      .sort((one, other) => (one.endTime ?? 0) - (other.endTime ?? 0))
      .flatMap(({ outputs }) => Object.entries(outputs)),
  );

/** What the stage itself says, whatever stages of the child put out. */
const factsOf = ({ id, name, status }: Execution) => ({ executionId: id, executionName: name, status });

/** What the end of a child adds to the stage's own context: with what it did to regions, for whoever started it all. */
const endContext = (child: Execution): StageContext => ({
  ...factsOf(child),
  [childOutcomes]: outcomesOf(child),
  progress: undefined,
  scheduledTime: undefined,
});

function stateOf({ status, ending, canceled }: Execution): string {
  if (status === 'PAUSED') return 'paused';
  if (status === 'NOT_STARTED') return 'about to start';
  if (ending === undefined) return 'running';
  return canceled === undefined ? 'going back' : 'canceling';
}

function progressOf(child: Execution): string {
  const running = topLevelStages(child).filter(({ status }) => status === 'RUNNING');
  const steps = running.length === 0 ? '' : `: ${running.map(({ name }) => name).join(', ')}`;
  return `${child.name} · ${stateOf(child)}${steps}`;
}

function canceledResult(child: Execution): TaskResult {
  const { canceled } = child;
  const why = canceled?.reason === undefined ? '' : `: ${canceled.reason}`;
  const reason = `${child.name} (${child.id}) was canceled${why}`;
  return { status: 'CANCELED', code: 'STAGE_FAILED', reason, context: endContext(child) };
}

function failedResult(child: Execution, stage: Stage): TaskResult {
  const failure = failureOf(child);
  const reason = `${child.name} (${child.id}) failed: ${failure?.message ?? 'one of its stages did.'}`;
  // Its message holds all reasons; what a machine wrote is passed on beside it.
  const diagnosis = failure?.output === undefined ? {} : { diagnosis: { reasons: [], output: failure.output } };
  return {
    status: 'TERMINAL',
    code: 'STAGE_FAILED',
    reason,
    context: { ...endContext(child), ...diagnosis, ...(isStrategyRun(stage) ? leftServing(child) : {}) },
  };
}

function endOf(child: Execution, stage: Stage): TaskResult {
  const facts = factsOf(child);
  if (child.status === 'CANCELED') return canceledResult(child);
  if (child.status !== 'SUCCEEDED') return failedResult(child, stage);
  const outputs = childConfigOf(stage.context).skipDownstreamOutput ? {} : outputsOf(child);
  return { status: 'SUCCEEDED', outputs: { ...outputs, ...facts }, context: endContext(child) };
}

/**
 * Waits for the end of the child, which wakes this execution; 12 h unless the stage says otherwise, the time not counted in
 * which the child waits for its windows only.
 */
export const monitorPipeline: TaskDefinition<Needs> = {
  name: 'monitorPipeline',
  timeoutMs: childTimeoutMs,
  timeoutFromStage: true,
  isWatching: true,
  async run({ stage, services }) {
    if (stage.context.manualSkip === true)
      return { status: 'SKIPPED', reason: 'Skipped by hand; the pipeline runs on.' };
    const id = String(stage.context.executionId);
    const child = await services.childPipelines.look(id);
    if (child === undefined) {
      return {
        status: 'TERMINAL',
        code: 'NOT_FOUND',
        reason: `The pipeline that was started (${id}) no longer exists.`,
      };
    }
    if (isComplete(child.status)) return endOf(child, stage);
    const heldUntil = waitsUntil(child);
    if (heldUntil === undefined) {
      const context = { status: child.status, progress: progressOf(child), scheduledTime: undefined };
      return { status: 'RUNNING', retryAfterMs: pollMs, context };
    }
    const scheduledTime = heldUntil === 0 ? undefined : heldUntil;
    const context = { status: child.status, progress: undefined, scheduledTime };
    return { status: 'RUNNING', retryAfterMs: pollMs, context, standsStill: true };
  },
};
