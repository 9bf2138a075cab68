import { z } from 'zod';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { retryAfterMs } from '../../http-client/http-failure';
import { mayHaveArrived, type WebhookReply, type WebhookRequest, type Webhooks } from '../../http-client/webhooks';
import { asCoxswainError } from '../../model/errors';
import type { StageContext } from '../../model/execution';
import { hostOf } from '../../model/host-of';
import { judgeHttp, readOne } from './judge-reply';
import { webhookConfigOf, type WebhookConfig } from './webhook-config';
import { keptReply } from './webhook-context';

/** What the tasks of a webhook ask for. */
export type Needs = { readonly webhooks: Webhooks };
type Look = TaskLook<Needs>;

const pollMs = 10_000;
const longestWaitMs = 60_000;

/** How often the request was answered with each status that has a limit of its own. */
const memoSchema = z.object({ answers: z.record(z.string(), z.number()) });

/** Methods that may be sent again although the first may have arrived: sending twice is as good as once. */
const isRepeatable = (method: WebhookRequest['method']): boolean => method !== 'POST' && method !== 'PATCH';

/** A request that carries the key of its effect, unless the stage has a key of its own. */
export function withKey(request: WebhookRequest, key: string): WebhookRequest {
  const headers = request.headers ?? {};
  const hasKey = Object.keys(headers).some((name) => name.toLowerCase() === 'idempotency-key');
  return hasKey ? request : { ...request, headers: { ...headers, 'Idempotency-Key': key } };
}

/** The end of a stage whose webhook failed; `webhook` is what is known of it. */
export const failed = (reason: string, webhook: StageContext): TaskResult => ({
  status: 'TERMINAL',
  code: 'WEBHOOK_FAILED',
  reason,
  context: { webhook: { ...webhook, error: reason } },
});

/** Where the status is to be asked for, as the answer tells. */
function statusUrl(config: WebhookConfig, reply: WebhookReply) {
  const { statusUrlResolution, statusUrlJsonPath, url } = config;
  if (statusUrlResolution === 'getMethod') return { value: url };
  if (statusUrlResolution === 'webhookResponse') return readOne('status URL', statusUrlJsonPath.trim(), reply.body);
  return { value: reply.headers.location };
}

const unresolved = "The status URL couldn't be resolved, but 'Wait for completion' was checked";

function succeed(config: WebhookConfig, reply: WebhookReply): TaskResult {
  const webhook = keptReply(reply);
  if (!config.waitForCompletion) return { status: 'SUCCEEDED', context: { webhook } };
  const found = statusUrl(config, reply);
  if ('problem' in found) return failed(`${found.problem}.`, webhook);
  const { value } = found;
  if (typeof value !== 'string' || value === '' || !URL.canParse(value, config.url))
    return failed(`${unresolved}.`, webhook);
  return { status: 'SUCCEEDED', context: { webhook: { ...webhook, statusEndpoint: new URL(value, config.url).href } } };
}

function wait(progress: string, retryAfter: number, memo: Look['memo']): TaskResult {
  const kept = memo === undefined ? {} : { memo };
  return { status: 'RUNNING', retryAfterMs: retryAfter, ...kept, context: { progress, lastError: progress } };
}

function conclude({ memo }: Look, config: WebhookConfig, reply: WebhookReply): TaskResult {
  const { status, headers } = reply;
  const limit = config.retries[String(status)]?.maxAttempts;
  const again = [...config.webhookRetryStatusCodes, ...Object.keys(config.retries).map(Number)];
  const verdict = judgeHttp(status, { failFastStatusCodes: config.failFastStatusCodes, again });
  if (verdict === 'good') return succeed(config, reply);
  const what = `${config.method} to ${hostOf(config.url)} was answered with status ${status}`;
  if (verdict === 'failFast') return failed(`${what}, which fails the stage at once.`, keptReply(reply));
  if (verdict === 'bad') return failed(`The webhook request failed: ${what}.`, keptReply(reply));
  const { answers } = memoSchema.parse(memo);
  const count = (answers[status] ?? 0) + 1;
  if (limit !== undefined && count >= limit) return failed(`${what}, ${count} times.`, keptReply(reply));
  const waitMs = Math.min(Math.max(pollMs, retryAfterMs(headers) ?? 0), longestWaitMs);
  return wait(`${what}; it is sent again`, waitMs, { answers: { ...answers, [status]: count } });
}

function fail(thrown: unknown, { method }: WebhookConfig): TaskResult {
  const error = asCoxswainError(thrown);
  const isAmbiguous = mayHaveArrived(error) && !isRepeatable(method);
  if (error.canRetry && error.code !== 'SERVER_ERROR' && !isAmbiguous) return wait(error.message, pollMs, undefined);
  const unsure = isAmbiguous ? ' The request may have arrived, so it is not sent again by itself.' : '';
  const reason = `${error.message}${unsure}`;
  const known = { error: reason, mayHaveArrived: mayHaveArrived(error) };
  return { status: 'TERMINAL', code: error.code, reason, context: { webhook: known } };
}

/**
 * Sends the request, at least once: after a crash between sending and saving it is sent again, with the same
 * `Idempotency-Key`, which is how a receiver knows it. Answered with 429, 5xx or a status that the stage names, it is sent
 * again every 10 s, and so is one that cannot have arrived; a POST or PATCH that may have arrived, because no answer came within the 4.5 s
 * that one look has, is not: `webhook.mayHaveArrived` says so.
 */
export const createWebhook: TaskDefinition<Needs> = {
  name: 'createWebhook',
  timeoutMs: 5 * 60_000,
  timeoutFromStage: false,
  acts: 'webhook',
  async run(look) {
    const { stage, memo, services, key, signal } = look;
    const config = webhookConfigOf(stage.context);
    if (memo === undefined) {
      // What an earlier attempt knew says nothing of this one.
      return { status: 'RUNNING', retryAfterMs: 0, memo: { answers: {} }, context: { webhook: {} } };
    }
    const { url, method, payload, customHeaders: headers } = config;
    let reply: WebhookReply;
    try {
      reply = await services.webhooks.send(withKey({ url, method, payload, headers }, key), signal);
    } catch (error) {
      return fail(error, config);
    }
    return conclude(look, config, reply);
  },
};
