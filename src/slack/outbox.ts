import type { WebClient } from '@slack/web-api';
import { createHash } from 'node:crypto';
import type { Clock } from '../engine/clock';
import { messageKind } from '../engine/document-kinds';
import type { Claimed, DocumentStore } from '../engine/ports/document-store';
import type { DueHandler } from '../engine/ports/wake';
import type { Message, MessageTarget } from '../model/message';
import { plainContext } from './blocks';
import { createChannelDirectory } from './channel-directory';
import { messageMetadata } from './message-metadata';
import { needsSending, without } from './message-state';
import type { RenderContext } from './mrkdwn';
import { saveError, saveSent, waitUntil, type Look, type OutboxLimits, type OutboxParts } from './outbox-parts';
import { createPacer } from './pacer';
import { postMessage } from './post-message';
import { renderGuarded, type Defect, type Outgoing } from './render-guarded';
import { sendPrivate } from './send-private';
import { classifySlackError } from './slack-errors';

/** What the outbox is made of. */
export type OutboxOptions = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** For posts and urgent edits. */
  readonly client: WebClient;
  /** For all other edits. @default client */
  readonly background?: WebClient;
  readonly limits?: Partial<OutboxLimits>;
  /** Finds user groups' ids for mentions. */
  readonly context?: RenderContext;
  /** Told of what was worked around; must not throw. */
  readonly onDefect?: (defect: Defect) => void;
};

/** The one sender: hand its handler to the wake under the kind `message`. */
export type Outbox = { readonly handler: DueHandler };

const defaultLimits: OutboxLimits = {
  editGapMs: 3000,
  edits: { capacity: 10, perMinute: 40 },
  posts: { capacity: 3, perMinute: 60 },
  requestMs: 11_000,
};

const editKey = 'chat.update';
const restAfterDefectMs = 30_000;

/** Makes what Slack shows equal to what the message documents say. Its handler never throws. */
export function createOutbox(options: OutboxOptions): Outbox {
  const limits = { ...defaultLimits, ...options.limits };
  const parts: OutboxParts = {
    store: options.store,
    clock: options.clock,
    client: options.client,
    background: options.background ?? options.client,
    limits,
    context: options.context ?? plainContext,
    channels: createChannelDirectory(options.client),
    edits: createPacer(limits.edits),
    posts: createPacer(limits.posts),
    settled: new Set(),
    onDefect: options.onDefect ?? (() => undefined),
  };
  const lastSent = createLastSent();
  return { handler: (claimed, owner) => handle(parts, lastSent, { claimed, owner }) };
}

async function handle(
  parts: OutboxParts,
  lastSent: LastSent,
  { claimed, owner }: { readonly claimed: Claimed; readonly owner: string },
): Promise<void> {
  const look: Look = { message: claimed.document as Message, owner };
  try {
    await send(parts, lastSent, look);
  } catch (error) {
    parts.onDefect({ message: 'The outbox failed', messageId: claimed.id, details: [String(error)] });
    const at = parts.clock.now() + restAfterDefectMs;
    // When the store itself is away, the lease ends by time and the message is found again.
    await waitUntil(parts, look, at).catch(() => undefined);
  }
}

async function send(parts: OutboxParts, lastSent: LastSent, look: Look): Promise<void> {
  const { message, owner } = look;
  if (!needsSending(message)) {
    await parts.store.update(messageKind, message.id, (same) => same, {
      due: (current) => (needsSending(current) ? parts.clock.now() : null),
      release: owner,
    });
    return;
  }
  if (message.target.kind === 'private') return answerPrivately(parts, look, message.target);
  if (message.sent === undefined) return postMessage(parts, look);
  return editMessage(parts, lastSent, { look, sent: message.sent });
}

type Sent = NonNullable<Message['sent']>;

async function answerPrivately(
  parts: OutboxParts,
  look: Look,
  target: Extract<MessageTarget, { kind: 'private' }>,
): Promise<void> {
  const { message } = look;
  const outgoing = renderGuarded(message, parts.context, parts.onDefect);
  const now = parts.clock.now();
  try {
    const sent = await sendPrivate(parts.client, { message, target, outgoing, now });
    await saveSent(parts, look, { ...sent, revision: message.revision, at: parts.clock.now() });
  } catch (error) {
    await saveError(parts, look, { error, pacer: parts.posts, key: target.channel });
  }
}

async function editMessage(
  parts: OutboxParts,
  lastSent: LastSent,
  { look, sent }: { readonly look: Look; readonly sent: Sent },
): Promise<void> {
  const { message } = look;
  const now = parts.clock.now();
  const outgoing = renderGuarded(message, parts.context, parts.onDefect);
  if (lastSent.isSame(sent.ts, outgoing)) return saveSent(parts, look, { ...sent, revision: message.revision });
  const earliest = earliestEdit(parts, message, sent);
  if (earliest > now) return waitUntil(parts, look, earliest);
  parts.edits.done(editKey, message.id);
  try {
    await callUpdate(parts, { message, sent, outgoing });
    lastSent.remember(sent.ts, outgoing);
    await saveSent(parts, look, { ...sent, revision: message.revision, at: parts.clock.now() });
  } catch (error) {
    if (classifySlackError(error).kind === 'repost') return forgetSent(parts, look);
    await saveError(parts, look, { error, pacer: parts.edits, key: editKey });
  }
}

/** Urgent edits wait for nothing but Slack's own 429; the others keep their gap and the workspace's rate. */
function earliestEdit(parts: OutboxParts, message: Message, sent: Sent): number {
  const now = parts.clock.now();
  if (message.urgent) return parts.edits.pausedUntil(editKey);
  const afterGap = sent.at + parts.limits.editGapMs;
  if (afterGap > now) return afterGap;
  return parts.edits.slotFor(editKey, message.id, now);
}

async function callUpdate(
  parts: OutboxParts,
  edit: { readonly message: Message; readonly sent: Sent; readonly outgoing: Outgoing },
): Promise<void> {
  const { message, sent, outgoing } = edit;
  const client = message.urgent ? parts.client : parts.background;
  const update = (content: Outgoing) =>
    client.chat.update({ channel: sent.channelId, ts: sent.ts, ...content, metadata: messageMetadata(message) });
  try {
    await update(outgoing);
  } catch (error) {
    const failure = classifySlackError(error);
    if (failure.kind !== 'degrade' || outgoing.blocks.length === 0) throw error;
    parts.onDefect({ message: 'Slack refused our blocks', messageId: message.id, details: [failure.error] });
    await update({ text: outgoing.text, blocks: [] });
  }
}

/** The message cannot be edited any more: the next look posts it as new. */
async function forgetSent(parts: OutboxParts, { message, owner }: Look): Promise<void> {
  await parts.store.update(messageKind, message.id, (current) => without(current, 'sent', 'intent'), {
    due: () => parts.clock.now(),
    release: owner,
  });
}

type LastSent = {
  readonly isSame: (ts: string, outgoing: Outgoing) => boolean;
  readonly remember: (ts: string, outgoing: Outgoing) => void;
};

const maxRemembered = 1000;

/** What was shown last, to skip edits that change nothing; lost on restart, which costs one needless edit each. */
function createLastSent(): LastSent {
  const hashes = new Map<string, string>();
  const hashOf = (outgoing: Outgoing) => createHash('sha256').update(JSON.stringify(outgoing)).digest('base64');
  return {
    isSame: (ts, outgoing) => hashes.get(ts) === hashOf(outgoing),
    remember: (ts, outgoing) => {
      hashes.delete(ts);
      hashes.set(ts, hashOf(outgoing));
      const [oldest] = hashes.keys();
      if (hashes.size > maxRemembered && oldest !== undefined) hashes.delete(oldest);
    },
  };
}
