import { STATUS_CODES } from 'node:http';
import type { WebhookReply } from '../../http-client/webhooks';
import type { StageContext } from '../../model/execution';

/** What an execution keeps of an answer, in bytes of JSON; `headers` together have as much. */
const mostBytes = 32 * 1024;
/** How much is kept of what is longer, in characters. */
const keptCharacters = 4096;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A body as it is kept: whole up to 32 KiB, else the beginning of its text, with a note that says so. */
export function keptBody(body: unknown): StageContext {
  if (body === undefined) return {};
  const bytes = Buffer.byteLength(JSON.stringify(body));
  if (bytes <= mostBytes) return { body };
  const note = `The body has ${bytes} bytes; more than ${mostBytes} are not kept, and only its beginning is here.`;
  return { body: `${textOf(body).slice(0, keptCharacters)}…`, bodyNote: note };
}

function keptHeaders(headers: WebhookReply['headers']): StageContext {
  return Buffer.byteLength(JSON.stringify(headers)) <= mostBytes ? { headers } : {};
}

/** A status by the name that Spinnaker has for it: `NOT_FOUND`. */
const statusName = (status: number): string =>
  (STATUS_CODES[status] ?? String(status)).replace(/'/g, '').replace(/\W+/g, '_').toUpperCase();

/** The status of an answer, as Spinnaker's context has it. */
export const keptStatus = ({ status }: Pick<WebhookReply, 'status'>): StageContext => ({
  statusCode: statusName(status),
  statusCodeValue: status,
});

/** An answer, as Spinnaker's context has it. */
export const keptReply = (reply: WebhookReply): StageContext => ({
  ...keptStatus(reply),
  ...keptHeaders(reply.headers),
  ...keptBody(reply.body),
});

/** What the stage knows of its webhook so far. */
export function webhookOf({ webhook }: StageContext): StageContext {
  return typeof webhook === 'object' && webhook !== null ? (webhook as StageContext) : {};
}
