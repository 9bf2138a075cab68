import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmulatorClock } from '../clock';
import { createDiskFiles } from './disk-files';
import { type RealTask, startRealTask } from './real-task';
import type { SandboxFiles } from './sandbox-files';
import type { TaskReport, TaskRuntime } from './task-runtime';

/** What real tasks live on. */
export type ProcessParts = {
  readonly clock: EmulatorClock;
  readonly report: (report: TaskReport) => void;
  /** PATH of the tasks; they get nothing else of this process' environment. */
  readonly path: string;
  /** Takes the tasks that name no command: an image alone cannot be run here. */
  readonly simulated: TaskRuntime;
};

/**
 * Creates the runtime in which a task with a command is a process of this machine, started by the shell in a sandbox
 * folder of its own, also where it names an image. Its process group is killed with it, and all of them with the
 * emulator, which then removes the sandboxes. Artifacts are not fetched and secrets not resolved.
 */
export function createProcessRuntime({ clock, report, path, simulated }: ProcessParts): TaskRuntime {
  const folder = mkdtempSync(join(tmpdir(), 'dcos-sandboxes-'));
  const tasks = new Map<string, RealTask>();
  const removeAll = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const killAll = () => {
    tasks.forEach((task) => task.killNow());
    removeAll();
  };
  // Also when this process ends without having been closed.
  process.once('exit', killAll);

  return {
    launch(task) {
      if (task.command === undefined) {
        simulated.launch(task);
        return;
      }
      const { taskId } = task;
      const takenPorts = () =>
        new Set([...tasks].flatMap(([id, other]) => (id === taskId ? [] : [...other.hostPorts()])));
      const real = startRealTask({ task, cwd: join(folder, task.containerId), path, clock, takenPorts, report });
      tasks.set(taskId, real);
      void real.ended.then(() => tasks.delete(taskId));
    },
    kill: (name) => (tasks.get(name.taskId) ?? { kill: () => simulated.kill(name) }).kill(),
    abandon: (name) => (tasks.get(name.taskId) ?? { destroy: () => simulated.abandon(name) }).destroy(),
    isSimulated: ({ command }) => command === undefined,
    files: eitherOf(createDiskFiles(folder), simulated.files),
    async close() {
      for (const task of tasks.values()) task.destroy();
      await Promise.all([...tasks.values()].map(({ ended }) => ended));
      process.off('exit', killAll);
      removeAll();
    },
  };
}

/** Real sandboxes first, the simulated ones for all others. */
function eitherOf(real: SandboxFiles, other: SandboxFiles): SandboxFiles {
  const holder = (containerId: string) => (real.stat(containerId, '') === undefined ? other : real);
  return {
    stat: (containerId, path) => holder(containerId).stat(containerId, path),
    list: (containerId, path) => holder(containerId).list(containerId, path),
    read: (containerId, path, offset, length) => holder(containerId).read(containerId, path, offset, length),
    content: (containerId, path) => holder(containerId).content(containerId, path),
  };
}
