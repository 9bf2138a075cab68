import { dirname } from 'node:path';
import type { EmulatorEvent } from '../../../../src/emulators/dcos/context';
import { type RunningDcosEmulator, startDcosEmulator } from '../../../../src/emulators/dcos/start-dcos-emulator';
import type { SeenApp } from '../bench';

/** Everything that waits in these tests gives up after this long. */
const deadlineMs = 20_000;

/** The shell's tools, and the Node that runs the tests. */
const taskPath = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;

/** Looks again and again until a value is there; throws when it never is. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`It did not happen: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a process of this id is alive. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A line for the shell that runs a program of Node. */
export const node = (program: string) => `exec node -e '${program}'`;

/** A served emulator of real tasks on a fast clock: a second of an app's definition is a tenth. */
export async function startProcessBench() {
  const emulator: RunningDcosEmulator = await startDcosEmulator({ tasks: 'process', taskPath, speed: 10 });
  const events: EmulatorEvent[] = [];
  emulator.core.subscribe({ onEvent: (event) => void events.push(event) });
  const call = <T = unknown>(method: string, path: string, body?: unknown) => {
    const response = emulator.core.handle({ method, path, body });
    return response as Omit<typeof response, 'body'> & { readonly body: T };
  };
  const app = (id: string) => call<{ app: SeenApp }>('GET', `/v2/apps${id}`).body.app;
  const create = (fields: object) => {
    const base = { id: '/real', cpus: 0.1, mem: 32, instances: 1, taskKillGracePeriodSeconds: 1 };
    const { status, body } = call('POST', '/v2/apps', { ...base, ...fields });
    if (status !== 201) throw new Error(JSON.stringify(body));
  };
  const running = () => until('the app runs', () => app('/real').tasks.find((task) => task.state === 'TASK_RUNNING'));
  const statuses = (taskId: string) =>
    events.filter((event) => event.eventType === 'status_update_event' && event.taskId === taskId);
  const ended = (taskId: string) =>
    until('the task has ended', () =>
      statuses(taskId).find(({ taskStatus }) => /FINISHED|FAILED|KILLED/.test(String(taskStatus))),
    );
  /** The path of a file for the agent of a task, with everything up to its name. */
  const fileUrl = (taskId: string, name: string, verb = 'read') => {
    const { body } = call<{ tasks: { slave_id: string; framework_id: string }[] }>(
      'GET',
      `/mesos/tasks?task_id=${taskId}`,
    );
    const { slave_id: agent = '', framework_id: framework = '' } = body.tasks[0] ?? {};
    const path = `/frameworks/${framework}/executors/${taskId}/runs/latest/${name}`;
    return `${emulator.url}/agent/${agent}/files/${verb}?path=${encodeURIComponent(path)}`;
  };
  const text = async (taskId: string, name: string) => {
    const response = await fetch(fileUrl(taskId, name, 'download'));
    return response.ok ? response.text() : '';
  };
  return { ...emulator, events, call, app, create, running, statuses, ended, fileUrl, text };
}
