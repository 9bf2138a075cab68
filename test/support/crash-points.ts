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
  const around = async <R>(work: () => Promise<R>, isOver: () => boolean): Promise<R> => {
    if (isOver()) throw new Error('The process stopped before.');
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
    isDown: () => isDown,
    boot: () => {
      isDown = false;
    },
    /** `isOver`: whether the process was followed by another, so that it never writes again. */
    wrap: (store: DocumentStore, isOver = () => false): DocumentStore => ({
      ...store,
      create: (...call) => around(() => store.create(...call), isOver),
      update: (...call) => around(() => store.update(...call), isOver),
      delete: (...call) => around(() => store.delete(...call), isOver),
      touch: (...call) => around(() => store.touch(...call), isOver),
    }),
  };
}
