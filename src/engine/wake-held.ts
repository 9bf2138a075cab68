import type { Execution } from '../model/execution';
import type { Clock } from './clock';
import { executionKind } from './document-kinds';
import type { DocumentStore } from './ports/document-store';

const mostWoken = 500;

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
  const active = await store.list(executionKind, { index: { name: 'active', value: 'true' }, limit: mostWoken });
  for (const { id, document } of active) {
    if (isMeant(document, which)) await store.touch(executionKind, id, clock.now());
  }
}
