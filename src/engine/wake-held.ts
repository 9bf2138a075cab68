import type { Execution } from '../model/execution';
import type { Clock } from './clock';
import { executionKind } from './document-kinds';
import type { DocumentStore } from './ports/document-store';
import { readActive } from './read-active';

type Which = { readonly application?: string; readonly environment?: string };

const isMeant = ({ admission, application, definition }: Execution, which: Which): boolean =>
  admission?.state === 'held' &&
  (which.application === undefined || which.application === application) &&
  (which.environment === undefined || which.environment === definition.environment);

/** Wakes executions that a lock or a stop holds back; a hint: they look again within a minute by themselves. */
export async function wakeHeld(
  { store, clock }: { readonly store: DocumentStore; readonly clock: Clock },
  which: Which = {},
): Promise<void> {
  for await (const execution of readActive(store)) {
    if (isMeant(execution, which)) await store.touch(executionKind, execution.id, clock.now());
  }
}
