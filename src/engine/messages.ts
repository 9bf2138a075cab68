import { isDeepStrictEqual } from 'node:util';
import type { Message } from '../model/message';
import { messageKind } from './document-kinds';
import type { DocumentStore } from './ports/document-store';

/** What a caller says about a message; the rest is the outbox's business. */
export type MessageFields = Pick<Message, 'teamId' | 'id' | 'target' | 'copyOf' | 'view'> & {
  /** @default false */
  readonly urgent?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

function withView(message: Message, { view, urgent = false }: MessageFields): Message {
  if (isDeepStrictEqual(message.view, JSON.parse(JSON.stringify(view)))) return message;
  const { failure, ...rest } = message;
  return { ...rest, view, urgent, revision: message.revision + 1, attempts: 0 };
}

/**
 * Says what a message should show from now on: creates it, or gives it a new view, and makes it due. Doing the same twice
 * changes nothing. A message given up before is tried again with a new view.
 */
export async function putMessage(store: DocumentStore, fields: MessageFields): Promise<void> {
  const { now, teamId, id, target, copyOf, view, urgent = false } = fields;
  const copy = copyOf === undefined ? {} : { copyOf };
  const base = { schema: 1, teamId, id, target, ...copy, view } as const;
  const fresh: Message = { ...base, revision: 1, urgent, createdAt: now, attempts: 0 };
  if (await store.create(messageKind, id, fresh, { due: now })) return;
  const updated = await store.update(messageKind, id, (message) => withView(message, fields));
  if (updated !== undefined && updated.document.sent?.revision !== updated.document.revision) {
    await store.touch(messageKind, id, now);
  }
}
