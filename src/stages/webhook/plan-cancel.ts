import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import { hostOf } from '../../model/host-of';
import { createWebhook } from './create-webhook';
import { monitorWebhook } from './monitor-webhook';
import { webhookConfigOf } from './webhook-config';
import { webhookOf } from './webhook-context';

/** Whether what the stage started may still go on: something may have been sent, and no end has been seen. */
function isOpen({ stage }: PlanInput): boolean {
  const taskOf = (name: string) => stage.tasks.find((task) => task.name === name);
  const create = taskOf(createWebhook.name);
  const monitor = taskOf(monitorWebhook.name);
  const mayHaveSent = create === undefined || create.status === 'SUCCEEDED' || create.memo !== undefined;
  const last = monitor ?? create;
  const isOutOfTime = stage.failure?.code === 'TASK_TIMEOUT';
  const isUnknown = isOutOfTime || webhookOf(stage.context).mayHaveArrived === true;
  const hasEnded =
    stage.failure === undefined ? last?.status === 'SUCCEEDED' || last?.status === 'CANCELED' : !isUnknown;
  return mayHaveSent && !hasEnded;
}

/** The request that calls off what a stage started; nothing where it has no `cancelEndpoint` or its end has been seen. */
export function planCancel(input: PlanInput): readonly StagePlan[] {
  const { cancelEndpoint, cancelMethod, cancelPayload } = webhookConfigOf(input.stage.context);
  if (cancelEndpoint === '' || !isOpen(input)) return [];
  const context = {
    url: cancelEndpoint,
    method: cancelMethod,
    payload: cancelPayload,
    // As they were written: a value of the environment is read when it is sent.
    customHeaders: input.stage.context.customHeaders,
  };
  return [{ type: 'cancelWebhook', name: `Call off at ${hostOf(cancelEndpoint)}`, context }];
}
