import type { JsonObject } from '../json';

/** One thing Slack tells the bot. */
export type Delivery = {
  readonly kind: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: JsonObject;
  readonly retry?: { readonly number: number; readonly reason: string };
};

/** What became of it: the bot's acknowledgement (its body parsed where it is JSON) or why there was none. */
export type DeliveryResult =
  | { readonly ok: true; readonly body: JsonObject | string | undefined }
  | { readonly ok: false; readonly error: DeliveryError; readonly stopRetrying?: boolean };

/** Why a delivery failed, in the words of Slack's retry reasons. */
export type DeliveryError = 'http_timeout' | 'http_error' | 'connection_failed';

/** Something that can carry deliveries to the bot. */
export type Deliver = (delivery: Delivery) => Promise<DeliveryResult>;

/** How long the bot has to acknowledge. */
export const ackTimeoutMs = 3000;
