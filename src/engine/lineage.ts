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

/** The executions above one as far as each waits for the one below it, the nearest first. */
export async function awaitingOf(
  store: DocumentStore,
  execution: Pick<Execution, 'trigger'>,
): Promise<readonly Execution[]> {
  const lineage = await lineageOf(store, execution);
  const isAwaited = ({ trigger }: Pick<Execution, 'trigger'>) =>
    trigger.type === 'pipeline' && trigger.isAwaited === true;
  const end = [execution, ...lineage].findIndex((each) => !isAwaited(each));
  return end < 0 ? lineage : lineage.slice(0, end);
}

/** The ids of the executions above one, the nearest first. */
export const ancestorIdsOf = async (
  store: DocumentStore,
  execution: Pick<Execution, 'trigger'>,
): Promise<readonly string[]> => (await lineageOf(store, execution)).map(({ id }) => id);

/** The executions below one that its stages have taken over, or will when its retry has its turn, and those below them. */
export async function adoptedIdsOf(
  store: DocumentStore,
  { retry, stages }: Pick<Execution, 'retry' | 'stages'>,
  depth = deepestLineage,
): Promise<readonly string[]> {
  if (depth === 0) return [];
  const ids = [retry?.adopts ?? [], stages.flatMap(({ adopts }) => adopts ?? [])].flat();
  const below = ids.map(async (id) => {
    const adopted = (await store.get(executionKind, id))?.document;
    return adopted === undefined ? [] : adoptedIdsOf(store, adopted, depth - 1);
  });
  return [...ids, ...(await Promise.all(below)).flat()];
}

/** Which execution a person started, for one or those below it: executions of one family do one thing. */
export async function familyIdOf(store: DocumentStore, execution: Execution): Promise<string> {
  return (await lineageOf(store, execution)).at(-1)?.id ?? execution.id;
}
