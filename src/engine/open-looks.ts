import type { Execution } from '../model/execution';
import type { LookResult } from './fold';
import { runLook, type LookWorld, type ReadyTask } from './run-look';

/** How long a look may take before the others go on without it. */
const patienceMs = 300;

/** The looks of one claimed execution that are on their way. */
export type OpenLooks = {
  /** Begins the looks of these tasks, except where one is on its way, or said that it is too early for another. */
  readonly begin: (execution: Execution, tasks: readonly ReadyTask[]) => void;
  /** The results that came in: waits for all, at most 300 ms; however long they take where it `isLast`. */
  readonly take: (isLast: boolean) => Promise<readonly LookResult[]>;
  /** How many are on their way still. */
  readonly count: () => number;
};

/**
 * Keeps looks apart from each other, so that a DC/OS cluster that does not answer holds up its own part of an execution
 * only. No task looks twice at once.
 */
export function createOpenLooks<S>(world: LookWorld<S>): OpenLooks {
  const { clock } = world;
  const open = new Map<string, Promise<void>>();
  const notBefore = new Map<string, number>();
  let results: LookResult[] = [];

  const begin = (execution: Execution, ready: ReadyTask): void => {
    const key = `${ready.stage.id}/${ready.stage.attempt}/${ready.task.id}`;
    if (open.has(key) || clock.now() < (notBefore.get(key) ?? 0)) return;
    // It never throws.
    const ended = runLook(execution, ready, world).then((found) => {
      open.delete(key);
      if (found.result.status === 'RUNNING') notBefore.set(key, clock.now() + found.result.retryAfterMs);
      results.push(found);
    });
    open.set(key, ended);
  };

  return {
    begin: (execution, tasks) => tasks.forEach((task) => begin(execution, task)),
    take: async (isLast) => {
      const ended = Promise.all(open.values());
      if (isLast) await ended;
      else if (open.size > 0) {
        let stop = (): void => undefined;
        const patience = new Promise<void>((resolve) => (stop = clock.after(patienceMs, resolve)));
        await Promise.race([ended, patience]);
        stop();
      }
      const taken = results;
      results = [];
      return taken;
    },
    count: () => open.size,
  };
}
