import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Logger } from '@slack/web-api';

/** How long one call may take before it counts as lost. */
export const slackTimeoutMs = 10_000;

/** Where and as whom Slack is called. */
export type WebClientsConfig = {
  readonly botToken: string;
  /** Ends in `/api/`. @default 'https://slack.com/api/' */
  readonly slackApiUrl?: string;
  readonly logger?: Logger;
};

/** One client for what people wait for, one for edits, so that a burst of edits never stands in an answer's way. */
export type WebClients = { readonly interactive: WebClient; readonly background: WebClient };

/** The options every client of ours has: never waits for long, never repeats a call by itself. */
export const webClientOptions = (config: Omit<WebClientsConfig, 'botToken'>): WebClientOptions => ({
  timeout: slackTimeoutMs,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  ...(config.slackApiUrl === undefined ? {} : { slackApiUrl: config.slackApiUrl }),
  ...(config.logger === undefined ? {} : { logger: config.logger }),
});

/** The two clients of a workspace. */
export function createWebClients(config: WebClientsConfig): WebClients {
  const options = webClientOptions(config);
  return {
    interactive: new WebClient(config.botToken, options),
    background: new WebClient(config.botToken, { ...options, maxRequestConcurrency: 5 }),
  };
}
