import type { JsonObject } from '../json';
import { asFilledText, asFlag } from '../json';
import type { StoredMessage } from '../message';
import { messageJson } from '../message-json';
import type { Channel } from '../workspace-data';
import type { Method, MethodContext } from './method';
import { refuse } from './method';
import type { MessageContent } from './message-content';
import { readContent } from './message-content';

const mostText = 40_000;
const mostTextOfUpdate = 4_000;

type Draft = { readonly channel: Channel; readonly content: MessageContent; readonly threadTs: string | undefined };

/** Reads what postMessage and postEphemeral share. */
function readDraft(args: JsonObject, { workspace }: MethodContext): Draft | { readonly refusal: JsonObject } {
  const channel = workspace.channel(asFilledText(args.channel) ?? '');
  if (channel === undefined) return { refusal: refuse('channel_not_found') };
  const read = readContent(args);
  if ('refusal' in read) return read;
  const { content } = read;
  const isEmpty = [content.text ?? '', content.blocks ?? [], content.attachments ?? []].every(
    (part) => part.length === 0,
  );
  if (isEmpty) return { refusal: refuse('no_text') };
  const threadTs = asFilledText(args.thread_ts);
  const parent = threadTs === undefined ? undefined : workspace.message(channel.id, threadTs);
  if (threadTs !== undefined && (parent === undefined || parent.ephemeralFor !== undefined))
    return { refusal: refuse('cannot_reply_to_message') };
  return { channel, content, threadTs: parent?.threadTs ?? threadTs };
}

function post(draft: Draft, context: MethodContext, more: Partial<StoredMessage>): StoredMessage {
  const { channel, content, threadTs } = draft;
  return context.workspace.post({
    channel: channel.id,
    user: context.workspace.bot.id,
    fromBot: true,
    text: (content.text ?? '').slice(0, mostText),
    blocks: content.blocks ?? [],
    ...(content.attachments === undefined ? {} : { attachments: content.attachments }),
    ...(content.metadata === undefined ? {} : { metadata: content.metadata }),
    ...(threadTs === undefined ? {} : { threadTs }),
    ...more,
  });
}

const postMessage: Method = (args, context) => {
  const draft = readDraft(args, context);
  if ('refusal' in draft) return draft.refusal;
  const broadcast = draft.threadTs !== undefined && asFlag(args.reply_broadcast);
  const message = post(draft, context, broadcast ? { broadcast } : {});
  return {
    ok: true,
    channel: message.channel,
    ts: message.ts,
    message: messageJson(context.workspace, message, true),
  };
};

const postEphemeral: Method = (args, context) => {
  const draft = readDraft(args, context);
  if ('refusal' in draft) return draft.refusal;
  const user = context.workspace.person(asFilledText(args.user) ?? '');
  if (user === undefined) return refuse('user_not_in_channel');
  return { ok: true, message_ts: post(draft, context, { ephemeralFor: user.id }).ts };
};

/** Finds one of the bot's own messages; channel ids only, and ephemeral messages do not count. */
function findOwn(
  args: JsonObject,
  { workspace }: MethodContext,
  foreign: string,
): { readonly message: StoredMessage } | { readonly refusal: JsonObject } {
  const id = asFilledText(args.channel) ?? '';
  if (workspace.channel(id)?.id !== id) return { refusal: refuse('channel_not_found') };
  const message = workspace.message(id, asFilledText(args.ts) ?? '');
  if (message === undefined || message.ephemeralFor !== undefined) return { refusal: refuse('message_not_found') };
  return message.fromBot ? { message } : { refusal: refuse(foreign) };
}

const update: Method = (args, context) => {
  const found = findOwn(args, context, 'cant_update_message');
  if ('refusal' in found) return found.refusal;
  const read = readContent(args);
  if ('refusal' in read) return read.refusal;
  const { content } = read;
  if ((content.text ?? '').length > mostTextOfUpdate) return refuse('msg_too_long');
  if (content.text === undefined && content.blocks === undefined && content.attachments === undefined)
    return refuse('no_text');
  const { workspace } = context;
  const attachments = content.attachments ?? found.message.attachments;
  const metadata = content.metadata ?? found.message.metadata;
  const changed = workspace.change({
    ...found.message,
    text: content.text ?? found.message.text,
    blocks: content.blocks ?? found.message.blocks,
    ...(attachments === undefined ? {} : { attachments }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(asFlag(args.reply_broadcast) && found.message.threadTs !== undefined ? { broadcast: true } : {}),
    edited: { user: workspace.bot.id, ts: workspace.nextTs() },
  });
  const { channel, ts, text } = changed;
  return { ok: true, channel, ts, text, message: messageJson(workspace, changed, true) };
};

const remove: Method = (args, context) => {
  const found = findOwn(args, context, 'cant_delete_message');
  if ('refusal' in found) return found.refusal;
  context.workspace.remove(found.message);
  return { ok: true, channel: found.message.channel, ts: found.message.ts };
};

const getPermalink: Method = (args, { workspace, baseUrl }) => {
  const channel = workspace.channel(asFilledText(args.channel) ?? '');
  if (channel === undefined) return refuse('channel_not_found');
  const message = workspace.message(channel.id, asFilledText(args.message_ts) ?? '');
  if (message === undefined) return refuse('message_not_found');
  const thread = message.threadTs === undefined ? '' : `&thread=${message.threadTs}`;
  const permalink = `${baseUrl()}/chat/?channel=${channel.id}${thread}#message-${message.ts}`;
  return { ok: true, channel: channel.id, permalink };
};

/** The chat.* methods. */
export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
};
