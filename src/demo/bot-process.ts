import { fork, type ChildProcess } from 'node:child_process';

/** The bot as a process of its own, started again when it dies. */
export type BotProcess = {
  /** Resolves when the bot is ready for the first time. */
  readonly ready: Promise<void>;
  readonly stop: () => Promise<void>;
};

const restartMs = 300;
const stopMs = 8000;

/** Starts the bot and keeps it alive; tells of each start and end. */
export function keepBotAlive(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
  tell: (news: string) => void,
): BotProcess {
  let child: ChildProcess | undefined;
  let isStopping = false;
  let announce = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const start = () => {
    child = fork(file, [], { env: { ...environment }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    tell(`bot started, pid ${child.pid ?? 0}`);
    child.on('message', () => announce());
    child.once('exit', (code, signal) => {
      if (isStopping) return;
      tell(`bot ended (${signal ?? code ?? 'unknown'}); starting it again`);
      setTimeout(start, restartMs);
    });
  };
  start();
  return {
    ready,
    stop: async () => {
      isStopping = true;
      const running = child;
      if (running?.exitCode !== null) return;
      const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
      running.kill('SIGTERM');
      const timer = setTimeout(() => running.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
