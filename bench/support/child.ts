import { fork, type ChildProcess } from 'node:child_process';
import { processEnvironment } from '../../src/config';

/** A process of ours that has told that it is ready. */
export type Child<R> = {
  readonly pid: number;
  readonly ready: R;
  readonly send: (message: string) => void;
  readonly stop: () => Promise<void>;
};

const startMs = 20_000;
const stopMs = 12_000;

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

/** Starts a compiled file and waits for its first message. Rejects when it ends before, or tells nothing for 20 s. */
export async function startChild<R>(
  file: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Child<R>> {
  const child = fork(file, [], {
    env: { ...processEnvironment, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = await new Promise<R>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${file} was not ready within ${startMs} ms.`)), startMs);
    child.once('message', (message) => {
      clearTimeout(timer);
      resolve(message as R);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${file} ended with code ${code} before it was ready.`));
    });
  });
  return {
    pid: child.pid ?? 0,
    ready,
    send: (message) => void child.send(message),
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended(child);
      clearTimeout(timer);
    },
  };
}
