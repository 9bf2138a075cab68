import type { PlanInput } from '../engine/contracts/stage';
import type { TaskDefinition } from '../engine/contracts/task';
import { defineStage } from '../services';
import { createWebhook, type Needs } from './webhook/create-webhook';
import { monitorWebhook } from './webhook/monitor-webhook';
import { planCancel } from './webhook/plan-cancel';
import { webhookConfig, webhookConfigOf } from './webhook/webhook-config';
import { webhookOf } from './webhook/webhook-context';

/** Waits before the status is asked for first. */
const waitBeforeMonitor = (waitMs: number): TaskDefinition<Needs> => ({
  name: 'waitBeforeMonitorWebhook',
  timeoutMs: 365 * 24 * 3_600_000,
  timeoutFromStage: false,
  firstLookMs: waitMs,
  run({ now, startedAt }) {
    const leftMs = startedAt + waitMs - now;
    return Promise.resolve(leftMs <= 0 ? { status: 'SUCCEEDED' } : { status: 'RUNNING', retryAfterMs: leftMs });
  },
});

function tasksOf({ stage }: PlanInput): readonly TaskDefinition<Needs>[] {
  const { monitorOnly, waitForCompletion, waitBeforeMonitor: seconds } = webhookConfigOf(stage.context);
  const create = monitorOnly ? [] : [createWebhook];
  if (!waitForCompletion) return create;
  return [...create, ...(seconds > 0 ? [waitBeforeMonitor(seconds * 1000)] : []), monitorWebhook];
}

/**
 * Sends a request to a URL of the team's, at least once, and waits for the end of what it started where the stage wants that
 * (semantics §4.4). What came back stands in the context as `webhook`, bodies of more than 32 KiB cut. Canceled, out of
 * time or without an answer, it calls that off at its `cancelEndpoint`, also where its failure is ignored.
 */
export const webhook = defineStage({
  type: 'webhook',
  about: {
    summary:
      'Sends a request to a URL, at least once, each with the same `Idempotency-Key`, and with `waitForCompletion` asks for the status until what it started has ended. Only public addresses, and hosts that the bot is told to trust, can be reached.',
    puts: {
      webhook:
        'In its context: `{ statusCode, statusCodeValue, headers, body, statusEndpoint, monitor, error }`, bodies of more than 32 KiB cut.',
    },
    cancel: 'A request is sent to `cancelEndpoint` where there is one; so it is when the stage runs out of time.',
    restart: 'Sends the request again, with another `Idempotency-Key`.',
  },
  needs: ['webhooks'],
  config: webhookConfig,
  outputs: [],
  tasks: tasksOf,
  onFailure: planCancel,
  onIgnoredFailure: planCancel,
  onCancel: planCancel,
  render: ({ status, context }) => {
    const { statusCodeValue } = webhookOf(context);
    return status === 'SUCCEEDED' && typeof statusCodeValue === 'number' ? `HTTP ${statusCodeValue}` : undefined;
  },
});
