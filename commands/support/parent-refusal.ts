import { stageById } from '../../src/engine/graph';
import { awaitingOf } from '../../src/engine/lineage';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Execution } from '../../src/model/execution';
import { isStrategyExecution } from '../../src/model/is-strategy-execution';
import { isComplete, isPassed } from '../../src/model/status';
import { isSuperseded, undoneKeysOf } from './creation-verdict';

/** Whether an execution is under way and has gone on from the stage that had waited for another. */
function hasGoneOn(above: Execution, { trigger }: Execution): boolean {
  if (isComplete(above.status) || trigger.type !== 'pipeline') return false;
  const stage = stageById(above, trigger.parentStageId);
  return stage !== undefined && isPassed(stage.status);
}

/** A strategy is not retried by itself where its deploy has run another since, or has got what it wanted of it. */
function strategyRefusal(parent: Execution, execution: Execution): string | undefined {
  if (!isStrategyExecution(execution)) return undefined;
  if (isSuperseded(parent, execution))
    return `${parent.name} has deployed again since. Retry the whole of it, or deploy again.`;
  return execution.status === 'SUCCEEDED'
    ? `${execution.name} is a part of ${parent.name}. Retry the whole of it, or deploy again.`
    : undefined;
}

/**
 * Why an execution that another waited for is not retried by itself, in words: what it did was taken back with the rest,
 * whoever waited has gone on from it, or it is a strategy of a deploy that has no need of it. Undefined where it may be.
 */
export async function parentRefusal(store: DocumentStore, execution: Execution): Promise<string | undefined> {
  const [parent, ...others] = await awaitingOf(store, execution);
  if (parent === undefined) return undefined;
  const { name, id } = execution;
  const undoer = [parent, ...others].find((above) => undoneKeysOf(above).some((key) => key.startsWith(`${id}/`)));
  if (undoer !== undefined)
    return `${undoer.name} went back from what ${name} had done. Retry the whole of it, or deploy again.`;
  const chain = [execution, parent, ...others];
  const ahead = chain.slice(1).find((above, index) => hasGoneOn(above, chain[index] ?? execution));
  if (ahead !== undefined) return `${ahead.name} has gone on from ${name} and is under way. Retry when it is over.`;
  const closed = `${parent.name} has gone back from what ${name} had done, or has done it anew. Retry the whole of it.`;
  return strategyRefusal(parent, execution) ?? (execution.isClosed === true ? closed : undefined);
}
