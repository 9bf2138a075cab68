import type { JsonObject } from '../json';
import { asFilledText, asFlag } from '../json';
import type { StoredMessage } from '../message';
import { messageJson } from '../message-json';
import type { Channel } from '../workspace-data';
import type { Method, MethodContext } from './method';
import { refuse } from './method';
import { page } from './page-of';

function channelJson(channel: Channel, { workspace }: MethodContext): JsonObject {
  const owner = workspace.dmOwner(channel.id);
  if (owner !== undefined) return { id: channel.id, is_im: true, user: owner.id, is_open: true };
  return {
    id: channel.id,
    name: channel.name,
    is_channel: true,
    is_private: false,
    is_archived: false,
    is_member: true,
    is_im: false,
    num_members: workspace.users.length + 1,
  };
}

function findChannel(args: JsonObject, { workspace }: MethodContext): Channel | undefined {
  const id = asFilledText(args.channel) ?? '';
  const channel = workspace.channel(id);
  return channel?.id === id ? channel : undefined;
}

const list: Method = (args, context) => {
  const { workspace } = context;
  const types = (asFilledText(args.types) ?? 'public_channel').split(',').map((type) => type.trim());
  const dms = workspace.users.map((user) => workspace.channel(user.id)).filter((dm) => dm !== undefined);
  const channels = [
    ...(types.includes('public_channel') ? workspace.channels : []),
    ...(types.includes('im') ? dms : []),
  ];
  const { members, next } = page(channels, args);
  return {
    ok: true,
    channels: members.map((channel) => channelJson(channel, context)),
    response_metadata: { next_cursor: next },
  };
};

const info: Method = (args, context) => {
  const channel = findChannel(args, context);
  return channel === undefined ? refuse('channel_not_found') : { ok: true, channel: channelJson(channel, context) };
};

function inWindow(args: JsonObject): (message: StoredMessage) => boolean {
  const [oldest, latest] = [asFilledText(args.oldest) ?? '0', asFilledText(args.latest)];
  const inclusive = asFlag(args.inclusive);
  return ({ ts }) => {
    const afterOldest = inclusive ? Number(ts) >= Number(oldest) : Number(ts) > Number(oldest);
    if (latest === undefined) return afterOldest;
    return afterOldest && (inclusive ? Number(ts) <= Number(latest) : Number(ts) < Number(latest));
  };
}

function show(messages: readonly StoredMessage[], args: JsonObject, { workspace }: MethodContext): JsonObject {
  const withMetadata = asFlag(args.include_all_metadata);
  const { members, next } = page(messages.filter(inWindow(args)), args);
  return {
    ok: true,
    messages: members.map((message) => messageJson(workspace, message, withMetadata)),
    has_more: next !== '',
    response_metadata: { next_cursor: next },
  };
}

const history: Method = (args, context) => {
  const channel = findChannel(args, context);
  if (channel === undefined) return refuse('channel_not_found');
  const shown = context.workspace
    .messagesIn(channel.id)
    .filter((message) => message.ephemeralFor === undefined)
    .filter((message) => message.threadTs === undefined || message.threadTs === message.ts || message.broadcast);
  return show([...shown].reverse(), args, context);
};

const replies: Method = (args, context) => {
  const channel = findChannel(args, context);
  if (channel === undefined) return refuse('channel_not_found');
  const ts = asFilledText(args.ts) ?? '';
  const all = context.workspace.messagesIn(channel.id).filter((message) => message.ephemeralFor === undefined);
  const asked = all.find((message) => message.ts === ts);
  if (asked === undefined) return refuse('thread_not_found');
  const parentTs = asked.threadTs ?? ts;
  return show(
    all.filter((message) => message.ts === parentTs || message.threadTs === parentTs),
    args,
    context,
  );
};

const open: Method = (args, context) => {
  const { workspace } = context;
  const users = (asFilledText(args.users) ?? '').split(',').filter((user) => user !== '');
  const [user] = users;
  const asked = asFilledText(args.channel) ?? user;
  if (asked === undefined) return refuse('users_list_not_supplied');
  if (users.length > 1) return refuse('not_enough_users');
  const dm = workspace.channel(asked);
  if (dm === undefined) return refuse(user === undefined ? 'channel_not_found' : 'user_not_found');
  return { ok: true, channel: asFlag(args.return_im) ? channelJson(dm, context) : { id: dm.id } };
};

/** The conversations.* methods. */
export const conversationMethods: Readonly<Record<string, Method>> = {
  'conversations.list': list,
  'conversations.info': info,
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.open': open,
};
