import { expiryKind } from '../engine/document-kinds';
import type { DocumentStore } from '../engine/ports/document-store';
import { expiryId } from '../model/expiry';
import type { GroupChange } from './find-changes';

/** Whether a group is gone because it had not come up and the time for which it was kept is over. */
export async function isExpired(store: DocumentStore, change: GroupChange): Promise<boolean> {
  if (change.type !== 'gone' || change.before.key === undefined) return false;
  const { key, name } = change.before;
  const expiry = await store.get(expiryKind, expiryId({ key, serverGroupName: name }));
  return expiry !== undefined && expiry.document.state !== 'kept';
}
