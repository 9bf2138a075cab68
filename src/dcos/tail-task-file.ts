import { systemClock } from '../engine/clock';
import type { Clock } from '../engine/clock';
import { CoxswainError } from '../model/errors';
import type { FilesClient } from './files-client';
import { hideCredentials } from './hide-credentials';
import type { MesosClient } from './mesos-client';
import { withinTime } from './within-time';

/** Which file's end to show: `file` is a name in the task's sandbox, such as `stderr`. */
export type TaskTail = { readonly taskId: string; readonly file: string; readonly lines: number };

/** How a file is asked for. */
export type TailOptions = {
  readonly signal?: AbortSignal;
  /** @default the machine's own */
  readonly clock?: Clock;
};

/** Of the 2 s that a diagnosis has for a file, so that most is left for the agent. */
const logMs = 700;

/** Whether the agent may still know what dcos-log did not tell: reading files there is a permission of its own. */
const isWorthAsking = (error: unknown, signal: AbortSignal | undefined): boolean =>
  signal?.aborted !== true && error instanceof CoxswainError && error.code !== 'UNAUTHORIZED';

/**
 * The last lines of a task's file, without what looks like a credential: by dcos-log, and where that fails or does not answer within 700 ms, from the agent.
 * Undefined when Mesos has forgotten the task or its sandbox is collected. Throws UNAUTHORIZED of dcos-log, and
 * what the agent's part throws.
 */
export async function tailTaskFile(
  cluster: { readonly mesos: MesosClient; readonly files: FilesClient },
  { taskId, file, lines }: TaskTail,
  { signal, clock = systemClock }: TailOptions = {},
): Promise<readonly string[] | undefined> {
  const { mesos, files } = cluster;
  try {
    const ms = logMs;
    return hideCredentials(
      await withinTime({ ms, clock, signal }, (own) => files.tailOfTask({ taskId, file }, lines, own)),
    );
  } catch (error) {
    if (!isWorthAsking(error, signal)) throw error;
  }
  const task = await mesos.findTask(taskId, signal);
  if (task === undefined) return undefined;
  try {
    const { agentId, path } = await mesos.sandboxOf(task, signal);
    return hideCredentials(await files.tail({ agentId, path: `${path}/${file}` }, { lines }, signal));
  } catch (error) {
    if (error instanceof CoxswainError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
