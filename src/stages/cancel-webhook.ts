import type { TaskDefinition, TaskResult } from '../engine/contracts/task';
import type { WebhookReply } from '../http-client/webhooks';
import { asCoxswainError } from '../model/errors';
import { hostOf } from '../model/host-of';
import { defineStage } from '../services';
import { withKey, type Needs } from './webhook/create-webhook';
import { judgeHttp } from './webhook/judge-reply';
import { webhookConfig, webhookConfigOf } from './webhook/webhook-config';
import { keptReply } from './webhook/webhook-context';

const pollMs = 10_000;

const sendAgain = (progress: string): TaskResult => ({
  status: 'RUNNING',
  retryAfterMs: pollMs,
  context: { progress, lastError: progress },
});

/** What is not there any more needs no calling off. */
function conclude(reply: WebhookReply, host: string): TaskResult {
  const context = { webhook: keptReply(reply) };
  const verdict = judgeHttp(reply.status, { failFastStatusCodes: [], again: [] });
  if (verdict === 'good' || reply.status === 404 || reply.status === 410) return { status: 'SUCCEEDED', context };
  const what = `The request to call off was answered by ${host} with status ${reply.status}`;
  if (verdict === 'again') return sendAgain(`${what}; it is sent again`);
  return { status: 'TERMINAL', code: 'WEBHOOK_FAILED', reason: `${what}.`, context };
}

/** Sends the request at least once, with an `Idempotency-Key`; calling off twice is taken to be as good as once. */
const cancel: TaskDefinition<Needs> = {
  name: 'cancelWebhook',
  timeoutMs: 5 * 60_000,
  timeoutFromStage: false,
  acts: 'webhook',
  async run({ stage, memo, services, key, signal }) {
    const { url, method, payload, customHeaders: headers } = webhookConfigOf(stage.context);
    if (memo === undefined) return { status: 'RUNNING', retryAfterMs: 0, memo: { isMeant: true } };
    let reply: WebhookReply;
    try {
      reply = await services.webhooks.send(withKey({ url, method, payload, headers }, key), signal);
    } catch (error) {
      const { canRetry, message } = asCoxswainError(error);
      if (!canRetry) throw error;
      return sendAgain(message);
    }
    return conclude(reply, hostOf(url));
  },
};

/** Calls off what a webhook started; part of the way back of the stage that did. */
export const cancelWebhook = defineStage({
  type: 'cancelWebhook',
  isInternal: true,
  needs: ['webhooks'],
  config: webhookConfig,
  tasks: [cancel],
});
