import type { World } from '../world';
import { frameworkIdOf } from './frameworks';
import type { MesosTask } from './mesos-task';

const workFolder = '/var/lib/mesos/slave';

/** A file in the sandbox of a task; `path` is relative to the sandbox and empty for the sandbox itself. */
export type SandboxPlace = { readonly task: MesosTask; readonly path: string };

/** Where the agent says that the sandbox of a task lies. Its executor has the id of the task, as for every command task. */
export function sandboxFolderOf(task: MesosTask): string {
  const executor = `/frameworks/${frameworkIdOf(task.framework)}/executors/${task.id}`;
  return `${workFolder}/slaves/${task.agentId}${executor}/runs/${task.containerId}`;
}

/**
 * Finds what a path on an agent means: the whole path or its end from `/frameworks` on, with the container's id or
 * `latest`. Undefined when no task of that agent has such a sandbox.
 */
export function findSandbox(world: World, agentId: string, path: string): SandboxPlace | undefined {
  const pattern = /^(?:.*\/slaves\/([^/]+))?\/frameworks\/([^/]+)\/executors\/([^/]+)\/runs\/([^/]+)(?:\/(.*))?$/s;
  const [, agent = agentId, frameworkId, executorId, run, rest = ''] = pattern.exec(path) ?? [];
  if (agent !== agentId) return undefined;
  const task = world.mesosTasks.findLast(
    (each) =>
      each.id === executorId &&
      each.agentId === agentId &&
      frameworkIdOf(each.framework) === frameworkId &&
      (run === 'latest' || run === each.containerId),
  );
  return task && { task, path: rest.replace(/\/+$/, '') };
}
