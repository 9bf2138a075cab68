import type { JsonObject } from './json';

/** A message as the emulator keeps it; `ts` is its key within the channel. */
export type StoredMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  /** Who wrote it: a person's id or the bot's user id. */
  readonly user: string;
  readonly fromBot: boolean;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly attachments?: readonly unknown[];
  readonly metadata?: JsonObject;
  readonly edited?: { readonly user: string; readonly ts: string };
  /** A reply that is also shown in the channel. */
  readonly broadcast?: boolean;
  /** The only person who sees it; undefined for an ordinary message. */
  readonly ephemeralFor?: string;
  /** A notice made by the chat client itself, such as a command that failed; always ephemeral. */
  readonly local?: boolean;
  readonly reactions?: readonly { readonly name: string; readonly users: readonly string[] }[];
  /** Selections made in the message's menus: block → action → state. */
  readonly state?: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
};

/** Something that viewers of the workspace must be told. */
export type Change =
  | { readonly type: 'message' | 'message_changed' | 'message_deleted'; readonly message: StoredMessage }
  | { readonly type: 'view' | 'home'; readonly user: string; readonly view: JsonObject | undefined }
  | { readonly type: 'notice'; readonly user: string; readonly text: string };

/** Whether this person sees the message: their own direct messages and ephemerals, and everything in channels. */
export function isVisibleTo(user: string, dmChannel: string, message: StoredMessage): boolean {
  if (message.channel.startsWith('D') && message.channel !== dmChannel) return false;
  return message.ephemeralFor === undefined || message.ephemeralFor === user;
}
