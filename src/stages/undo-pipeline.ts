import { z } from 'zod';
import type { StagePlan } from '../engine/contracts/stage';
import type { ChildReopening } from '../engine/contracts/child-pipelines';
import type { TaskDefinition, TaskLook, TaskResult } from '../engine/contracts/task';
import { isComplete } from '../model/status';
import { defineStage } from '../services';
import { planWholeUndo } from '../strategies';
import { pollMs, type Needs } from './child/child-config';
import { waitForLaterChanges } from './child/later-changes';

type Waiting = Extract<ChildReopening, { state: 'waits' }>;

const config = z.looseObject({ executionId: z.string().describe('The execution whose changes are taken back.') });
const planned = z.object({
  plans: z.array(z.object({ type: z.string(), name: z.string(), context: z.looseObject({}) })),
});

const marked = z.object({ circle: z.string() });

/** The wait for whoever works on the cluster; found twice in the same circle of executions, the way back gives up. */
function waitFor({ memo }: TaskLook<Needs>, { holder, circle }: Waiting): TaskResult {
  if (circle !== undefined && circle.key === marked.safeParse(memo).data?.circle)
    return { status: 'TERMINAL', code: 'STAGE_FAILED', reason: circle.reason };
  const context = { progress: `waits for ${holder.name}`, waitsFor: holder };
  const found = circle === undefined ? {} : { circle: circle.key };
  return { status: 'RUNNING', retryAfterMs: pollMs, memo: found, context };
}

/** Finds out what the execution changed that still stands, and takes its cluster where that has been given back. */
const readPipeline: TaskDefinition<Needs> = {
  name: 'readPipeline',
  timeoutMs: 2 * 3_600_000,
  timeoutFromStage: false,
  isWatching: true,
  async run(look) {
    const { execution, stage, services } = look;
    const { executionId } = config.parse(stage.context);
    const child = await services.childPipelines.look(executionId);
    const gone = { progress: undefined, waitsFor: undefined };
    const nothing = { status: 'SUCCEEDED', outputs: { plans: [] }, context: { ...gone, restores: false } } as const;
    // Canceled, it has gone back by itself.
    if (child === undefined || child.status === 'CANCELED') return nothing;
    if (!isComplete(child.status)) return { status: 'RUNNING', retryAfterMs: pollMs };
    const plans = planWholeUndo(child);
    if (plans.length === 0) return nothing;
    const answer = await services.childPipelines.reopen(executionId, { parent: execution, parentStageId: stage.id });
    if (answer.state === 'waits') return waitFor(look, answer);
    const kept = `${child.definition.cluster} stays: something newer has happened there`;
    if (answer.state === 'newer') return { ...nothing, context: { ...nothing.context, progress: kept } };
    return { status: 'SUCCEEDED', outputs: { plans }, context: gone };
  },
};

/**
 * Takes back what an execution did that a `pipeline` stage had waited for, and what its own stages had; part of the way back of
 * whoever waited. Where something newer has happened on its cluster, that stays.
 */
export const undoPipeline = defineStage({
  type: 'undoPipeline',
  isInternal: true,
  needs: ['childPipelines'],
  config,
  tasks: (input) => [...waitForLaterChanges(input), readPipeline],
  after: ({ stage }): readonly StagePlan[] => planned.parse(stage.outputs).plans,
  render: ({ context }) => (typeof context.progress === 'string' ? context.progress : undefined),
});
