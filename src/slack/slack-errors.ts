import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';

/** What a failed call to Slack asks us to do. */
export type SlackFailure =
  | { readonly kind: 'rateLimited'; readonly retryAfterMs: number; readonly error: string }
  /** Nothing we do helps; a person must (invite the bot, renew a token). */
  | { readonly kind: 'giveUp'; readonly error: string }
  /** The message cannot be edited any more: post it anew. */
  | { readonly kind: 'repost'; readonly error: string }
  /** Our own blocks are at fault: send the text alone. */
  | { readonly kind: 'degrade'; readonly error: string }
  /** It certainly did not happen; try again later. */
  | { readonly kind: 'notDone'; readonly error: string }
  /** It may have happened. */
  | { readonly kind: 'ambiguous'; readonly error: string }
  /** An error we do not know; it may have happened. */
  | { readonly kind: 'unknown'; readonly error: string };

const giveUp = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'no_permission',
  'cannot_reply_to_message',
  'user_not_in_channel',
  'user_not_found',
  'user_disabled',
  'cannot_dm_bot',
  'messages_tab_disabled',
  'thread_not_found',
]);
const repost = new Set(['message_not_found', 'edit_window_closed', 'cant_update_message']);
const degrade = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'block_mismatch',
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
  'metadata_too_large',
]);
const rateLimited = new Set(['ratelimited', 'rate_limited']);
const passing = new Set(['fatal_error', 'internal_error', 'service_unavailable', 'request_timeout']);
const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

function classifyPlatformError(error: string): SlackFailure {
  if (giveUp.has(error) || error.startsWith('restricted_action')) return { kind: 'giveUp', error };
  if (repost.has(error)) return { kind: 'repost', error };
  if (degrade.has(error)) return { kind: 'degrade', error };
  if (rateLimited.has(error)) return { kind: 'rateLimited', retryAfterMs: 30_000, error };
  // fatal_error and its kin say themselves that part of the call may have succeeded.
  return { kind: passing.has(error) ? 'ambiguous' : 'unknown', error };
}

function causeCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && unreachable.has(at.code)) return at.code;
  }
  return undefined;
}

/** Sorts an error of @slack/web-api; what it does not know may have happened, and is tried again with care. */
export function classifySlackError(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError) {
    return { kind: 'rateLimited', retryAfterMs: Math.max(1, error.retryAfter) * 1000, error: 'ratelimited' };
  }
  if (error instanceof WebAPIPlatformError) return classifyPlatformError(error.data.error);
  if (error instanceof WebAPIHTTPError) return { kind: 'ambiguous', error: `http_${error.statusCode}` };
  const code = causeCode(error instanceof WebAPIRequestError ? error.original : error);
  if (code !== undefined) return { kind: 'notDone', error: code };
  return { kind: 'ambiguous', error: error instanceof WebAPIRequestError ? 'request_failed' : 'unexpected_answer' };
}

/** How long to wait before the next attempt: 1 s, doubled with each failure, at most a minute. */
export const backOffMs = (attempts: number): number => Math.min(60_000, 1000 * 2 ** Math.min(attempts, 10));
