import { encodePath, type Asker } from './ask-service';
import { killSchema, taskListSchema } from './marathon-schemas';
import type { MarathonKill, MarathonListedTask } from './marathon-schemas';

/**
 * How tasks are killed. With `scale` their app gets as many instances fewer, by a deployment; without it they are replaced.
 * `wipe` also gives up their reservations; Marathon takes only one of the two. `force` breaks a lock, which only `scale`
 * meets.
 */
export type KillOptions = { readonly scale?: boolean; readonly wipe?: boolean; readonly force?: boolean };

/** Tasks of Marathon's REST API. */
export interface MarathonTasks {
  /** Of all apps, in the states `running` or `staging` where one is named. */
  listTasks(filter: { status?: 'running' | 'staging' }, signal?: AbortSignal): Promise<readonly MarathonListedTask[]>;
  /** Throws NOT_FOUND. */
  listTasksOf(appId: string, signal?: AbortSignal): Promise<readonly MarathonListedTask[]>;
  /**
   * Kills tasks by their ids, of any apps. Ids that are unknown are left out, so killing twice is safe; with `scale` only the
   * first time lowers the app's instances.
   */
  killTasks(taskIds: readonly string[], options: KillOptions, signal?: AbortSignal): Promise<MarathonKill>;
  /** Kills all tasks of an app, or those on one host. Throws NOT_FOUND. */
  killTasksOf(appId: string, options: KillOptions & { host?: string }, signal?: AbortSignal): Promise<MarathonKill>;
}

/** Tasks by an asker whose paths begin at Marathon's `/v2`. */
export const createMarathonTasks = (marathon: Asker): MarathonTasks => ({
  listTasks: async ({ status }, signal) => {
    const request = { method: 'GET', path: '/v2/tasks', query: { status }, signal } as const;
    return (await marathon.ask(taskListSchema, 'list tasks', request)).tasks;
  },
  listTasksOf: async (appId, signal) => {
    const path = `/v2/apps/${encodePath(appId)}/tasks`;
    return (await marathon.get(taskListSchema, `list tasks of ${appId}`, path, signal)).tasks;
  },
  // Not `DELETE …/tasks/{id}`: only this way takes every form of task id, and several at once.
  killTasks: (ids, { scale = false, wipe = false, force = false }, signal) => {
    const query = { scale, wipe, force };
    const request = { method: 'POST', path: '/v2/tasks/delete', query, body: { ids }, signal } as const;
    return marathon.ask(killSchema, `kill ${ids.join(', ')}`, request);
  },
  killTasksOf: (appId, { host, scale = false, wipe = false, force = false }, signal) => {
    const query = { host, scale, wipe, force };
    const request = { method: 'DELETE', path: `/v2/apps/${encodePath(appId)}/tasks`, query, signal } as const;
    return marathon.ask(killSchema, `kill tasks of ${appId}`, request);
  },
});
