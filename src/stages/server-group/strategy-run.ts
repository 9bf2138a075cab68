import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import type { TaskDefinition } from '../../engine/contracts/task';
import { CoxswainError } from '../../model/errors';
import type { Stage, StageContext } from '../../model/execution';
import type { strategyParameterNames } from '../../model/pipeline-parameter';
import { locationName, safeRegion, type Location } from '../../model/server-group';
import { creationsOf, isCustom } from '../../strategies';
import { planCancel } from '../child/plan-cancel';
import { imageFor } from './image';
import { isWorker, placeOf } from './place';
import { undoOfPlace } from './place-undo';
import { servedDecision } from './served-before';

/** What a description says to its own deploy only: how it is deployed, and what the engine makes of that. */
const ofDeploy: readonly string[] = [
  'strategy',
  'strategyApplication',
  'strategyPipeline',
  'pipelineParameters',
  'rollback',
  'stageTimeoutMs',
  'source',
  'target',
  'targetCluster',
];

/** A strategy pipeline takes from what serves: later attempts are to know what that was. */
const keepServed: TaskDefinition<unknown> = {
  name: 'keepServed',
  timeoutMs: 5 * 60_000,
  timeoutFromStage: false,
  run: (look) => {
    const where = { location: placeOf(look.context), cluster: String(look.stage.outputs.cluster) };
    const kept = {
      status: 'RUNNING',
      retryAfterMs: 0,
      memo: { isKept: true },
      decision: servedDecision(look, where),
    } as const;
    return Promise.resolve(look.memo === undefined ? kept : { status: 'SUCCEEDED' });
  },
};

/** The tasks of a creation: `finding` what is there, then `making` what is new, which a strategy pipeline does instead. */
export const creationTasks =
  <S>(finding: readonly TaskDefinition<S>[], making: readonly TaskDefinition<S>[]) =>
  ({ stage }: PlanInput): readonly TaskDefinition<S>[] => {
    if (!isWorker(stage.context)) return [];
    return isCustom(stage.context) ? [...finding, keepServed] : [...finding, ...making];
  };

/** Nothing that is worked out in this execution is left open: the image is named, the source of a clone too. */
function descriptionFor({ execution, stage }: PlanInput, location: Location): StageContext {
  const { docker, ...given } = stage.context;
  const own = Object.entries(given).filter(([key, value]) => !ofDeploy.includes(key) && value !== null);
  const image = docker === undefined ? {} : { docker: { image: { imageId: imageFor(execution, stage, location) } } };
  return { ...Object.fromEntries(own), ...image, ...cloned(stage) };
}

function cloned({ type, outputs }: Stage): StageContext {
  if (type !== 'cloneServerGroup') return {};
  const { cloneSource, desiredCapacity } = outputs;
  return { source: cloneSource, desiredCapacity };
}

/** What every strategy pipeline is told, under Spinnaker's names (semantics §5). */
const parametersFor = ({ execution, stage }: PlanInput, location: Location, cluster: string) =>
  ({
    application: execution.application,
    credentials: location.account,
    cluster,
    region: safeRegion(location),
    cloudProvider: 'dcos',
    strategy: true,
    clone: stage.type === 'cloneServerGroup',
    parentPipelineId: execution.id,
    parentStageId: stage.id,
  }) satisfies Readonly<Record<(typeof strategyParameterNames)[number], unknown>>;

/** The strategy pipeline of a creation. Throws INVALID_INPUT where the creation names none. */
export function planStrategyRun(input: PlanInput): readonly StagePlan[] {
  const { stage, execution } = input;
  const { strategyApplication, strategyPipeline, pipelineParameters, stageTimeoutMs } = stage.context;
  if (typeof strategyPipeline !== 'string' || strategyPipeline === '') {
    const message = `Stage '${stage.name}' names no strategy pipeline. Give one: strategyPipeline: gently.`;
    throw new CoxswainError('INVALID_INPUT', { message });
  }
  const location = placeOf(stage.context);
  const cluster = String(stage.outputs.cluster);
  const { source, servedBefore, alsoServed, stoodBefore } = stage.outputs;
  const context = {
    application: strategyApplication ?? execution.application,
    pipeline: strategyPipeline,
    pipelineParameters: {
      ...(pipelineParameters as StageContext | undefined),
      ...parametersFor(input, location, cluster),
    },
    cluster,
    location,
    strategyRun: {
      cluster,
      location,
      description: descriptionFor(input, location),
      source,
      servedBefore,
      alsoServed,
      stoodBefore,
    },
    ...(stageTimeoutMs === undefined ? {} : { stageTimeoutMs }),
  };
  return [{ type: 'pipeline', name: `Run ${strategyPipeline} in ${locationName(location)}`, context }];
}

/**
 * Stopped, the strategy pipeline is canceled and goes back by itself; what it had created when it ended, or that it had ended
 * unseen, is taken back after that.
 */
export const cancelStrategyRun = ({ execution, stage }: PlanInput): readonly StagePlan[] =>
  creationsOf(execution, stage).flatMap((run) => [
    ...planCancel({ execution, stage: run, context: run.context }),
    ...undoOfPlace(execution, run),
  ]);
