import type { Clock } from '../clock';
import { asObject, asText, parseJson } from '../json';
import type { Deliver, Delivery, DeliveryResult } from './delivery';
import { ackTimeoutMs } from './delivery';
import { signatureHeaders } from './signature';

type Encoded = { readonly contentType: string; readonly body: string };

function encode({ kind, payload }: Delivery): Encoded {
  if (kind === 'events_api') return { contentType: 'application/json', body: JSON.stringify(payload) };
  const fields =
    kind === 'interactive'
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([field, value]) => [field, asText(value) ?? '']));
  return { contentType: 'application/x-www-form-urlencoded', body: new URLSearchParams(fields).toString() };
}

/** Delivers by a signed POST to the bot's request URL; three seconds without an answer count as `http_timeout`. */
export function createHttpDelivery(clock: Clock, signingSecret: string, requestUrl: () => string | undefined): Deliver {
  return async (delivery) => {
    const url = requestUrl();
    if (url === undefined) return { ok: false, error: 'connection_failed' };
    const { contentType, body } = encode(delivery);
    const { retry } = delivery;
    const headers = {
      'content-type': contentType,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      ...signatureHeaders(signingSecret, body, clock.now()),
      ...(retry ? { 'x-slack-retry-num': String(retry.number), 'x-slack-retry-reason': retry.reason } : {}),
    };
    return send(clock, url, headers, body);
  };
}

async function send(
  clock: Clock,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<DeliveryResult> {
  const abort = new AbortController();
  const cancel = clock.after(ackTimeoutMs, () => abort.abort());
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: abort.signal, redirect: 'manual' });
    const text = await response.text();
    const stopRetrying = response.headers.get('x-slack-no-retry') === '1';
    if (!response.ok) return { ok: false, error: 'http_error', stopRetrying };
    return { ok: true, body: text === '' ? undefined : (asObject(parseJson(text)) ?? text) };
  } catch {
    return { ok: false, error: abort.signal.aborted ? 'http_timeout' : 'connection_failed' };
  } finally {
    cancel();
  }
}
