import type { Execution } from '../model/execution';
import { executionKind } from './document-kinds';
import { listAll } from './list-all';
import type { DocumentStore } from './ports/document-store';

/** Every execution that is not over, by id, however many there are. */
export async function* readActive(store: DocumentStore): AsyncGenerator<Execution> {
  for await (const { document } of listAll(store, executionKind, { name: 'active', value: 'true' })) yield document;
}
