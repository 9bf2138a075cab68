import { CoxswainError } from '../model/errors';
import type { Execution } from '../model/execution';
import type { EngineWorld } from './advance';
import { executionKind } from './document-kinds';
import { dueOf, foldUnsettled, type LookResult } from './fold';
import { endBare, failWhatGrows, isTooLarge, mostBytesOf } from './too-large';

/** What a step came to, as changes of whatever document is stored by then. */
export type StepToSave = {
  readonly loaded: Execution;
  readonly next: (execution: Execution) => Execution;
  /** As `next`, with what was planned and without what looks found. */
  readonly withoutResults: (execution: Execution) => Execution;
  readonly results: readonly LookResult[];
  readonly now: number;
  readonly owner: string;
  readonly isLast: boolean;
  /** How many looks are on their way still. */
  readonly openLooks: () => number;
};

/** Answers at once when asked for the same object twice in a row. */
function rememberLast<T extends object, R>(compute: (input: T) => R): (input: T) => R {
  let last: { readonly input: T; readonly result: R } | undefined;
  return (input) => {
    if (last?.input !== input) last = { input, result: compute(input) };
    return last.result;
  };
}

const refuse = (): Promise<never> =>
  Promise.reject(new CoxswainError('DOCUMENT_TOO_LARGE', { message: 'There is nothing else to save.' }));

/** The first write that is not refused as too large; the error of the last where all are. */
async function firstThatFits<T>(writes: readonly (() => Promise<T>)[]): Promise<T> {
  const [write, ...others] = writes;
  if (write === undefined) throw new Error('There is nothing to write.');
  return write().catch((error: unknown) => {
    if (!isTooLarge(error) || others.length === 0) throw error;
    return firstThatFits(others);
  });
}

/**
 * Saves a step in one commit. What would make the execution larger than can be kept is left out, and then fails: each try
 * saves less, and something is over after each that was not before.
 */
export async function saveStep<S>(
  { store, registry, render, clock }: Pick<EngineWorld<S>, 'store' | 'registry' | 'render' | 'clock'>,
  { loaded, next, withoutResults, results, now, owner, isLast, openLooks }: StepToSave,
): Promise<{ readonly execution: Execution; readonly released: boolean } | undefined> {
  const drained = new Set(loaded.events.map((event) => event.id));
  const dueNow = rememberLast((execution: Execution) => dueOf(execution, registry, now, results));
  let released = false;
  const save = (change: (execution: Execution) => Execution) =>
    store.update(executionKind, loaded.id, change, {
      maxBytes: mostBytesOf,
      due: dueNow,
      release: (execution) => {
        const due = dueNow(execution);
        released = isLast || (openLooks() === 0 && (due === null || due > clock.now()));
        return released ? owner : undefined;
      },
    });
  const shrink = (by: (execution: Execution) => Execution) => {
    released = isLast;
    const change = (execution: Execution): Execution =>
      by({ ...execution, events: execution.events.filter((event) => !drained.has(event.id)) });
    return store.update(
      executionKind,
      loaded.id,
      (execution) => foldUnsettled(execution, change, { registry, now, render }),
      { due: () => now, ...(isLast ? { release: owner } : {}) },
    );
  };
  const saved = await firstThatFits([
    () => save(next),
    // What was only planned may fit; then whatever found too much is known.
    () => (withoutResults(loaded) === loaded ? refuse() : save(withoutResults)),
    () => shrink((execution) => failWhatGrows(execution, next(execution), now)),
    () => shrink((execution) => endBare(execution, now)),
  ]);
  return saved === undefined ? undefined : { execution: saved.document, released };
}
