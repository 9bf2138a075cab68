import type { Message } from '../model/message';

/** The event type of the metadata that every message of ours carries. */
export const messageEvent = 'coxswain_message';

/** What makes a message findable again after a crash: its document's id, and which revision it shows. */
export const messageMetadata = (message: Pick<Message, 'id' | 'revision'>) => ({
  event_type: messageEvent,
  event_payload: { id: message.id, revision: message.revision },
});
