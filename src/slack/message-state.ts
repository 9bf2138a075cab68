import type { Message } from '../model/message';

type Forgettable = 'intent' | 'sent' | 'failure';

/** The message without some of what is known about its sending. */
export function without<K extends Forgettable>(message: Message, ...keys: readonly K[]): Omit<Message, K> {
  const kept = Object.entries(message).filter(([key]) => !(keys as readonly string[]).includes(key));
  return Object.fromEntries(kept) as Omit<Message, K>;
}

/** Whether what was sent is older than what should be shown, and nobody gave up. */
export const needsSending = (message: Message): boolean =>
  message.failure === undefined && (message.sent === undefined || message.sent.revision < message.revision);
