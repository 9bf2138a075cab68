import type { TaskLook, TaskResult } from '../../engine/contracts/task';

/** Nothing comes up or goes within this time, and all who acted within it share the view that is read after it. */
const restMs = 500;

/** The answer of a task that waits for what was just set going, while it is too early to look; undefined after that. */
export function beforeFirstLook({ now, startedAt }: TaskLook<unknown>): TaskResult | undefined {
  const leftMs = startedAt + restMs - now;
  return leftMs > 0 ? { status: 'RUNNING', retryAfterMs: leftMs } : undefined;
}
