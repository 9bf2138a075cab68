import type { Execution } from '../model/execution';
import type { DocumentStore } from './ports/document-store';
import { readHistory } from './read-history';

type Kind = Execution['definition']['kind'];

/** How long executions of one kind took there that succeeded: the middle one; undefined where there is none. */
function usualMs(history: readonly Execution[], kind: Kind): number | undefined {
  const lengths = history
    .flatMap(({ status, definition, startTime, endTime }) =>
      status === 'SUCCEEDED' && definition.kind === kind && startTime !== undefined && endTime !== undefined
        ? [endTime - startTime]
        : [],
    )
    .toSorted((one, other) => one - other);
  return lengths[Math.floor(lengths.length / 2)];
}

/** Behind whom one waits on a cluster: the id of who works there or is next, and those that were asked for before. */
export type Behind = { readonly before: string; readonly ahead: readonly Execution[]; readonly now: number };

/**
 * When one that waits for a cluster is likely to start, in milliseconds since the epoch, if all before it take as long as such
 * executions took there; undefined where none of that kind has succeeded yet, or they take longer than that.
 */
export async function estimateStart(
  store: DocumentStore,
  cluster: string,
  { before, ahead, now }: Behind,
): Promise<number | undefined> {
  const history = await readHistory(store, cluster);
  const working = history.find(({ id }) => id === before);
  const usual = [working, ...ahead.filter(({ id }) => id !== before)].map((each) =>
    each === undefined ? undefined : usualMs(history, each.definition.kind),
  );
  const start = working?.startTime ?? now;
  const at = usual.reduce<number>((sum, lengthMs) => sum + (lengthMs ?? Number.NaN), start);
  return at > now ? at : undefined;
}
