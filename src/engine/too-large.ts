import { CoxswainError } from '../model/errors';
import type { Execution, Failure, Stage } from '../model/execution';
import { isComplete } from '../model/status';
import { cutStage } from './cut-short';
import { failureStatus } from './failure-status';
import { canStart, childrenOf, familyOf, topLevelStages } from './graph';
import { replaceStage } from './plan-stages';
import { mostDocumentBytes } from './ports/document-store';

/** How many bytes an execution may have while it goes on; what is above is kept for its failures, way back and end. */
const ordinaryBytes = 850_000;

/** Whether a write was refused because the document would not fit. */
export const isTooLarge = (error: unknown): boolean =>
  error instanceof CoxswainError && error.code === 'DOCUMENT_TOO_LARGE';

/** Whether an execution is past the point where it may grow as it likes: it ends, or some of it goes back. */
const isGoingBack = (execution: Execution): boolean =>
  execution.ending !== undefined ||
  isComplete(execution.status) ||
  execution.stages.some((stage) => stage.onFailure === true && !isComplete(stage.status));

/** How many bytes the next state of an execution may have. */
export const mostBytesOf = (execution: Execution): number =>
  isGoingBack(execution) ? mostDocumentBytes : ordinaryBytes;

const sizeOf = (stages: readonly Stage[]): number =>
  stages.reduce((sum, stage) => sum + JSON.stringify(stage).length, 0);

function explain(grown: Execution, stage: Stage): Failure {
  const [largest] = topLevelStages(grown)
    .map((top) => ({ name: top.name.slice(0, 200), size: sizeOf(familyOf(grown, top)) }))
    .toSorted((one, other) => other.size - one.size);
  const most = largest === undefined ? '' : ` Stage '${largest.name}' holds most of it, ${largest.size} characters.`;
  return {
    code: 'DOCUMENT_TOO_LARGE',
    message: `Stage '${stage.name.slice(0, 200)}' would make the execution larger than can be kept.${most} Take less of what was fetched or computed, such as one field of it.`,
  };
}

function endUnbegun(execution: Execution, stage: Stage, failure: Failure, now: number): Execution {
  const stages = execution.stages.filter((other) => !(other.parentStageId === stage.id && other.evaluation === true));
  const ended: Stage = { ...stage, status: failureStatus(stage), startTime: now, endTime: now, failure };
  return replaceStage({ ...execution, stages }, ended);
}

/** Fails the running task of a stage, so that its clean-up follows; the stage itself where that did not fit, or no task runs. */
function failRunning(execution: Execution, stage: Stage, failure: Failure, now: number): Execution {
  if (stage.tasks.some(({ status }) => status === 'RUNNING')) {
    const tasks = stage.tasks.map((task) =>
      task.status === 'RUNNING' ? { ...task, status: 'TERMINAL' as const, endTime: now } : task,
    );
    return replaceStage(execution, { ...stage, tasks, failure });
  }
  const first = stage.failure === undefined ? '' : `${stage.failure.message} The way back was not made: `;
  const told = { ...failure, ...stage.failure, message: `${first}${failure.message}` };
  return replaceStage(execution, { ...stage, status: failureStatus(stage), endTime: now, failure: told });
}

/** Ends what runs, with no way back, where the ways back that a stop calls for do not fit. */
function stopWithoutWayBack(execution: Execution, grown: Execution, now: number): Execution {
  const stop = (stage: Stage): Stage =>
    stage.status === 'RUNNING' ? { ...cutStage(stage, now), failure: explain(grown, stage) } : stage;
  return { ...execution, status: 'RUNNING', ending: { at: now }, stages: execution.stages.map(stop) };
}

/**
 * An execution whose next state, `grown`, cannot be kept: the part that grows most fails instead, with all else as it was.
 * Nothing is started, so that what could not be kept is not made again at once; each time something is over that was not.
 */
export function failWhatGrows(execution: Execution, grown: Execution, now: number): Execution {
  if (grown.ending !== undefined && execution.ending === undefined) return stopWithoutWayBack(execution, grown, now);
  const growthOf = (stage: Stage): number => {
    const after = grown.stages.find(({ id }) => id === stage.id);
    return after === undefined ? 0 : sizeOf(familyOf(grown, after)) - sizeOf(familyOf(execution, stage));
  };
  const isLowest = (stage: Stage): boolean => childrenOf(execution, stage).every(({ status }) => status !== 'RUNNING');
  const [largest] = execution.stages
    .filter((stage) => (stage.status === 'RUNNING' || canStart(execution, stage)) && isLowest(stage))
    .toSorted((one, other) => growthOf(other) - growthOf(one));
  if (largest === undefined) return endBare(execution, now);
  const failure = explain(grown, largest);
  if (largest.status !== 'RUNNING') return endUnbegun(execution, largest, failure, now);
  // What failed by itself keeps its own reason: it is its way back that did not fit.
  const own = grown.stages.find(({ id }) => id === largest.id)?.failure;
  const isFailing = largest.failure === undefined && own !== undefined;
  return failRunning(execution, largest, isFailing ? own : failure, now);
}

/** The end of an execution that fits in no other way: what its stages found and made is forgotten. */
export function endBare(execution: Execution, now: number): Execution {
  const bare = (stage: Stage): Stage => {
    const { written, ...rest } = cutStage(stage, now);
    const tasks = rest.tasks.map(({ memo, ...task }) => task);
    return { ...rest, name: rest.name.slice(0, 200), context: {}, outputs: {}, tasks };
  };
  const message = 'The execution grew larger than can be kept and was ended as it was; nothing went back.';
  const [first, ...others] = execution.stages.map(bare);
  const stages = first === undefined ? [] : [{ ...first, failure: { code: 'DOCUMENT_TOO_LARGE', message } }, ...others];
  const status = execution.canceled === undefined ? 'TERMINAL' : 'CANCELED';
  return {
    ...execution,
    // Short, and the only trace of what was done.
    events: execution.events.filter(({ type }) => type === 'audit'),
    stages,
    status: isComplete(execution.status) ? execution.status : status,
    endTime: now,
  };
}
