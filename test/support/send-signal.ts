import type { Clock } from '../../src/engine/clock';
import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { applySignal, type Signal } from '../../src/engine/signals';
import { plainText } from '../../src/model/text';

type Bench = { readonly store: DocumentStore; readonly clock: Pick<Clock, 'now'> };

/** Applies a signal as the executor does; answers the refusal's words, or '' when it was accepted. */
export async function sendSignal({ store, clock }: Bench, signal: Signal, id = 'E1'): Promise<string> {
  let said = '';
  const now = clock.now();
  await store.update(executionKind, id, (execution) => {
    const { execution: after, outcome } = applySignal(execution, signal, now);
    said = outcome.accepted ? '' : `${outcome.code} ${plainText(outcome.message)}`;
    return after;
  });
  await store.touch(executionKind, id, now);
  return said;
}
