import type { Execution, Stage } from '../model/execution';
import type { ExecutionEvent } from '../model/execution-event';

/** The child for whose end a stage waits, or which it may just have started; undefined for none. */
function awaitedChild({ type, status, context, tasks }: Stage): string | undefined {
  // Spinnaker writes some flags as text.
  const isLeft =
    context.waitForCompletion === false || context.waitForCompletion === 'false' || context.manualSkip === true;
  if (type !== 'pipeline' || status !== 'RUNNING' || isLeft) return undefined;
  const intended = tasks.map(({ memo }) => memo?.executionId).find((id) => typeof id === 'string');
  return typeof context.executionId === 'string' ? context.executionId : intended;
}

/** Passes a pause or its end, which began at `pausedAt`, on to the children that an execution waits for. */
export const passOn = (
  execution: Execution,
  signal: 'pause' | 'resume',
  user: string,
  pausedAt: number,
): readonly ExecutionEvent[] =>
  execution.stages.flatMap((stage) => {
    const executionId = awaitedChild(stage);
    if (executionId === undefined) return [];
    const id = `${execution.id}/${stage.id}/${signal}/${pausedAt}`;
    return [{ id, type: 'passedOn' as const, executionId, signal, user, via: execution.id }];
  });
