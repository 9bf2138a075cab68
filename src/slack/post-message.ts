import { messageKind } from '../engine/document-kinds';
import type { Message, MessageTarget } from '../model/message';
import { channelName } from './channel-directory';
import { findSentMessage, type FoundMessage } from './find-sent-message';
import { messageMetadata } from './message-metadata';
import { saveError, saveFailure, saveSent, waitUntil, type Look, type OutboxParts } from './outbox-parts';
import { renderGuarded, type Outgoing } from './render-guarded';
import { openDirect } from './send-private';
import { classifySlackError } from './slack-errors';

/** Where a post goes, in Slack's words; `channel` may be a name. */
type Destination = { readonly channel: string; readonly threadTs?: string; readonly broadcast?: boolean };

type Route = Destination | { readonly waitMs: number } | { readonly failure: string };

const parentPollMs = 500;
const orphanAfterMs = 60_000;

async function routeOf(parts: OutboxParts, message: Message): Promise<Route> {
  const target: MessageTarget = message.target;
  if (target.kind === 'channel') return { channel: channelName(target.channel) };
  if (target.kind === 'direct') return { channel: await openDirect(parts.client, target.user) };
  if (target.kind === 'private') return { failure: 'not_a_post' };
  const parent = await parts.store.get(messageKind, target.parentId);
  if (parent === undefined) {
    const isOrphan = parts.clock.now() - message.createdAt > orphanAfterMs;
    return isOrphan ? { failure: 'parent_missing' } : { waitMs: parentPollMs };
  }
  const { sent, failure } = parent.document;
  if (sent !== undefined) return { channel: sent.channelId, threadTs: sent.ts, broadcast: target.broadcast };
  return failure === undefined ? { waitMs: parentPollMs } : { failure: `parent_${failure.error}` };
}

/**
 * Posts a message that has no known place in Slack yet. In two steps: the intent is saved first, so that a crash or a
 * lost reply is seen on the next look, which then searches Slack for the message before posting again.
 */
export async function postMessage(parts: OutboxParts, look: Look): Promise<void> {
  const { message } = look;
  const now = parts.clock.now();
  const { intent } = message;
  if (intent !== undefined && !parts.settled.has(message.id) && now < intent.at + parts.limits.requestMs) {
    await waitUntil(parts, look, intent.at + parts.limits.requestMs);
    return;
  }
  let key = 'open';
  try {
    const route = await routeOf(parts, message);
    if ('failure' in route) {
      await saveFailure(parts, look, route.failure);
      return;
    }
    if ('waitMs' in route) {
      await waitUntil(parts, look, now + route.waitMs);
      return;
    }
    key = route.channel;
    const found = intent === undefined ? undefined : await search(parts, { message, route, since: intent.at });
    if (found !== undefined) {
      await adopt(parts, look, found);
      return;
    }
    const slot = parts.posts.slotFor(key, message.id, now);
    if (slot > now) {
      await waitUntil(parts, look, slot);
      return;
    }
    parts.posts.done(key, message.id);
    await postNow(parts, look, route);
  } catch (error) {
    await saveError(parts, look, { error, pacer: parts.posts, key });
  }
}

type Adopted = FoundMessage & { readonly channelId: string };

async function search(
  parts: OutboxParts,
  query: { readonly message: Message; readonly route: Destination; readonly since: number },
): Promise<Adopted | undefined> {
  const { message, route, since } = query;
  try {
    const channelId = await parts.channels.idOf(route.channel);
    if (channelId === undefined) return undefined;
    const thread = route.threadTs === undefined ? {} : { threadTs: route.threadTs };
    const found = await findSentMessage(parts.client, { messageId: message.id, channelId, since, ...thread });
    return found === undefined ? undefined : { ...found, channelId };
  } catch (error) {
    const failure = classifySlackError(error);
    if (failure.kind !== 'giveUp') throw error;
    // Without the right to read the history a second message is better than none.
    parts.onDefect({
      message: 'The history cannot be searched; a message may appear twice',
      messageId: message.id,
      details: [failure.error],
    });
    return undefined;
  }
}

const adopt = (parts: OutboxParts, look: Look, found: Adopted): Promise<void> =>
  saveSent(parts, look, {
    channelId: found.channelId,
    ts: found.ts,
    revision: found.revision,
    // An edit that is due follows at once: nobody knows how long ago the post was.
    at: parts.clock.now() - parts.limits.editGapMs,
  });

async function postNow(parts: OutboxParts, look: Look, route: Destination): Promise<void> {
  const intended = await saveIntent(parts, look);
  if (intended === undefined) return;
  parts.settled.delete(intended.id);
  const outgoing = renderGuarded(intended, parts.context, parts.onDefect);
  const posted = await callPost(parts, { message: intended, route, outgoing });
  const channelId = posted.channel ?? route.channel;
  if (posted.ts === undefined) throw new Error('chat.postMessage named no ts');
  parts.channels.learn(route.channel, channelId);
  const { revision } = intended;
  await saveSent(parts, look, { channelId, ts: posted.ts, revision, at: parts.clock.now() });
}

/** The message as it is now, with our intent in it; undefined when another look got ahead of this one. */
async function saveIntent(parts: OutboxParts, { message }: Look): Promise<Message | undefined> {
  const now = parts.clock.now();
  const isUntouched = (current: Message) => current.sent === undefined && current.intent?.at === message.intent?.at;
  const outcome = { isOurs: false };
  const saved = await parts.store.update(
    messageKind,
    message.id,
    (current) => {
      outcome.isOurs = isUntouched(current);
      return outcome.isOurs ? { ...current, intent: { at: now, revision: current.revision } } : current;
    },
    { due: () => now + parts.limits.requestMs },
  );
  return outcome.isOurs ? saved?.document : undefined;
}

async function callPost(
  parts: OutboxParts,
  post: { readonly message: Message; readonly route: Destination; readonly outgoing: Outgoing },
): Promise<{ readonly ts?: string | undefined; readonly channel?: string | undefined }> {
  const { message, route, outgoing } = post;
  const send = (content: Outgoing) => {
    const common = {
      channel: route.channel,
      ...content,
      metadata: messageMetadata(message),
      unfurl_links: false,
      unfurl_media: false,
    };
    if (route.threadTs === undefined) return parts.client.chat.postMessage(common);
    const thread = { ...common, thread_ts: route.threadTs };
    return route.broadcast === true
      ? parts.client.chat.postMessage({ ...thread, reply_broadcast: true })
      : parts.client.chat.postMessage(thread);
  };
  try {
    return await send(outgoing);
  } catch (error) {
    const failure = classifySlackError(error);
    if (failure.kind !== 'degrade' || outgoing.blocks.length === 0) throw error;
    parts.onDefect({ message: 'Slack refused our blocks', messageId: message.id, details: [failure.error] });
    return send({ text: outgoing.text, blocks: [] });
  }
}
