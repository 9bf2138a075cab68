import type { HttpClient } from '../http-client/http-client';
import { askService } from './ask-service';
import { asAgentFailure } from './agent-failure';
import { agentStateSchema, mesosStateSchema, mesosTasksSchema } from './mesos-schemas';
import type { MesosState, MesosTask } from './mesos-schemas';

/** Where a task keeps its files: an agent, and a path there. */
export type Sandbox = { readonly agentId: string; readonly path: string };

/** Which tasks to find: all whose id begins with `idPrefix`, of the framework of this name where one is given. */
export type TaskQuery = { readonly idPrefix: string; readonly framework?: string };

/**
 * Mesos behind Admin Router, as far as it is used: `/mesos` and `/agent`. Throws the errors of HttpClient, and SERVER_ERROR
 * for a reply of unknown shape. No request is repeated.
 */
export interface MesosClient {
  /** Everything at once: large on a large cluster. */
  getState(signal?: AbortSignal): Promise<MesosState>;
  /** A task by its id, running or ended; undefined when Mesos has forgotten it. */
  findTask(taskId: string, signal?: AbortSignal): Promise<MesosTask | undefined>;
  /** Tasks by the beginning of their ids, ended ones too; from the whole state. */
  findTasks(query: TaskQuery, signal?: AbortSignal): Promise<readonly MesosTask[]>;
  /**
   * Where a task keeps its files, as its agent says; where the agent has no word of it, the path that Mesos gives it since
   * 1.5. Throws NOT_FOUND when the agent is gone.
   */
  sandboxOf(task: MesosTask, signal?: AbortSignal): Promise<Sandbox>;
}

/** The beginning of the ids of a Metronome run's tasks (Metronome: run spec `/<job segments>/<runId>`). */
export const metronomeTaskPrefix = (jobId: string, runId: string): string => `${jobId.replaceAll('.', '_')}_${runId}.`;

/** Speaks to Mesos by an HTTP client whose base address is Admin Router's. */
export function createMesosClient(http: HttpClient): MesosClient {
  const mesos = askService('Mesos', http, asAgentFailure);
  const getState: MesosClient['getState'] = (signal) =>
    mesos.get(mesosStateSchema, 'read the state of Mesos', '/mesos/master/state', signal);
  const findTasks: MesosClient['findTasks'] = async ({ idPrefix, framework }, signal) => {
    const { frameworks } = await getState(signal);
    return frameworks
      .filter(({ name }) => framework === undefined || name === framework)
      .flatMap(({ tasks }) => tasks)
      .filter(({ id }) => id.startsWith(idPrefix));
  };
  return {
    getState,
    findTasks,
    findTask: async (taskId, signal) => {
      const request = { method: 'GET', path: '/mesos/master/tasks', query: { task_id: taskId }, signal } as const;
      const { tasks } = await mesos.ask(mesosTasksSchema, `find task ${taskId}`, request);
      // An older Mesos does not know `task_id` and answers the first hundred of all tasks.
      const found = tasks.find(({ id }) => id === taskId);
      if (found !== undefined || tasks.length === 0) return found;
      return (await findTasks({ idPrefix: taskId }, signal)).find(({ id }) => id === taskId);
    },
    sandboxOf: async ({ id, agentId, frameworkId, executorId }, signal) => {
      const path = `/agent/${encodeURIComponent(agentId)}/slave(1)/state`;
      const frameworks = await mesos.get(agentStateSchema, `find the files of ${id}`, path, signal);
      const executors = frameworks
        .filter((framework) => framework.id === frameworkId)
        .flatMap((found) => found.executors);
      const directory = executors.find((executor) => executor.id === executorId)?.directory ?? '';
      const virtual = `/frameworks/${frameworkId}/executors/${executorId}/runs/latest`;
      return { agentId, path: directory === '' ? virtual : directory };
    },
  };
}
