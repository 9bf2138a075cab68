import { mkdirSync } from 'node:fs';
import type { EmulatorClock } from '../clock';
import { findFreePorts } from './free-ports';
import { killGroup } from './probe';
import { runChecks } from './run-checks';
import { taskEnvironment } from './task-environment';
import { startProcess, type TaskProcess } from './task-process';
import type { RuntimeTask, TaskReport } from './task-runtime';

/** A task that is a process of this machine, from before its start until its end. */
export type RealTask = {
  /** The ports it was given, or will be asked for. */
  readonly hostPorts: () => readonly number[];
  /** SIGTERM, and SIGKILL when its grace period is over; it is then reported as killed, whatever its exit code. */
  readonly kill: () => void;
  /** SIGKILL at once; nothing is reported any more. */
  readonly destroy: () => void;
  /** SIGKILL while this process ends itself and cannot wait. */
  readonly killNow: () => void;
  /** Resolves when nothing of it is left. */
  readonly ended: Promise<void>;
};

/** What a task is started with. */
export type RealTaskParts = {
  readonly task: RuntimeTask;
  /** Its sandbox; made when it starts. */
  readonly cwd: string;
  readonly path: string;
  readonly clock: EmulatorClock;
  /** The host ports of the other tasks. */
  readonly takenPorts: () => ReadonlySet<number>;
  readonly report: (report: TaskReport) => void;
};

type Life = {
  hostPorts: readonly number[];
  process: TaskProcess | undefined;
  /** What was asked for last: to run, to be killed, or to vanish. */
  wish: 'run' | 'kill' | 'destroy';
  stopChecks: () => void;
  cancelKill: () => void;
};

type End = { readonly state: 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED'; readonly message: string };

/** Starts a task; everything that becomes of it is reported. */
export function startRealTask(parts: RealTaskParts): RealTask {
  const { task, clock, report } = parts;
  const nothing = () => undefined;
  const life: Life = {
    hostPorts: task.hostPorts,
    process: undefined,
    wish: 'run',
    stopChecks: nothing,
    cancelKill: nothing,
  };
  const failed = (error: unknown): End => ({
    state: 'TASK_FAILED',
    message: `Failed to launch container: ${String(error)}`,
  });
  const ended = live(parts, life)
    .catch(failed)
    .then((end) => {
      life.stopChecks();
      life.cancelKill();
      if (life.wish !== 'destroy') report({ key: task.key, kind: 'ended', ...end });
    });
  const wishFor = (wish: 'kill' | 'destroy') => () => {
    life.wish = wish;
    life.stopChecks();
    terminate(life, task, clock);
  };
  return {
    hostPorts: () => life.hostPorts,
    kill: wishFor('kill'),
    destroy: wishFor('destroy'),
    killNow: () => {
      life.stopChecks();
      if (life.process !== undefined) killGroup(life.process.pid, 'SIGKILL');
    },
    ended,
  };
}

async function live({ task, cwd, path, clock, takenPorts, report }: RealTaskParts, life: Life): Promise<End> {
  const { key } = task;
  const isWanted = () => life.wish === 'run';
  const wanted = task.hostPorts.map((port, index) => ({ port, isFixed: task.ports[index]?.isFixed ?? false }));
  life.hostPorts = await findFreePorts(wanted, takenPorts());
  if (!isWanted()) return { state: 'TASK_KILLED', message: 'Container destroyed while it was being launched' };
  report({ key, kind: 'starting', hostPorts: life.hostPorts });
  mkdirSync(cwd, { recursive: true });
  const env = { PATH: path, ...taskEnvironment(task, life.hostPorts, cwd) };
  const started = await startProcess(task.command ?? { shell: 'true' }, { cwd, env });
  if ('failure' in started) return { state: 'TASK_FAILED', message: started.failure };
  life.process = started;
  if (isWanted()) {
    report({ key, kind: 'running' });
    life.stopChecks = runChecks({ task, hostPorts: life.hostPorts, cwd, env }, clock, report);
  } else terminate(life, task, clock);
  const { isSuccess, message } = await started.ended;
  if (!isWanted()) return { state: 'TASK_KILLED', message };
  return { state: isSuccess ? 'TASK_FINISHED' : 'TASK_FAILED', message };
}

/** Before the process has started this does nothing: it is done again then. */
function terminate(life: Life, task: RuntimeTask, clock: EmulatorClock): void {
  const { process: running, wish } = life;
  if (running === undefined) return;
  life.cancelKill();
  killGroup(running.pid, wish === 'destroy' ? 'SIGKILL' : 'SIGTERM');
  const graceMs = clock.scale(task.killGraceSeconds * 1000);
  life.cancelKill = clock.setTimer(clock.now() + graceMs, () => killGroup(running.pid, 'SIGKILL'));
}
