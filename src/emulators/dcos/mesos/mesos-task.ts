/** One status of a task, as an agent reported it. */
export type MesosStatus = {
  readonly state: string;
  /** Seconds since the epoch, with fractions. */
  readonly timestamp: number;
  readonly message: string;
  readonly reason: string | undefined;
};

/** The resources of a task. */
export type MesosResources = {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly ports: readonly number[];
};

/** A task as Mesos remembers it, also when it has ended. */
export type MesosTask = {
  readonly id: string;
  readonly name: string;
  readonly framework: 'marathon' | 'metronome';
  readonly agentId: string;
  readonly host: string;
  readonly containerId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly role: string;
  resources: MesosResources;
  /** Oldest first, never empty. */
  readonly statuses: MesosStatus[];
  /** The sandbox of a simulated task: text by path. */
  files: Record<string, string>;
  /** How many health checks a simulated task has answered. */
  checks: number;
};

const terminal = ['TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_LOST', 'TASK_GONE', 'TASK_ERROR'];

/** Mesos keeps this many completed tasks per framework. */
const maxCompleted = 1000;

/** Whether a task has ended. */
export function isCompleted(task: MesosTask): boolean {
  return terminal.includes(stateOf(task));
}

/** The present state of a task. */
export function stateOf(task: MesosTask): string {
  return task.statuses.at(-1)?.state ?? 'TASK_STAGING';
}

/** The task of an id, the newest first; undefined when it was never launched or is long gone. */
export function findMesosTask(tasks: readonly MesosTask[], id: string): MesosTask | undefined {
  return indexOf(tasks).get(id);
}

const indexes = new WeakMap<readonly MesosTask[], Map<string, MesosTask>>();

function indexOf(tasks: readonly MesosTask[]): Map<string, MesosTask> {
  const known = indexes.get(tasks) ?? new Map(tasks.map((task) => [task.id, task]));
  indexes.set(tasks, known);
  return known;
}

/** Adds a task, forgetting the oldest completed ones when there are too many. */
export function addMesosTask(tasks: MesosTask[], task: MesosTask): void {
  indexOf(tasks).set(task.id, task);
  tasks.push(task);
  if (tasks.length <= maxCompleted) return;
  const completed = tasks.filter((each) => each.framework === task.framework && isCompleted(each));
  for (const old of completed.slice(0, Math.max(0, completed.length - maxCompleted))) {
    tasks.splice(tasks.indexOf(old), 1);
    indexOf(tasks).delete(old.id);
  }
}

/** Adds a status at `nowMs`; a failure carries Mesos' reason. */
export function addStatus(task: MesosTask, state: string, nowMs: number, message = ''): void {
  const reason = state === 'TASK_FAILED' ? 'REASON_COMMAND_EXECUTOR_FAILED' : undefined;
  task.statuses.push({ state, timestamp: nowMs / 1000, message, reason });
}
