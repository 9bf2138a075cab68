import { z } from 'zod';
import type { TaskResult } from '../../engine/contracts/task';
import { topLevelStages } from '../../engine/graph';
import type { Execution } from '../../model/execution';
import { failPipelineField, failureMessageField, unmet } from './unmet';

/** A precondition about how another stage of the pipeline stands, which it names. */
export const stageStatus = z.looseObject({
  type: z.literal('stageStatus').describe('What is checked.'),
  failPipeline: failPipelineField,
  context: z
    .looseObject({
      stageName: z.string().min(1).describe('`stageStatus`: the name of a stage.'),
      stageStatus: z.string().min(1).describe('`stageStatus`: the status that it must have, such as SUCCEEDED.'),
      failureMessage: failureMessageField,
    })
    .describe('How it is checked.'),
});

/** Compares exactly, with the first stage of this name. */
export function checkStageStatus(
  execution: Execution,
  { stageName, stageStatus: asserted, failureMessage }: z.infer<typeof stageStatus>['context'],
): TaskResult {
  const found = execution.stages.find(({ name }) => name === stageName);
  if (found === undefined) {
    const names = topLevelStages(execution).map(({ name }) => name);
    const reason = `There is no stage '${stageName}' to check the status of. The pipeline has ${names.join(', ')}.`;
    return { status: 'TERMINAL', code: 'NOT_FOUND', reason };
  }
  if (found.status === asserted) return { status: 'SUCCEEDED' };
  const reason = `The status of stage ${stageName} was asserted to be ${asserted}, but was actually ${found.status}.`;
  return unmet(reason, failureMessage);
}
