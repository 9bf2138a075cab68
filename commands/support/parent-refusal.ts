import { awaitingOf } from '../../src/engine/lineage';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Execution } from '../../src/model/execution';
import { isStrategyExecution } from '../../src/model/is-strategy-execution';
import { isSuperseded, undoneKeysOf } from './creation-verdict';

/**
 * Why an execution that another waited for is not retried by itself, in words: what it did was taken back with the rest, or it
 * is a strategy whose deploy has run another since. Undefined where it may be.
 */
export async function parentRefusal(store: DocumentStore, execution: Execution): Promise<string | undefined> {
  const [parent, ...others] = await awaitingOf(store, execution);
  if (parent === undefined) return undefined;
  const { name, id } = execution;
  const undoer = [parent, ...others].find((above) => undoneKeysOf(above).some((key) => key.startsWith(`${id}/`)));
  if (undoer !== undefined)
    return `${undoer.name} went back from what ${name} had done. Retry the whole of it, or deploy again.`;
  if (!isStrategyExecution(execution) || !isSuperseded(parent, execution)) return undefined;
  return `${parent.name} has deployed again since. Retry the whole of it, or deploy again.`;
}
