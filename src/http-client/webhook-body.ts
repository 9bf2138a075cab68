/** What is sent after the headers, and what it is said to be. */
export type WebhookBody = { readonly text: string; readonly type: string };

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const formField = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function form(payload: object): string {
  const fields = Object.entries(payload).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((item): [string, string] => [name, formField(item)]),
  );
  return new URLSearchParams(fields).toString();
}

/**
 * A payload as it is sent: text as it is, anything else as JSON, or as a form where `type`, the content type that was asked
 * for, says so. Undefined for no payload.
 */
export function webhookBody(payload: unknown, type: string | undefined): WebhookBody | undefined {
  if (payload === undefined || payload === null) return undefined;
  if (typeof payload === 'string') {
    return { text: payload, type: type ?? (isJson(payload) ? 'application/json' : 'text/plain; charset=utf-8') };
  }
  const isForm = type?.toLowerCase().startsWith('application/x-www-form-urlencoded') === true;
  if (isForm && typeof payload === 'object') return { text: form(payload), type };
  return { text: JSON.stringify(payload), type: type ?? 'application/json' };
}
