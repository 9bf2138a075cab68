import type { JsonObject } from './json';
import type { StoredMessage } from './message';
import type { Workspace } from './workspace';

/** A message as Slack's Web API and payloads show it; metadata only where it was asked for. */
export function messageJson(workspace: Workspace, message: StoredMessage, withMetadata = false): JsonObject {
  const { bot, team } = workspace;
  const replies = workspace
    .messagesIn(message.channel)
    .filter((each) => each.threadTs === message.ts && each.ts !== message.ts && each.ephemeralFor === undefined);
  const isParent = replies.length > 0;
  const threadTs = message.threadTs ?? (isParent ? message.ts : undefined);
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: team.id,
    ...(message.fromBot ? { bot_id: bot.botId, app_id: bot.appId } : {}),
    ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
    ...(message.attachments === undefined ? {} : { attachments: message.attachments }),
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(message.broadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(isParent ? { reply_count: replies.length, latest_reply: replies.at(-1)?.ts } : {}),
    ...(message.edited === undefined ? {} : { edited: message.edited }),
    ...(message.reactions === undefined
      ? {}
      : { reactions: message.reactions.map((reaction) => ({ ...reaction, count: reaction.users.length })) }),
    ...(withMetadata && message.metadata !== undefined ? { metadata: message.metadata } : {}),
  };
}
