import { CoxswainError } from '../model/errors';
import type { FilesClient } from './files-client';
import type { MesosClient } from './mesos-client';

/** Which file's end to show: `file` is a name in the task's sandbox, such as `stderr`. */
export type TaskTail = { readonly taskId: string; readonly file: string; readonly lines: number };

// What answers where dcos-log is not installed or may not be asked: not found, no route, forbidden.
const sayNothing = ['NOT_FOUND', 'FORBIDDEN', 'SERVER_ERROR', 'REQUEST_REFUSED'];

/**
 * The last lines of a task's file: by dcos-log, and where that does not answer, from the agent. Undefined when Mesos has
 * forgotten the task or its sandbox is collected. Throws what the agent's part throws.
 */
export async function tailTaskFile(
  cluster: { readonly mesos: MesosClient; readonly files: FilesClient },
  { taskId, file, lines }: TaskTail,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { mesos, files } = cluster;
  try {
    return await files.tailOfTask({ taskId, file }, lines, signal);
  } catch (error) {
    if (!(error instanceof CoxswainError) || !sayNothing.includes(error.code)) throw error;
  }
  const task = await mesos.findTask(taskId, signal);
  if (task === undefined) return undefined;
  try {
    const { agentId, path } = await mesos.sandboxOf(task, signal);
    return await files.tail({ agentId, path: `${path}/${file}` }, { lines }, signal);
  } catch (error) {
    if (error instanceof CoxswainError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
