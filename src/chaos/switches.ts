import type { DocumentStore } from '../engine/ports/document-store';
import { switchKind, type ChaosSwitch } from './documents';

/** Turns chaos off, or on again, for one application or for all; the last one counts. */
export async function turn(store: DocumentStore, id: string, wanted: ChaosSwitch): Promise<void> {
  if (await store.create(switchKind, id, wanted)) return;
  await store.update(switchKind, id, () => wanted);
}

/** Why chaos is off there, in a sentence that begins with `what`; undefined where nobody has turned it off. */
export async function switchRefusal(store: DocumentStore, id: string, what: string): Promise<string | undefined> {
  const found = (await store.get(switchKind, id))?.document;
  return found?.isOff === true ? `${what} was turned off: ${found.reason}` : undefined;
}
