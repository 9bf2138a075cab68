import type { WebClient } from '@slack/web-api';
import type { Message, MessageTarget } from '../model/message';
import type { Outgoing } from './render-guarded';
import { classifySlackError } from './slack-errors';
import { slackTimeoutMs } from './web-clients';

type PrivateTarget = Extract<MessageTarget, { kind: 'private' }>;

/** Slack's own limit for a response URL. */
const responseUrlLifeMs = 30 * 60_000;
const urlAttempts = 3;

/** Where the answer went: `ts` is empty for what only one person saw, as it cannot be found again. */
export type SentPrivately = { readonly channelId: string; readonly ts: string };

class ResponseUrlError extends Error {}

async function postToUrl(url: string, outgoing: Outgoing, replaceOriginal: boolean): Promise<'sent' | 'dead'> {
  const body = {
    ...(replaceOriginal ? {} : { response_type: 'ephemeral' }),
    replace_original: replaceOriginal,
    text: outgoing.text,
    // Blocks left out would leave the old ones, buttons included, when the original is replaced.
    blocks: outgoing.blocks,
  };
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(slackTimeoutMs),
  });
  await answer.text();
  if (answer.ok) return 'sent';
  if (answer.status === 429 || answer.status >= 500) throw new ResponseUrlError(`http_${answer.status}`);
  return 'dead';
}

/**
 * Answers one person: through the response URL while it lives, else as an ephemeral message, else (the bot is not in
 * that channel) as a direct message. At least once: a lost reply means a second answer. Throws when it should be tried
 * again; `degrade` and `giveUp` errors of Slack come through as @slack/web-api throws them.
 */
export async function sendPrivate(
  client: WebClient,
  look: {
    readonly message: Message;
    readonly target: PrivateTarget;
    readonly outgoing: Outgoing;
    readonly now: number;
  },
): Promise<SentPrivately> {
  const { message, target, outgoing, now } = look;
  const { responseUrl } = target;
  if (responseUrl !== undefined && now - message.createdAt < responseUrlLifeMs && message.attempts < urlAttempts) {
    const outcome = await postToUrl(responseUrl, outgoing, target.replaceOriginal === true);
    if (outcome === 'sent') return { channelId: target.channel, ts: '' };
  }
  try {
    await client.chat.postEphemeral({ channel: target.channel, user: target.user, ...outgoing });
    return { channelId: target.channel, ts: '' };
  } catch (error) {
    const failure = classifySlackError(error);
    if (failure.kind !== 'giveUp') throw error;
    return sendDirect(client, target.user, outgoing);
  }
}

async function sendDirect(client: WebClient, user: string, outgoing: Outgoing): Promise<SentPrivately> {
  const channel = await openDirect(client, user);
  const posted = await client.chat.postMessage({ channel, ...outgoing });
  return { channelId: channel, ts: posted.ts ?? '' };
}

/** The id of the direct conversation with a person; opening it twice gives the same. */
export async function openDirect(client: WebClient, user: string): Promise<string> {
  const opened = await client.conversations.open({ users: user });
  const id = opened.channel?.id;
  if (id === undefined) throw new ResponseUrlError('conversations.open named no channel');
  return id;
}
