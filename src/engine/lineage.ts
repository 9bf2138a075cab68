import type { Execution } from '../model/execution';
import { executionKind } from './document-kinds';
import type { DocumentStore } from './ports/document-store';

/** How many executions may stand one below the other. */
export const deepestLineage = 10;

/** The executions above one: the one whose stage started it, what started that, …; empty for one that a person started. */
export async function lineageOf(
  store: DocumentStore,
  { trigger }: Pick<Execution, 'trigger'>,
): Promise<readonly Execution[]> {
  const found: Execution[] = [];
  let next = trigger;
  // A bound that no lineage reaches, so that no document can make this endless.
  while (next.type === 'pipeline' && found.length <= deepestLineage) {
    const parent = (await store.get(executionKind, next.parentExecutionId))?.document;
    if (parent === undefined) break;
    found.push(parent);
    next = parent.trigger;
  }
  return found;
}

/** The ids of the executions above one, the nearest first. */
export const ancestorIdsOf = async (
  store: DocumentStore,
  execution: Pick<Execution, 'trigger'>,
): Promise<readonly string[]> => (await lineageOf(store, execution)).map(({ id }) => id);

/** Which execution a person started, for one or those below it: executions of one family do one thing. */
export async function familyIdOf(store: DocumentStore, execution: Execution): Promise<string> {
  return (await lineageOf(store, execution)).at(-1)?.id ?? execution.id;
}
