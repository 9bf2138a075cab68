import type { Execution } from '../model/execution';
import { actingUser } from './acting-user';
import { awaitingOf } from './lineage';
import type { DocumentStore } from './ports/document-store';

/**
 * Who asked for what an execution does: for it and for what waits for it, and who let one of these go on by a retry. Slack user
 * ids, each once, the newest first.
 */
export async function requestersOf(store: DocumentStore, execution: Execution): Promise<readonly string[]> {
  const all = [execution, ...(await awaitingOf(store, execution))];
  const users = all.flatMap((each) => [actingUser(each), each.trigger.user, ...(each.trigger.alsoAsked ?? [])]);
  return [...new Set(users)];
}
