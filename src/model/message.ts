import type { View } from './view';

/** Where a message goes. `responseUrl` answers are seen by one person only and may be lost or doubled. */
export type MessageTarget =
  | { readonly kind: 'channel'; readonly channel: string }
  /** A reply in the thread of another message document; `broadcast` shows it in the channel too. */
  | { readonly kind: 'thread'; readonly parentId: string; readonly broadcast: boolean }
  | { readonly kind: 'direct'; readonly user: string }
  | {
      readonly kind: 'private';
      readonly user: string;
      readonly channel: string;
      readonly responseUrl?: string;
      readonly replaceOriginal?: boolean;
    };

/**
 * One message: what it should say and what it said last. The outbox makes both equal; nothing else talks to Slack.
 * The document's id is the message's idempotency key and travels in its metadata.
 */
export type Message = {
  readonly schema: 1;
  readonly teamId: string;
  readonly id: string;
  readonly target: MessageTarget;
  /** The message that this is a copy of, by its id: whoever changes that one changes this. */
  readonly copyOf?: string;
  readonly view: View;
  /** Rises with each new view. */
  readonly revision: number;
  /** Terminal states and questions to people jump the queue of edits. */
  readonly urgent: boolean;
  readonly createdAt: number;
  /** Saved before a post; if it is found on load without `sent`, the history is searched before posting again. */
  readonly intent?: { readonly at: number; readonly revision: number };
  readonly sent?: { readonly channelId: string; readonly ts: string; readonly revision: number; readonly at: number };
  /** Why it was given up; a Slack failure never touches an execution. */
  readonly failure?: { readonly error: string; readonly at: number };
  /** Failed attempts since the last success, for back-off. */
  readonly attempts: number;
};
