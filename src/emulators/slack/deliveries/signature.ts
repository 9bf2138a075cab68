import { createHmac } from 'node:crypto';

/** Slack's request signature, version 0: HMAC-SHA256 over `v0:{timestamp}:{raw body}`. */
export function signatureHeaders(signingSecret: string, body: string, nowMs: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const digest = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}
