import type { Message, MessageTarget } from '../model/message';
import type { View } from '../model/view';
import { messageKind } from './document-kinds';
import type { DocumentStore } from './ports/document-store';

/** What a message should say from now on. */
export type MessageWish = {
  readonly id: string;
  readonly teamId: string;
  readonly target: MessageTarget;
  readonly view: View;
  readonly urgent: boolean;
};

/** Creates a message document or gives it a new view, and makes it due. Repeating it changes nothing. */
export async function putMessage(store: DocumentStore, now: number, wish: MessageWish): Promise<void> {
  const fresh: Message = { schema: 1, ...wish, revision: 1, createdAt: now, attempts: 0 };
  if (await store.create(messageKind, wish.id, fresh, { due: now })) return;
  const text = JSON.stringify(wish.view);
  const current = await store.get(messageKind, wish.id);
  if (current === undefined || JSON.stringify(current.document.view) === text) return;
  await store.update(
    messageKind,
    wish.id,
    (message) =>
      JSON.stringify(message.view) === text
        ? message
        : { ...message, view: wish.view, urgent: message.urgent || wish.urgent, revision: message.revision + 1 },
    { due: () => now },
  );
}
