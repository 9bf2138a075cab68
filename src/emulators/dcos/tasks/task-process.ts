import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { killGroup } from './probe';
import type { TaskCommand } from './task-runtime';

/** How a process ended, in the words of Mesos' command executor. */
export type ProcessEnd = { readonly isSuccess: boolean; readonly message: string };

/** A process that runs; it leads a process group, which it never outlives. */
export type TaskProcess = { readonly pid: number; readonly ended: Promise<ProcessEnd> };

/** What Linux calls its signals. */
const signalNames: Readonly<Record<string, string>> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGILL: 'Illegal instruction',
  SIGABRT: 'Aborted',
  SIGBUS: 'Bus error',
  SIGFPE: 'Floating point exception',
  SIGKILL: 'Killed',
  SIGSEGV: 'Segmentation fault',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
};

/** Starts a process that writes to `stdout` and `stderr` in its folder; resolves with the reason when it cannot start. */
export function startProcess(
  command: TaskCommand,
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<TaskProcess | { readonly failure: string }> {
  const [program = '', ...args] = 'shell' in command ? ['/bin/sh', '-c', command.shell] : command.program;
  const child = withOutputs(place.cwd, (stdout, stderr) =>
    spawn(program, args, { ...place, detached: true, stdio: ['ignore', stdout, stderr] }),
  );
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ failure: `Failed to launch container: ${error.message}` }));
    const { pid } = child;
    if (pid === undefined) return;
    const ended = new Promise<ProcessEnd>((end) => {
      child.once('exit', (code, signal) => {
        // What it left running in its group goes with it, as a container would.
        killGroup(pid, 'SIGKILL');
        end({ isSuccess: code === 0, message: messageOf(code, signal) });
      });
    });
    child.once('spawn', () => resolve({ pid, ended }));
  });
}

/** The child has its own copies of the files; ours are closed also where it cannot be started. */
function withOutputs<T>(folder: string, start: (stdout: number, stderr: number) => T): T {
  const [stdout, stderr] = [openSync(join(folder, 'stdout'), 'a'), openSync(join(folder, 'stderr'), 'a')];
  try {
    return start(stdout, stderr);
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}

function messageOf(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === null) return `Command exited with status ${code ?? 'unknown'}`;
  return `Command terminated with signal ${signalNames[signal] ?? `Unknown signal ${constants.signals[signal]}`}`;
}
