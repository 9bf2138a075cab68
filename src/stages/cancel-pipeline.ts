import { z } from 'zod';
import type { TaskDefinition } from '../engine/contracts/task';
import { actingUser } from '../engine/acting-user';
import { isComplete } from '../model/status';
import { defineStage } from '../services';
import { childOutcomes, outcomesOf } from '../strategies';
import { pollMs, type Needs } from './child/child-config';

const config = z.looseObject({
  executionId: z.string().describe('The execution that is canceled.'),
  restores: z.boolean().optional().describe('False: that nothing is brought back by this stage itself.'),
});

/** Cancels the execution where it has not ended, and waits until its way back is through. */
const cancel: TaskDefinition<Needs> = {
  name: 'cancelPipeline',
  timeoutMs: 2 * 3_600_000,
  timeoutFromStage: false,
  isWatching: true,
  async run({ execution, stage, memo, services, key }) {
    const { executionId } = config.parse(stage.context);
    const { childPipelines } = services;
    const child = await childPipelines.look(executionId);
    if (child === undefined) return { status: 'SUCCEEDED', outputs: { status: undefined } };
    if (isComplete(child.status)) {
      const context = { [childOutcomes]: outcomesOf(child) };
      return { status: 'SUCCEEDED', outputs: { status: child.status }, context };
    }
    if (memo === undefined) return { status: 'RUNNING', retryAfterMs: 0, memo: { canceling: executionId } };
    const { canceled, name } = execution;
    const user = canceled?.by ?? actingUser(execution);
    const reason = `${name}, which waited for it, ${canceled === undefined ? 'failed' : 'was canceled'}`;
    await childPipelines.cancel(executionId, { user, reason, key });
    return {
      status: 'RUNNING',
      retryAfterMs: pollMs,
      context: { progress: `waits for the way back of ${child.name}` },
    };
  },
};

/** Cancels a pipeline that a stage has started; part of the way back of that stage. */
export const cancelPipeline = defineStage({
  type: 'cancelPipeline',
  isInternal: true,
  needs: ['childPipelines'],
  config,
  tasks: [cancel],
});
