import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { isSameOrigin, withoutSecretHeaders } from '../../http-client/webhook-secrets';
import type { WebhookReply } from '../../http-client/webhooks';
import { asCoxswainError } from '../../model/errors';
import type { StageContext } from '../../model/execution';
import { hostOf } from '../../model/host-of';
import type { Needs } from './create-webhook';
import { judgeHttp, readOne, readProgress, type Progress } from './judge-reply';
import { webhookConfigOf, type WebhookConfig } from './webhook-config';
import { keptBody, keptStatus, webhookOf } from './webhook-context';

type Look = TaskLook<Needs>;
type Told = Exclude<Progress, { problem: string }>;

/** What takes longer than a minute is not looked at so often. */
const soonMs = 1000;
const laterMs = 15_000;
const longMs = 60_000;
const longestMessage = 300;

/** Where the status is asked for. */
function statusEndpointOf({ context }: Look['stage'], { monitorOnly, url }: WebhookConfig): string {
  const { statusEndpoint } = webhookOf(context);
  return monitorOnly || typeof statusEndpoint !== 'string' ? url : statusEndpoint;
}

/** An answer may name any place for its status: secrets go to no other origin than the one they were written for. */
const headersFor = (statusEndpoint: string, { url, customHeaders }: WebhookConfig): WebhookConfig['customHeaders'] =>
  isSameOrigin(statusEndpoint, url) ? customHeaders : withoutSecretHeaders(customHeaders);

const withMonitor = ({ stage }: Look, monitor: StageContext): StageContext => ({
  webhook: { ...webhookOf(stage.context), monitor },
});

function goOn(look: Look, monitor: StageContext, progress: string): TaskResult {
  const retryAfterMs = look.now - look.startedAt < longMs ? soonMs : laterMs;
  return { status: 'RUNNING', retryAfterMs, context: { ...withMonitor(look, monitor), progress } };
}

function end(look: Look, monitor: StageContext, reason: string): TaskResult {
  const context = withMonitor(look, { ...monitor, error: reason });
  return { status: 'TERMINAL', code: 'WEBHOOK_FAILED', reason, context };
}

type Message = { readonly progressMessage?: string } | { readonly problem: string };

function messageOf(body: unknown, { progressJsonPath }: WebhookConfig): Message {
  const path = progressJsonPath.trim();
  if (path === '') return {};
  const found = readOne('progress', path, body);
  if ('problem' in found) return found;
  if (found.value === null) return {};
  if (typeof found.value !== 'string') return { problem: `The json path '${path}' did not resolve to a text` };
  return { progressMessage: found.value.slice(0, longestMessage) };
}

const numbersOf = ({ percentComplete }: Told): StageContext =>
  percentComplete === undefined ? {} : { percentComplete };

const describe = (host: string, { status, percentComplete }: Told, message: string | undefined): string =>
  message ?? (percentComplete === undefined ? `${host} says ${status ?? 'nothing'}` : `${percentComplete} %`);

function conclude(look: Look, config: WebhookConfig, reply: WebhookReply, host: string): TaskResult {
  const kept = { ...keptStatus(reply), ...keptBody(reply.body) };
  const progress = readProgress(reply.body, config);
  if ('problem' in progress) return end(look, kept, `${progress.problem}.`);
  const message = messageOf(reply.body, config);
  if ('problem' in message && progress.state === 'RUNNING') return end(look, kept, `${message.problem}.`);
  const said = 'problem' in message ? {} : message;
  const monitor = { ...kept, ...numbersOf(progress), ...said };
  const shown = describe(host, progress, said.progressMessage);
  if (progress.state === 'SUCCEEDED') return { status: 'SUCCEEDED', context: withMonitor(look, monitor) };
  if (progress.state === 'RUNNING') return goOn(look, monitor, shown.slice(0, longestMessage));
  const reason = `${host} says that it is ${(progress.status ?? '').slice(0, longestMessage)}.`;
  if (progress.state === 'TERMINAL') return end(look, monitor, reason);
  return { status: 'CANCELED', code: 'WEBHOOK_FAILED', reason, context: withMonitor(look, monitor) };
}

function judge(look: Look, config: WebhookConfig, reply: WebhookReply, host: string): TaskResult {
  const { retryStatusCodes: again, failFastStatusCodes } = config;
  const verdict = judgeHttp(reply.status, { failFastStatusCodes, again });
  if (verdict === 'good') return conclude(look, config, reply, host);
  const what = `${host} answered with status ${reply.status} when it was asked for the status`;
  const kept = { ...keptStatus(reply), ...keptBody(reply.body) };
  if (verdict === 'again') return goOn(look, { ...kept, error: what }, `${what}; it is asked again`);
  return end(look, kept, `${what}.`);
}

/** An answer that cannot be used will be so again; one that did not come may come. */
function fail(look: Look, thrown: unknown): TaskResult {
  const { code, message, canRetry } = asCoxswainError(thrown);
  const known = webhookOf(look.stage.context).monitor;
  const monitor = { ...(typeof known === 'object' ? (known as StageContext) : {}), error: message };
  if (canRetry && code !== 'SERVER_ERROR') return goOn(look, monitor, message);
  return { status: 'TERMINAL', code, reason: message, context: withMonitor(look, monitor) };
}

/** Asks for the status until it says an end: every second, after a minute every 15 s; 1 h unless the stage says otherwise. */
export const monitorWebhook: TaskDefinition<Needs> = {
  name: 'monitorWebhook',
  timeoutMs: 3_600_000,
  timeoutFromStage: true,
  async run(look) {
    const config = webhookConfigOf(look.stage.context);
    const url = statusEndpointOf(look.stage, config);
    let reply: WebhookReply;
    try {
      const request = { method: 'GET', url, headers: headersFor(url, config) } as const;
      reply = await look.services.webhooks.send(request, look.signal);
    } catch (error) {
      return fail(look, error);
    }
    return judge(look, config, reply, hostOf(url));
  },
};
