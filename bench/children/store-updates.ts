import { setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../src/engine/clock';
import { executionKind } from '../../src/engine/document-kinds';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { inParallel } from '../support/figures';

/** Which executions of a database to update, how often in all, and how many at a time. */
export type StoreUpdates = {
  readonly file: string;
  readonly ids: readonly string[];
  readonly updates: number;
  readonly concurrency: number;
};

/** As the executor's thread: Linux has a priority of its own for each. */
const nice = 19;

/** Updates documents and does nothing else; posts how many a second, as a number. */
async function main({ file, ids, updates, concurrency }: StoreUpdates): Promise<void> {
  if (process.platform === 'linux') setPriority(nice);
  const store = openSqliteStore({ file, clock: systemClock });
  const chosen = Array.from({ length: updates }, (_, index) => ids[index % ids.length] ?? '');
  const startedAt = performance.now();
  await inParallel(chosen, concurrency, (id) =>
    store.update(executionKind, id, (execution) => ({ ...execution, buildTime: execution.buildTime + 1 })),
  );
  const perSecond = updates / ((performance.now() - startedAt) / 1000);
  await store.close();
  parentPort?.postMessage(perSecond);
}

void main(workerData as StoreUpdates);
