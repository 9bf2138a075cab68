import type { WebClient } from '@slack/web-api';
import type { Clock } from '../engine/clock';
import { messageKind } from '../engine/document-kinds';
import type { DocumentStore } from '../engine/ports/document-store';
import type { Message } from '../model/message';
import type { ChannelDirectory } from './channel-directory';
import { needsSending, without } from './message-state';
import type { RenderContext } from './mrkdwn';
import type { Pacer } from './pacer';
import type { Defect } from './render-guarded';
import { backOffMs, classifySlackError, type SlackFailure } from './slack-errors';
import type { BucketLimits } from './token-bucket';

/** How fast the outbox sends. */
export type OutboxLimits = {
  /** Between two edits of one message. @default 3000 */
  readonly editGapMs: number;
  /** All edits of the workspace. @default 10 at once, 40 a minute */
  readonly edits: BucketLimits;
  /** Posts to one channel. @default 3 at once, 60 a minute */
  readonly posts: BucketLimits;
  /** How long a call may be under way after a crash before the history is searched. @default 11000 */
  readonly requestMs: number;
};

/** What the outbox's steps share. */
export type OutboxParts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly client: WebClient;
  readonly background: WebClient;
  readonly limits: OutboxLimits;
  readonly context: RenderContext;
  readonly channels: ChannelDirectory;
  readonly edits: Pacer;
  readonly posts: Pacer;
  /** Messages whose call ended with an error in this process: no need to wait out the request's time. */
  readonly settled: Set<string>;
  readonly onDefect: (defect: Defect) => void;
};

/** One look at one claimed message. */
export type Look = { readonly message: Message; readonly owner: string };

/** An outage is waited out however long it lasts; an error nobody knows is not. */
const maxUnknownAttempts = 8;

/** Looks again at `at`, changing nothing; gives the lease back. */
export async function waitUntil(parts: OutboxParts, { message, owner }: Look, at: number): Promise<void> {
  await parts.store.update(messageKind, message.id, (same) => same, { due: () => at, release: owner });
}

/** Records what was sent; a view that came meanwhile is looked at again, edits after their gap. */
export async function saveSent(
  parts: OutboxParts,
  { message, owner }: Look,
  sent: NonNullable<Message['sent']>,
): Promise<void> {
  parts.settled.delete(message.id);
  await parts.store.update(
    messageKind,
    message.id,
    (current) => ({ ...without(current, 'intent', 'failure'), sent, attempts: 0 }),
    {
      due: (current) => {
        if (!needsSending(current)) return null;
        return current.urgent ? parts.clock.now() : sent.at + parts.limits.editGapMs;
      },
      release: owner,
    },
  );
}

/** Records that a message is given up; its next view tries again. */
export async function saveFailure(parts: OutboxParts, { message, owner }: Look, error: string): Promise<void> {
  parts.settled.delete(message.id);
  const failure = { error, at: parts.clock.now() };
  await parts.store.update(
    messageKind,
    message.id,
    // A view that came meanwhile deserves its own attempt.
    (current) => (current.revision === message.revision ? { ...without(current, 'intent'), failure } : current),
    { due: (current) => (needsSending(current) ? parts.clock.now() : null), release: owner },
  );
}

/** Counts a failed attempt and looks again later; `keepIntent` says that the message may have gone out. */
export async function saveAttempt(
  parts: OutboxParts,
  { message, owner }: Look,
  options: { readonly keepIntent: boolean; readonly delayMs: number; readonly counts: boolean },
): Promise<void> {
  if (options.keepIntent) parts.settled.add(message.id);
  const due = parts.clock.now() + options.delayMs;
  await parts.store.update(
    messageKind,
    message.id,
    (current) => ({
      ...(options.keepIntent ? current : without(current, 'intent')),
      attempts: current.attempts + (options.counts ? 1 : 0),
    }),
    { due: () => due, release: owner },
  );
}

/** What every kind of sending does about an error that it does not treat specially. */
export async function saveError(
  parts: OutboxParts,
  look: Look,
  options: { readonly error: unknown; readonly pacer: Pacer; readonly key: string },
): Promise<void> {
  const failure: SlackFailure = classifySlackError(options.error);
  if (failure.kind === 'rateLimited') {
    options.pacer.pause(options.key, parts.clock.now() + failure.retryAfterMs);
    await saveAttempt(parts, look, { keepIntent: false, delayMs: failure.retryAfterMs, counts: false });
    return;
  }
  const hopeless = failure.kind === 'giveUp' || failure.kind === 'degrade' || failure.kind === 'repost';
  if (hopeless || (failure.kind === 'unknown' && look.message.attempts >= maxUnknownAttempts)) {
    await saveFailure(parts, look, failure.error);
    return;
  }
  const delayMs = backOffMs(look.message.attempts);
  await saveAttempt(parts, look, { keepIntent: failure.kind !== 'notDone', delayMs, counts: true });
}
