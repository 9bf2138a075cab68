import { createHmac } from 'node:crypto';

/** What a signed request of Slack's needs. */
export type SignedRequest = {
  readonly secret: string;
  readonly body: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** @default 'application/x-www-form-urlencoded' */
  readonly contentType?: string;
};

/** The headers Slack would send with this body. */
export function slackHeaders({ secret, body, timestamp, contentType }: SignedRequest): Record<string, string> {
  const hash = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    'content-type': contentType ?? 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': `v0=${hash}`,
  };
}
