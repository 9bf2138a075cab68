import type { WebClient } from '@slack/web-api';
import { messageEvent } from './message-metadata';

/** Where to look for a message of ours. */
export type SearchQuery = {
  readonly messageId: string;
  /** An id, not a name: Slack's history knows no names. */
  readonly channelId: string;
  /** The thread's parent; without it the channel itself is searched. */
  readonly threadTs?: string;
  /** When the post was begun, milliseconds since the epoch. */
  readonly since: number;
};

/** A message of ours as found in Slack. */
export type FoundMessage = { readonly ts: string; readonly revision: number };

const maxPages = 10;
/** Slack's clock and ours need not agree. */
const clockSkewMs = 5 * 60_000;

/**
 * Looks in the channel's history (or the thread) for a message that carries our id in its metadata. Undefined when there
 * is none; throws what @slack/web-api throws when the history cannot be read.
 */
export async function findSentMessage(client: WebClient, query: SearchQuery): Promise<FoundMessage | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const common = {
      channel: query.channelId,
      include_all_metadata: true,
      limit: 100,
      oldest: ((query.since - clockSkewMs) / 1000).toFixed(6),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const answer =
      query.threadTs === undefined
        ? await client.conversations.history(common)
        : await client.conversations.replies({ ...common, ts: query.threadTs });
    for (const message of answer.messages ?? []) {
      const payload: unknown =
        message.metadata?.event_type === messageEvent ? message.metadata.event_payload : undefined;
      const found = asOurs(payload, query.messageId);
      if (found !== undefined && message.ts !== undefined) return { ts: message.ts, revision: found };
    }
    cursor = answer.response_metadata?.next_cursor;
    if (cursor === undefined || cursor === '') return undefined;
  }
  return undefined;
}

function asOurs(payload: unknown, messageId: string): number | undefined {
  if (typeof payload !== 'object' || payload === null || !('id' in payload) || payload.id !== messageId)
    return undefined;
  // A message of ours without a readable revision is edited once too often rather than never.
  return 'revision' in payload && typeof payload.revision === 'number' ? payload.revision : 0;
}
