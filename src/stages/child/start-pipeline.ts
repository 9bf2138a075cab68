import { z } from 'zod';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import type { Memo } from '../../model/execution';
import { isStrategyRun, strategyRunsOf, withStrategyRun } from '../../strategies';
import { childConfigOf, childTimeoutMs, pollMs, type Needs } from './child-config';

type Look = TaskLook<Needs>;

const intentSchema = z.object({ executionId: z.string() });
const circleSchema = z.object({ circle: z.string() });

/** The id that a stage has chosen for its child; undefined before it has. */
export const intendedChild = (memo: Memo | undefined): string | undefined =>
  intentSchema.safeParse(memo).data?.executionId;

/** What was told by an earlier attempt says nothing of this one. */
const forgotten = { status: undefined, waitsFor: undefined };

const started = (executionId: string, executionName: string): TaskResult => ({
  status: 'SUCCEEDED',
  outputs: { executionId, executionName },
  context: { ...forgotten, executionId, executionName },
});

/** A strategy that runs anew takes the place of those that ran before. */
async function closeEarlier({ execution, stage, services }: Look, id: string): Promise<void> {
  if (!isStrategyRun(stage)) return;
  for (const earlier of strategyRunsOf(execution, stage).filter((other) => other !== id))
    await services.childPipelines.close(earlier);
}

async function start(look: Look, id: string): Promise<TaskResult> {
  const { execution, stage, memo, services, key } = look;
  await closeEarlier(look, id);
  const config = childConfigOf(stage.context);
  const answer = await services.childPipelines.start({
    id,
    key,
    parent: execution,
    parentStageId: stage.id,
    application: config.application,
    pipeline: config.pipeline,
    environment: config.environment,
    parameters: config.pipelineParameters,
    image: config.image,
    version: config.version,
    // Only what a deploy has planned runs a strategy.
    strategyRun: stage.parentStageId === undefined ? undefined : config.strategyRun,
    isAwaited: config.waitForCompletion,
  });
  if (answer.state === 'started') return started(id, answer.name);
  const { holder, circle } = answer;
  const before = circleSchema.safeParse(memo).data?.circle;
  if (circle !== undefined && circle.key === before)
    return { status: 'TERMINAL', code: 'STAGE_FAILED', reason: circle.reason };
  const found = { executionId: id, ...(circle === undefined ? {} : { circle: circle.key }) };
  return { status: 'RUNNING', retryAfterMs: pollMs, memo: found, context: { waitsFor: holder } };
}

/** The id is saved before anything starts; what a strategy creates, later attempts of its deploy must know for their own. */
function intend({ execution, stage }: Look, executionId: string): TaskResult {
  const decision = isStrategyRun(stage) ? { decision: withStrategyRun(execution, stage, executionId) } : {};
  return { status: 'RUNNING', retryAfterMs: 0, memo: { executionId }, context: forgotten, ...decision };
}

/**
 * Starts the child, under an id that is saved first, or takes one over that runs again. While somebody else works on its
 * cluster the stage waits, as long as it may last, unless it is found twice in a circle of executions that wait for each other.
 */
export const startPipeline: TaskDefinition<Needs> = {
  name: 'startPipeline',
  timeoutMs: childTimeoutMs,
  timeoutFromStage: true,
  async run(look) {
    const { stage, memo, services } = look;
    const { childPipelines } = services;
    if (stage.adopts !== undefined) {
      const child = await childPipelines.look(stage.adopts);
      if (child !== undefined) return started(child.id, child.name);
    }
    const id = intendedChild(memo);
    const isSkipped = stage.context.manualSkip === true;
    if (isSkipped && (id === undefined || (await childPipelines.look(id)) === undefined))
      return { status: 'SKIPPED', reason: 'Skipped by hand before it started.' };
    return id === undefined ? intend(look, childPipelines.newId()) : start(look, id);
  },
};
