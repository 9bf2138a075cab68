import type { JsonObject } from '../json';
import type { Change, StoredMessage } from '../message';
import { isVisibleTo } from '../message';
import type { Workspace } from '../workspace';

/** A message as the chat page shows it; the bot's have `bot` instead of a person's `user`. */
export function chatMessage(message: StoredMessage): JsonObject {
  const {
    channel,
    ts,
    threadTs,
    user,
    fromBot,
    text,
    blocks,
    ephemeralFor,
    edited,
    broadcast,
    local,
    reactions,
    state,
  } = message;
  return {
    channel,
    ts,
    text,
    blocks,
    ...(fromBot ? { bot: user } : { user }),
    ephemeral: ephemeralFor !== undefined,
    ...(threadTs === undefined ? {} : { threadTs }),
    ...(edited === undefined ? {} : { edited: true }),
    ...(broadcast ? { broadcast } : {}),
    ...(local ? { local } : {}),
    ...(reactions === undefined ? {} : { reactions }),
    ...(state === undefined ? {} : { state }),
  };
}

/** Everything the chat page needs to show the workspace to one person. */
export function chatState(workspace: Workspace, user: string, botIsOnline: boolean): JsonObject {
  const dm = workspace.dmOf(user);
  const channels = [...workspace.channels, { id: dm, name: workspace.bot.name }];
  return {
    team: workspace.team,
    me: user,
    users: workspace.users,
    channels,
    commands: workspace.commands.map((command) => ({ usageHint: '', description: '', ...command })),
    messages: channels
      .flatMap((channel) => workspace.messagesIn(channel.id))
      .filter((message) => isVisibleTo(user, dm, message))
      .map(chatMessage),
    openView: workspace.views.get(user)?.at(-1),
    homeView: workspace.homes.get(user),
    bot: { id: workspace.bot.id, name: workspace.bot.name, online: botIsOnline },
  };
}

/** A change as a server-sent event for one person; undefined when it is none of their business. */
export function chatEvent(workspace: Workspace, user: string, change: Change): string | undefined {
  if (change.type === 'notice') return change.user === user ? encode('notice', { text: change.text }) : undefined;
  if ('view' in change) return change.user === user ? encode(change.type, { view: change.view ?? null }) : undefined;
  if (!isVisibleTo(user, workspace.dmOf(user), change.message)) return undefined;
  return encode(change.type, chatMessage(change.message));
}

function encode(name: string, data: JsonObject): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
