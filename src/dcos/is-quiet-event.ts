import { z } from 'zod';
import type { ServerSentEvent } from './sse-parser';

/** Steps on the way to something that has an event of its own, and what changes no app. */
const quietTypes: ReadonlySet<string> = new Set([
  'add_health_check_event',
  'api_post_event',
  'deployment_info',
  'deployment_step_success',
  'event_stream_attached',
  'event_stream_detached',
  'failed_health_check_event',
  'framework_message_event',
  'group_change_success',
  'instance_changed_event',
  'remove_health_check_event',
]);

const liveStates: ReadonlySet<string> = new Set([
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_CREATED',
]);

const statusSchema = z.object({ taskStatus: z.string() });

function statusOf(data: string): string | undefined {
  try {
    return statusSchema.safeParse(JSON.parse(data)).data?.taskStatus;
  } catch {
    return undefined;
  }
}

/**
 * Whether a Marathon event can wait for the next regular look: while a deployment runs every instance counts as down, and
 * its end has an event of its own (`deployment_success`, REST API `/v2/events`). Events of unknown types cannot.
 */
export function isQuietEvent({ type, data }: ServerSentEvent): boolean {
  if (type !== 'status_update_event') return quietTypes.has(type);
  const status = statusOf(data);
  return status !== undefined && liveStates.has(status);
}
