import type { DocumentStore } from '../../src/engine/ports/document-store';

/**
 * Points where a process may stop: before and after each write of a store, and wherever a test calls `point`. Whatever
 * catches the error finds that a stopped process writes nothing more, until it boots again.
 */
export function createCrashPoints(points: ReadonlySet<number>) {
  let passed = 0;
  let isDown = false;
  const point = (): void => {
    passed += 1;
    isDown ||= points.has(passed);
    if (isDown) throw new Error('The process stopped here.');
  };
  const around = async <R>(work: () => Promise<R>): Promise<R> => {
    point();
    const result = await work();
    point();
    return result;
  };
  return {
    point,
    /** Stops the process here, whatever the points say. */
    stop: (): void => {
      isDown = true;
      point();
    },
    passed: () => passed,
    boot: () => {
      isDown = false;
    },
    wrap: (store: DocumentStore): DocumentStore => ({
      ...store,
      create: (...call) => around(() => store.create(...call)),
      update: (...call) => around(() => store.update(...call)),
      delete: (...call) => around(() => store.delete(...call)),
      touch: (...call) => around(() => store.touch(...call)),
    }),
  };
}
